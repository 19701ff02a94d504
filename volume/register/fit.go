package register

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"explant/volume/parallel"
)

const (
	mostSteps = 40
	fewSteps  = 15    // on any level but the finest
	still     = 0.005 // cells: a smaller step at the volume's rim ends a fit
	tukey     = 4.685 // standard deviations beyond which a sample counts for nothing
	leastRim  = 3     // cells: the reach that is at least taken for the volume's rim
)

// chunk is the number of samples that are summed at once; it shapes the rounding of sums.
const chunk = 4096

// motion is a rigid one with a field, which may be nil, on top.
type motion struct {
	Rigid
	field *Field
}

// cells is the affine map from the fixed volume's points to the cells of the moving level.
func (r *Rigid) cells(to *level) (m matrix, t vec) {
	turn := matrix(r.Turn)
	m = to.back.by(&turn)
	for i := range m {
		for j := range m {
			m[i][j] /= to.h
		}
	}
	return m, to.index(r.To).minus(m.apply(r.Centre))
}

// misfits are the shares of solid of the moving volume less those of the fixed one at the samples; NaN
// outside the moving volume.
func misfits(ctx context.Context, to *level, samples []sample, f motion, o parallel.Options) ([]float64, error) {
	r := make([]float64, len(samples))
	m, t := f.cells(to)
	err := inChunks(ctx, len(samples), o, func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			p := samples[i].at
			if f.field != nil {
				p = p.plus(f.field.Move(p))
			}
			v, ok := to.at(vec{
				m[0][0]*p[0] + m[0][1]*p[1] + m[0][2]*p[2] + t[0],
				m[1][0]*p[0] + m[1][1]*p[1] + m[1][2]*p[2] + t[1],
				m[2][0]*p[0] + m[2][1]*p[1] + m[2][2]*p[2] + t[2],
			})
			r[i] = v - samples[i].value
			if !ok {
				r[i] = math.NaN()
			}
		}
	})
	return r, err
}

func inChunks(ctx context.Context, n int, o parallel.Options, do func(k, lo, hi int)) error {
	return parallel.Each(ctx, (n+chunk-1)/chunk, o, nil, func(_ context.Context, k int) error {
		do(k, k*chunk, min((k+1)*chunk, n))
		return nil
	})
}

// spreadOf is the robust standard deviation of misfits: 1.4826 times the median of their sizes.
func spreadOf(r []float64) float64 {
	const most = 20_000
	step := len(r)/most + 1
	var sizes []float64
	for i := 0; i < len(r); i += step {
		if !math.IsNaN(r[i]) {
			sizes = append(sizes, math.Abs(r[i]))
		}
	}
	if len(sizes) == 0 {
		return 0
	}
	slices.Sort(sizes)
	return max(1.4826*sizes[len(sizes)/2], 1e-6)
}

// weight is Tukey's: 1 for no misfit, 0 from tukey standard deviations on and for NaN.
func weight(r, sd float64) float64 {
	u := r / (tukey * sd)
	if !(u > -1 && u < 1) {
		return 0
	}
	return (1 - u*u) * (1 - u*u)
}

// normal holds the normal equations of a step: rotation vector, then shift.
type normal struct {
	a [6][6]float64
	b [6]float64
}

func (n *normal) add(s *sample, from vec, r, w float64) {
	turn := cross(s.at.minus(from), s.slope)
	j := [6]float64{turn[0], turn[1], turn[2], s.slope[0], s.slope[1], s.slope[2]}
	for i := range j {
		n.b[i] += w * j[i] * r
		for k := range i + 1 {
			n.a[i][k] += w * j[i] * j[k]
		}
	}
}

func (n *normal) merge(m *normal) {
	for i := range n.b {
		n.b[i] += m.b[i]
		for k := range n.a[i] {
			n.a[i][k] += m.a[i][k]
		}
	}
}

// solve gives the step; false where the samples do not settle it.
func (n *normal) solve() (turn, shift vec, ok bool) {
	a := mat.NewSymDense(6, nil)
	for i := range n.a {
		for k := range i + 1 {
			a.SetSym(k, i, n.a[i][k])
		}
	}
	var chol mat.Cholesky
	var x mat.VecDense
	if !chol.Factorize(a) || chol.SolveVecTo(&x, mat.NewVecDense(6, n.b[:])) != nil {
		return turn, shift, false
	}
	for i := range 3 {
		turn[i], shift[i] = x.AtVec(i), x.AtVec(i+3)
	}
	return turn, shift, true
}

// refine moves r to the nearest best fit of the edges.
func (pr *pair) refine(ctx context.Context, r Rigid, o parallel.Options) (Rigid, error) {
	rim := leastRim * pr.fixed.h
	for a := range 3 {
		rim = max(rim, float64(pr.fixed.N[a])*pr.fixed.h/2)
	}
	steps := fewSteps
	if pr.last {
		steps = mostSteps
	}
	for range steps {
		res, err := misfits(ctx, pr.moving, pr.edges, motion{Rigid: r}, o)
		if err != nil {
			return r, err
		}
		sum, err := pr.normal(ctx, res, vec(r.Centre), o)
		if err != nil {
			return r, err
		}
		turn, shift, ok := sum.solve()
		if !ok {
			return r, nil
		}
		if size := turn.length(); size > 0.1 { // a longer step leaves what the gradients know
			turn = turn.times(0.1 / size)
		}
		if size := shift.length(); size > 2*pr.fixed.h {
			shift = shift.times(2 * pr.fixed.h / size)
		}
		r = r.after(turn, shift)
		if turn.length()*rim+shift.length() < still*pr.fixed.h {
			break
		}
	}
	return r, nil
}

func (pr *pair) normal(ctx context.Context, res []float64, from vec, o parallel.Options) (*normal, error) {
	sd := spreadOf(res)
	parts := make([]normal, (len(res)+chunk-1)/chunk)
	err := inChunks(ctx, len(res), o, func(k, lo, hi int) {
		for i := lo; i < hi; i++ {
			if w := weight(res[i], sd); w > 0 {
				parts[k].add(&pr.edges[i], from, res[i], w)
			}
		}
	})
	sum := &normal{}
	for k := range parts {
		sum.merge(&parts[k])
	}
	return sum, err
}

// leastOverlap is the share of the fixed volume that the moving one must show.
const leastOverlap = 0.5

// score is the correlation of the two volumes where they overlap, -1 where they overlap too little.
func (pr *pair) score(ctx context.Context, f motion, o parallel.Options) (correlation, overlap float64, err error) {
	res, err := misfits(ctx, pr.moving, pr.grid, f, o)
	if err != nil {
		return 0, 0, err
	}
	var c moments
	for i, r := range res {
		if !math.IsNaN(r) {
			c.add(pr.grid[i].value, pr.grid[i].value+r)
		}
	}
	if overlap = c.n / float64(max(len(res), 1)); overlap < leastOverlap {
		return -1, overlap, nil
	}
	return c.correlation(), overlap, nil
}

// moments are the sums behind a correlation.
type moments struct{ n, x, y, xx, yy, xy float64 }

func (m *moments) add(x, y float64) {
	m.n, m.x, m.y, m.xx, m.yy, m.xy = m.n+1, m.x+x, m.y+y, m.xx+x*x, m.yy+y*y, m.xy+x*y
}

// correlation of x and y, 0 where one of them does not vary.
func (m *moments) correlation() float64 {
	vx, vy := m.xx-m.x*m.x/m.n, m.yy-m.y*m.y/m.n
	if !(vx > 1e-9*m.n && vy > 1e-9*m.n) {
		return 0
	}
	return (m.xy - m.x*m.y/m.n) / math.Sqrt(vx*vy)
}
