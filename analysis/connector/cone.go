package connector

import "math"

const (
	coneSteps = 40  // tried of either parameter of a chamfer
	coneWide  = 4.0 // voxels: by how much a chamfer widens a bore at most
	coneScale = 0.3 // voxels of misfit from which on a plane counts less
	coneLeast = 3   // planes that tell a chamfer
)

// widened is how much wider than its line each plane's bore is: a chamfer is a cone, widest at the end of the piece,
// through what single planes tell of it. Towards a gap edges are square.
func (m *Model) widened(moved []float64, known []bool) []float64 {
	out := make([]float64, len(m.planes))
	for i := range m.pieces {
		p := &m.pieces[i]
		if p.recess || m.tubes[i] != nil {
			continue
		}
		if i > 0 && !m.pieces[i-1].recess {
			m.chamfered(out, moved, known, i, p.from)
		}
		if i+1 < len(m.pieces) && !m.pieces[i+1].recess {
			m.chamfered(out, moved, known, i, p.to)
		}
	}
	return out
}

// chamfered fits the cone of piece i that ends at end.
func (m *Model) chamfered(out, moved []float64, known []bool, i int, end float64) {
	near := chamfer * m.pieces[i].r.of(end)
	var x, y []float64
	for k := range m.planes {
		if d := math.Abs(m.planes[k].s - end); known[k] && m.planes[k].piece == i && d < near {
			x, y = append(x, d), append(y, moved[k])
		}
	}
	if len(x) < coneLeast {
		return
	}
	wide, long := m.cone(x, y, near)
	for k := range m.planes {
		if d := math.Abs(m.planes[k].s - end); m.planes[k].piece == i && d < near {
			out[k] = max(out[k], wide*(1-d/long))
		}
	}
}

// cone is the widening at the end and the length of the chamfer that fit y at distances x best, by the sum of
// sizes of misfit, large ones counting in proportion only.
func (m *Model) cone(x, y []float64, near float64) (wide, long float64) {
	h := m.scan.h
	least := math.Inf(1)
	for a := range coneSteps + 1 {
		for b := 1; b <= coneSteps; b++ {
			w, l := coneWide*h*float64(a)/coneSteps, near*float64(b)/coneSteps
			sum := 0.0
			for i := range x {
				d := (y[i] - max(w*(1-x[i]/l), 0)) / (coneScale * h)
				sum += math.Sqrt(1+d*d) - 1
			}
			if sum < least {
				wide, long, least = w, l, sum
			}
		}
	}
	return wide, long
}
