package pin

import (
	"context"
	"errors"
	"math"
	"slices"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/reslice"
)

// Slide is what a slide shows at low resolution: one value a pixel, row by row, of which each is Edge mm wide.
type Slide struct {
	W, H   int
	Edge   float64
	Values []float32
}

// Refined is a place after slide and scan were held against each other.
type Refined struct {
	Place
	Before, After float64 // mutual information, bit
	MovedMM       float64 // how far the corners of the slide moved, root mean square
	Kept          bool    // the refined place was taken; else Place is the one that came in
}

// How the place is refined.
const (
	bins      = 16   // grey levels of slide and scan
	leastGain = 0.02 // relative gain of mutual information below which the points are believed
	heldBack  = 0.05 // share of the information that a move by reach costs: the points are worth something too

	firstStep, lastStep = 0.4, 0.01 // in parts of reach
)

// climb searches the largest value of f from 0 on: one coordinate after the other by a step, then on in the
// direction of what was gained; the step is halved where nothing is gained.
func climb(ctx context.Context, f func([6]float64) float64) (at [6]float64, err error) {
	value := f(at)
	for step := firstStep; step >= lastStep; step /= 2 {
		for gained := true; gained; {
			if err := ctx.Err(); err != nil {
				return at, err
			}
			from := at
			for i := range at {
				for _, d := range [2]float64{step, -step} {
					try := at
					try[i] += d
					if v := f(try); v > value {
						at, value = try, v
						break
					}
				}
			}
			if gained = at != from; gained {
				on := at
				for i := range on {
					on[i] += at[i] - from[i]
				}
				if v := f(on); v > value {
					at, value = on, v
				}
			}
		}
	}
	return at, nil
}

// Refine moves and turns a slide by at most about reach mm until what it shows tells most of what the scan shows in
// its plane: the largest mutual information. It is kept where the gain is clear and the slide stays within reach.
func Refine[T volume.Voxel](ctx context.Context, v *volume.Volume[T], s Slide, start Place, reach float64) (Refined, error) {
	r := Refined{Place: start}
	m, err := newMatch(ctx, v, s, start, reach)
	if err != nil {
		return r, err
	}
	r.Before, r.After = m.information(start), 0
	size := s.Edge * math.Hypot(float64(s.W), float64(s.H)) / 2
	middle := [2]float64{s.Edge * float64(s.W) / 2, s.Edge * float64(s.H) / 2}
	moved := func(x [6]float64) Place { return start.moved(x, middle, reach, reach/size) }
	best, err := climb(ctx, func(x [6]float64) float64 {
		far := 0.0
		for _, q := range x {
			far += q * q
		}
		return m.information(moved(x)) * (1 - heldBack*far)
	})
	if err != nil {
		return r, err
	}
	if m.err != nil {
		return r, m.err
	}
	to := moved(best)
	r.After = m.information(to)
	r.MovedMM = apart(start, to, s)
	if r.After > (1+leastGain)*r.Before && r.MovedMM <= reach {
		r.Place, r.Kept = to, true
	}
	return r, nil
}

// moved shifts a place by x[0..2] times shift, mm, and turns it by x[3..5] times turn, radian, about the middle.
func (p Place) moved(x [6]float64, middle [2]float64, shift, turn float64) Place {
	w := [3]float64{x[3] * turn, x[4] * turn, x[5] * turn}
	out := Place{Scale: p.Scale}
	for a := range 3 {
		out.Axes[a] = turned(p.Axes[a], w)
	}
	at, back := p.Map(middle), out.Map(middle)
	for b := range 3 {
		out.Origin[b] = at[b] - back[b] + x[b]*shift
	}
	return out
}

// turned is v turned about w by its length; Rodrigues' formula.
func turned(v, w [3]float64) (out [3]float64) {
	angle := math.Sqrt(w[0]*w[0] + w[1]*w[1] + w[2]*w[2])
	if angle == 0 {
		return v
	}
	k := [3]float64{w[0] / angle, w[1] / angle, w[2] / angle}
	sin, cos := math.Sincos(angle)
	along := k[0]*v[0] + k[1]*v[1] + k[2]*v[2]
	across := [3]float64{k[1]*v[2] - k[2]*v[1], k[2]*v[0] - k[0]*v[2], k[0]*v[1] - k[1]*v[0]}
	for b := range 3 {
		out[b] = v[b]*cos + across[b]*sin + k[b]*along*(1-cos)
	}
	return out
}

// apart is the root mean square distance of the corners of a slide in two places.
func apart(p, q Place, s Slide) float64 {
	w, h := s.Edge*float64(s.W), s.Edge*float64(s.H)
	var all []float64
	for _, c := range [][2]float64{{0, 0}, {w, 0}, {0, h}, {w, h}} {
		a, b := p.Map(c), q.Map(c)
		all = append(all, math.Sqrt(square(a[0]-b[0])+square(a[1]-b[1])+square(a[2]-b[2])))
	}
	return RMS(all)
}

// match holds slide and scan against each other.
type match struct {
	err    error
	sample func(Place) ([]float32, error) // greys of the scan at the pixels of the slide, NaN outside
	slide  []int                          // bin of each pixel
	lo, hi float64                        // greys of the first and the last bin
}

func newMatch[T volume.Voxel](ctx context.Context, v *volume.Volume[T], s Slide, start Place, reach float64) (*match, error) {
	near, err := around(v, s, start, 2*reach)
	if err != nil {
		return nil, err
	}
	m := &match{slide: binned(s.Values)}
	m.sample = func(p Place) ([]float32, error) {
		cut, err := reslice.Onto(ctx, near, p.Grid(s), float32(math.NaN()), parallel.Options{Workers: 1}, nil)
		if err != nil {
			return nil, err
		}
		return cut.Data, nil
	}
	greys, err := m.sample(start)
	if err != nil {
		return nil, err
	}
	seen := slices.DeleteFunc(slices.Clone(greys), func(g float32) bool { return g != g })
	if len(seen) < len(greys)/4 {
		return nil, ErrOutside
	}
	slices.Sort(seen)
	m.lo, m.hi = float64(seen[len(seen)/100]), float64(seen[len(seen)-1-len(seen)/100])
	return m, nil
}

// around copies the part of a volume that the slide may come to lie in.
func around[T volume.Voxel](v *volume.Volume[T], s Slide, start Place, margin float64) (*volume.Volume[float32], error) {
	if _, err := v.VoxelVolume(); err != nil {
		return nil, err
	}
	axes := v.Axes
	if axes == ([3][3]float64{}) {
		axes = [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	}
	lo, hi := v.N, [3]int{-1, -1, -1}
	w, h := s.Edge*float64(s.W), s.Edge*float64(s.H)
	for _, c := range [][2]float64{{0, 0}, {w, 0}, {0, h}, {w, h}} {
		at := start.Map(c)
		for a := range 3 {
			d := 0.0
			for b := range 3 {
				d += (at[b] - v.Origin[b]) * axes[a][b]
			}
			lo[a] = min(lo[a], max(int((d-margin)/v.Spacing[a])-1, 0))
			hi[a] = max(hi[a], min(int((d+margin)/v.Spacing[a])+2, v.N[a]-1))
		}
	}
	g := v.Grid
	for a := range 3 {
		if g.N[a] = hi[a] - lo[a] + 1; g.N[a] < 2 {
			return nil, ErrOutside
		}
		for b := range 3 {
			g.Origin[b] += float64(lo[a]) * v.Spacing[a] * axes[a][b]
		}
	}
	out := volume.New[float32](g)
	for i := range out.Data {
		p := out.Position(i)
		out.Data[i] = float32(v.Data[v.Offset(lo[0]+p[0], lo[1]+p[1], lo[2]+p[2])])
	}
	return out, nil
}

// ErrOutside is returned where most of the slide lies beyond the scan.
var ErrOutside = errors.New("by its points most of the slide lies outside the scan")

// Grid is the plane of the slide in the scan: a voxel a pixel.
func (p *Place) Grid(s Slide) volume.Grid {
	g := volume.Grid{N: [3]int{s.W, s.H, 1}, Spacing: [3]float64{s.Edge * p.Scale, s.Edge * p.Scale, 0}, Axes: p.Axes}
	g.Origin = p.Map([2]float64{s.Edge / 2, s.Edge / 2})
	return g
}

// binned puts values into bins between their first and last percentile.
func binned(values []float32) []int {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	lo, hi := float64(sorted[len(sorted)/100]), float64(sorted[len(sorted)-1-len(sorted)/100])
	out := make([]int, len(values))
	for i, v := range values {
		if hi > lo {
			out[i] = min(max(int((float64(v)-lo)/(hi-lo)*bins), 0), bins-1)
		}
	}
	return out
}

// information is the mutual information of slide and scan in bit; a grey counts in the two bins that it lies
// between, which makes it smooth.
func (m *match) information(p Place) float64 {
	greys, err := m.sample(p)
	if err != nil {
		m.err = err
		return 0
	}
	var joint [bins][bins]float64
	n := 0.0
	for i, g := range greys {
		if g != g { // no number: outside the scan
			continue
		}
		at := min(max((float64(g)-m.lo)/(m.hi-m.lo), 0), 1) * (bins - 1)
		k := min(int(at), bins-2)
		joint[m.slide[i]][k] += 1 - (at - float64(k))
		joint[m.slide[i]][k+1] += at - float64(k)
		n++
	}
	if n < float64(len(greys))/4 || !(m.hi > m.lo) {
		return 0
	}
	var rows, columns [bins]float64
	for i := range joint {
		for k, v := range joint[i] {
			rows[i] += v / n
			columns[k] += v / n
		}
	}
	sum := 0.0
	for i := range joint {
		for k, v := range joint[i] {
			if v > 0 {
				sum += v / n * math.Log2(v/n/(rows[i]*columns[k]))
			}
		}
	}
	return sum
}
