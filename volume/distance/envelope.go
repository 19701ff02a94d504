package distance

import "math"

// envelope is the lower envelope of parabolas (p - q·step)² + h of one line of voxels, added in
// order of rising q.
type envelope struct {
	step   float64
	q      []int32   // index of each parabola of the envelope
	h      []float64 // h + (q·step)²
	starts []float64 // position from which each is the lowest
	n      int
}

func newEnvelope(n int) *envelope {
	return &envelope{q: make([]int32, n), h: make([]float64, n), starts: make([]float64, n)}
}

func (e *envelope) reset(step float64) { e.n, e.step = 0, step }

// add puts the parabola of index q and height h in and removes those that it hides.
func (e *envelope) add(q int, h float64) {
	at := float64(q) * e.step
	h += at * at
	start := math.Inf(-1)
	for e.n > 0 {
		start = (h - e.h[e.n-1]) / (2 * (at - float64(e.q[e.n-1])*e.step))
		if start > e.starts[e.n-1] {
			break
		}
		e.n--
		start = math.Inf(-1)
	}
	e.q[e.n], e.h[e.n], e.starts[e.n] = int32(q), h, start
	e.n++
}

// read calls f for positions from to to-1 with the index of the lowest parabola there; there must
// be one.
func (e *envelope) read(from, to int, f func(p, q int)) {
	k := 0
	for p := from; p < to; p++ {
		for k+1 < e.n && e.starts[k+1] < float64(p)*e.step {
			k++
		}
		f(p, int(e.q[k]))
	}
}
