package register

import "math"

// sample is a cell of the fixed volume: where it is, its share of solid, and the gradient of that, per mm.
type sample struct {
	at    vec
	value float64
	slope vec
}

// Most samples of a level.
const (
	mostEdges  = 100_000
	fewEdges   = 25_000 // of any level but the finest
	mostSpread = 60_000
)

// edges are the cells at which the share of solid changes by more than a tenth from cell to cell,
// thinned to at most most.
func (l *level) edges(most int) []sample {
	const least = 0.1
	n := 0
	l.each(1, func(i [3]int) {
		if l.slope(i).length() > least {
			n++
		}
	})
	step := n/most + 1
	var out []sample
	n = 0
	l.each(1, func(i [3]int) {
		g := l.slope(i)
		if g.length() <= least {
			return
		}
		if n++; n%step == 0 {
			out = append(out, l.sample(i, g))
		}
	})
	return out
}

// spread are cells all over the volume, at most mostSpread or so.
func (l *level) spread() []sample {
	step := max(int(math.Ceil(math.Cbrt(float64(l.Len())/mostSpread))), 1)
	var out []sample
	l.each(step, func(i [3]int) { out = append(out, l.sample(i, l.slope(i))) })
	return out
}

func (l *level) sample(i [3]int, g vec) sample {
	return sample{
		at:    l.world(vec{float64(i[0]), float64(i[1]), float64(i[2])}),
		value: float64(l.At(i[0], i[1], i[2])),
		slope: l.axes.apply(g).times(1 / l.h),
	}
}

// each visits every step-th cell off the faces.
func (l *level) each(step int, visit func(i [3]int)) {
	for z := 1; z < l.N[2]-1; z += step {
		for y := 1; y < l.N[1]-1; y += step {
			for x := 1; x < l.N[0]-1; x += step {
				visit([3]int{x, y, z})
			}
		}
	}
}

// slope is the gradient along the axes, per cell.
func (l *level) slope(i [3]int) (g vec) {
	at := l.Offset(i[0], i[1], i[2])
	for a, step := range [3]int{1, l.N[0], l.N[0] * l.N[1]} {
		g[a] = float64(l.Data[at+step]-l.Data[at-step]) / 2
	}
	return g
}
