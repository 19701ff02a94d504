package sem

import (
	"math"
	"sync"
)

// A fibre across its axis: outside a grey level on each side; inside a level, a slope (the detector stands on one side) and
// rims, which grow like the inverse cosine of the tilt of a round surface until the escape depth bounds them (Seiler 1983,
// doi:10.1063/1.332840); all of it blurred by the beam and the pixels. The steepest place of the picture lies outside of
// the edge where there are rims; the edge of the model does not.

// steepest is the share of the square of the sine at which the rims end: 1/sqrt(1 - 0.92) is 3.5 times the flat surface.
const steepest = 0.92

// parts is how many grey levels a profile has: left, right, inside, slope, rim.
const parts = 5

// shapes are the blurred parts of a fibre of half width 1 by the blur over the half width (geometric) and the place (linear).
type shapes struct {
	box, slope, rim [][]float64
}

// The grid of shapes. Blurs beyond the half width make no fibre.
const (
	leastBlur  = 0.02
	blurSteps  = 48
	blurFactor = 1.0857 // leastBlur to 0.96
	placeStep  = 0.0125
	mostPlace  = 3.2
)

var fibreShapes = sync.OnceValue(newShapes)

// newShapes sums over strips of the fibre.
func newShapes() *shapes {
	const strips = 400
	var rim [strips]float64
	for k := range rim {
		t := (2*float64(k)+1)/strips - 1
		rim[k] = 1/math.Sqrt(1-steepest*t*t) - 1
	}
	s := &shapes{}
	blur := leastBlur
	for range blurSteps {
		n := int(mostPlace/placeStep) + 2
		box, slope, rims := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range n {
			x := float64(i) * placeStep
			before := phi((-1 - x) / blur)
			for k := range strips {
				t := (2*float64(k)+1)/strips - 1
				to := phi((t + 1./strips - x) / blur)
				box[i] += to - before
				slope[i] += (to - before) * t
				rims[i] += (to - before) * rim[k]
				before = to
			}
		}
		s.box, s.slope, s.rim = append(s.box, box), append(s.slope, slope), append(s.rim, rims)
		blur *= blurFactor
	}
	return s
}

func phi(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }

// parts are the five parts of a fibre of half width a and a blur in px at the place x from its axis.
func (s *shapes) parts(x, a, blur float64) (v [parts]float64) {
	b := min(max(math.Log(blur/a/leastBlur)/math.Log(blurFactor), 0), blurSteps-1.001)
	t := math.Abs(x) / a / placeStep
	if t >= float64(len(s.box[0])-1) {
		if x < 0 {
			return [parts]float64{1}
		}
		return [parts]float64{0, 1}
	}
	i, j := int(b), int(t)
	u, w := b-float64(i), t-float64(j)
	mix := func(of [][]float64) float64 {
		return (of[i][j]*(1-w)+of[i][j+1]*w)*(1-u) + (of[i+1][j]*(1-w)+of[i+1][j+1]*w)*u
	}
	box, slope := mix(s.box), mix(s.slope)
	outer := 1 - box // on the near side, but for what reaches over from the far side
	if x < 0 {
		return [parts]float64{outer, 0, box, -slope, mix(s.rim)}
	}
	return [parts]float64{0, outer, box, slope, mix(s.rim)}
}

// profile are grey levels across an axis, at equal steps.
type profile struct {
	first, step float64 // px
	grey        []float64
}

// fit is a fibre that was put to a profile.
type fit struct {
	center, half float64        // px
	part         [parts]float64 // grey levels
	rms          float64        // what is left, grey levels
}

// drops are by how much the fibre is brighter than both sides, in grey levels.
func (f fit) drops() (left, right float64) { return f.part[2] - f.part[0], f.part[2] - f.part[1] }

// solve finds the grey levels that fit best for an axis, a half width and a blur.
func (p profile) solve(center, half, blur float64) (f fit) {
	s := fibreShapes()
	var m [parts][parts + 1]float64
	total := 0.0
	for i, g := range p.grey {
		v := s.parts(p.first+float64(i)*p.step-center, half, blur)
		for a := range parts {
			for b := a; b < parts; b++ {
				m[a][b] += v[a] * v[b]
			}
			m[a][parts] += v[a] * g
		}
		total += g * g
	}
	for a := range parts {
		for b := range a {
			m[a][b] = m[b][a]
		}
	}
	f = fit{center: center, half: half}
	f.part = solved(m, parts)
	if f.part[4] < 0 { // no rim is darker than the middle
		n := m
		for a := range parts - 1 {
			n[a][parts-1] = m[a][parts]
		}
		f.part = solved(n, parts-1)
	}
	left := total
	for a := range parts {
		left -= f.part[a] * m[a][parts]
	}
	f.rms = math.Sqrt(max(left, 0) / float64(len(p.grey)))
	return f
}

// solved are the n unknowns of the symmetric equations, whose right side is in column n, by Cholesky's way; a pivot of none is left at 0.
func solved(m [parts][parts + 1]float64, n int) (x [parts]float64) {
	for k := range n {
		if m[k][k] < 1e-9 {
			continue
		}
		for i := k + 1; i < n; i++ {
			f := m[i][k] / m[k][k]
			for j := k; j <= n; j++ {
				m[i][j] -= f * m[k][j]
			}
		}
	}
	for k := n - 1; k >= 0; k-- {
		if m[k][k] < 1e-9 {
			continue
		}
		x[k] = m[k][n]
		for j := k + 1; j < n; j++ {
			x[k] -= m[k][j] * x[j]
		}
		x[k] /= m[k][k]
	}
	return x
}

// refine moves the axis and the half width until what is left is least: steps of half a blur, halved until 0.01 px.
func (p profile) refine(center, half, blur float64) fit {
	best := p.solve(center, half, blur)
	for step := max(blur/2, 0.25); step > 0.01; {
		moved := false
		for _, d := range [4][2]float64{{0, -1}, {0, 1}, {1, 0}, {-1, 0}} {
			h := best.half + d[1]*step
			if h < 0.6*half || h > 1.5*half {
				continue
			}
			if f := p.solve(best.center+d[0]*step, h, blur); f.rms < best.rms {
				best, moved = f, true
				break
			}
		}
		if !moved {
			step /= 2
		}
	}
	return best
}
