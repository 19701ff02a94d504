package reference

import (
	"context"
	"math"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/register"
)

// tail is how far, in voxels, the blur of a deposit is followed.
const tail = 3

// fewest voxels of a class that settle how the greys of the two scans go together.
const fewest = 1000

// difference is the volume of what was added to the unused device, mm³, from greys alone: deposit takes the
// place of void and of nothing else, so that a used voxel is brighter than it was by its share of
// deposit times the step from void to deposit, however it is blurred and whatever lies beside it. The sum
// goes over u's and r's deposit and 3 voxels around. Greys of the reference are first made those of the used
// scan by the means of void and polymer away from deposit. It is NaN where the levels are not known.
func difference[A, B volume.Voxel](ctx context.Context, v *volume.Volume[A], w *volume.Volume[B], u, r *segment.Segmentation, fit *register.Fit, o parallel.Options) (float64, error) {
	step := u.Levels[segment.Deposit] - u.Levels[segment.Void]
	dv, err := v.VoxelVolume()
	if err != nil || !(step > 0) {
		return math.NaN(), err
	}
	d := &differ[A, B]{v: v, w: w, u: u.Labels, r: r.Labels, fit: fit, from: register.PlaceOf(v.Grid), to: register.PlaceOf(w.Grid)}
	d.near = volume.New[uint8](v.Grid)
	sums := make([]match, v.N[2])
	each := func(do func(z int)) {
		if err == nil {
			err = parallel.Each(ctx, v.N[2], o, nil, func(_ context.Context, z int) error { do(z); return nil })
		}
	}
	each(d.mark)
	each(func(z int) { widenPlane(d.near.Slice(z), v.N[0], v.N[1]) })
	if err == nil {
		err = widenAlongZ(ctx, d.near, o)
	}
	each(func(z int) { sums[z] = d.match(z) })
	var all match
	for i := range sums {
		all.add(&sums[i])
	}
	gain, offset, ok := all.line()
	if err != nil || !ok {
		return math.NaN(), err
	}
	added := make([]float64, v.N[2])
	each(func(z int) { added[z] = d.added(z, gain, offset) })
	total := 0.0
	for _, a := range added {
		total += a
	}
	return total / step * dv, err
}

// differ is one comparison of greys. near is 1 in and around deposit.
type differ[A, B volume.Voxel] struct {
	v        *volume.Volume[A]
	w        *volume.Volume[B]
	u, r     *volume.Labels
	near     *volume.Labels
	fit      *register.Fit
	from, to register.Place
}

// there is the place in w of voxel i of slice z, in voxels.
func (d *differ[A, B]) there(i, z int) [3]float64 {
	at := [3]float64{float64(i % d.v.N[0]), float64(i / d.v.N[0]), float64(z)}
	return d.to.Voxel(d.fit.Map(d.from.MM(at)))
}

func (d *differ[A, B]) mark(z int) {
	out := d.near.Slice(z)
	for i, c := range d.u.Slice(z) {
		if c == segment.Outside {
			continue
		}
		if c == segment.Deposit || classAt(d.r, d.there(i, z)) == segment.Deposit {
			out[i] = 1
		}
	}
}

// classAt is the class of the voxel that holds p, excluded:outside beyond the grid.
func classAt(l *volume.Labels, p [3]float64) uint8 {
	var i [3]int
	for a := range i {
		i[a] = int(math.Floor(p[a] + 0.5))
		if i[a] < 0 || i[a] >= l.N[a] {
			return segment.Outside
		}
	}
	return l.At(i[0], i[1], i[2])
}

// widenPlane spreads the marks of a plane by tail along both its axes.
func widenPlane(p []uint8, nx, ny int) {
	line := make([]uint8, max(nx, ny))
	for y := range ny {
		widen(p[y*nx:], nx, 1, line)
	}
	for x := range nx {
		widen(p[x:], ny, nx, line)
	}
}

func widenAlongZ(ctx context.Context, l *volume.Labels, o parallel.Options) error {
	return parallel.Each(ctx, l.N[1], o, nil, func(_ context.Context, y int) error {
		line := make([]uint8, l.N[2])
		for x := range l.N[0] {
			widen(l.Data[l.Offset(x, y, 0):], l.N[2], l.N[0]*l.N[1], line)
		}
		return nil
	})
}

func widen(p []uint8, n, step int, line []uint8) {
	for i := range n {
		line[i] = p[i*step]
	}
	for i, m := range line[:n] {
		if m == 0 {
			continue
		}
		for k := max(i-tail, 0); k <= min(i+tail, n-1); k++ {
			p[k*step] = 1
		}
	}
}

// match is the sums of both greys over voxels that are void, or polymer, in both scans.
type match struct {
	n          [2]float64
	used, then [2]float64
}

func (m *match) add(k *match) {
	for c := range m.n {
		m.n[c] += k.n[c]
		m.used[c] += k.used[c]
		m.then[c] += k.then[c]
	}
}

// line takes greys of the reference to those of the used scan.
func (m *match) line() (gain, offset float64, ok bool) {
	if m.n[0] < fewest || m.n[1] < fewest {
		return 0, 0, false
	}
	u0, u1, r0, r1 := m.used[0]/m.n[0], m.used[1]/m.n[1], m.then[0]/m.n[0], m.then[1]/m.n[1]
	if !(r1 > r0 && u1 > u0) {
		return 0, 0, false
	}
	gain = (u1 - u0) / (r1 - r0)
	return gain, u0 - gain*r0, true
}

func (d *differ[A, B]) match(z int) (m match) {
	const thin = 3 // of these voxels one is taken
	used, near := d.u.Slice(z), d.near.Slice(z)
	for i := z % thin; i < len(used); i += thin {
		c := used[i]
		if near[i] != 0 || c != segment.Void && c != segment.Polymer {
			continue
		}
		p := d.there(i, z)
		if classAt(d.r, p) != c {
			continue
		}
		if then, ok := between(d.w, p); ok {
			k := int(c / segment.Polymer)
			m.n[k], m.used[k], m.then[k] = m.n[k]+1, m.used[k]+float64(d.v.Slice(z)[i]), m.then[k]+then
		}
	}
	return m
}

// added is the brightness that slice z has gained in and around deposit.
func (d *differ[A, B]) added(z int, gain, offset float64) (sum float64) {
	used, near := d.u.Slice(z), d.near.Slice(z)
	for i, grey := range d.v.Slice(z) {
		if near[i] == 0 || used[i] == segment.Outside {
			continue
		}
		if then, ok := between(d.w, d.there(i, z)); ok {
			sum += float64(grey) - gain*then - offset
		}
	}
	return sum
}

// between reads v at a place between its voxels; false beyond their middles, or where it is no number.
func between[T volume.Voxel](v *volume.Volume[T], p [3]float64) (float64, bool) {
	var i [3]int
	var f [3]float64
	for a := range p {
		low := math.Floor(p[a])
		i[a], f[a] = int(low), p[a]-low
		if i[a] < 0 || i[a] >= v.N[a]-1 {
			return 0, false
		}
	}
	sum, at := 0.0, v.Offset(i[0], i[1], i[2])
	for k := range 8 {
		weight, n := 1.0, at
		for a, step := range [3]int{1, v.N[0], v.N[0] * v.N[1]} {
			if k>>a&1 == 1 {
				weight, n = weight*f[a], n+step
			} else {
				weight *= 1 - f[a]
			}
		}
		sum += weight * float64(v.Data[n])
	}
	return sum, !math.IsNaN(sum) && !math.IsInf(sum, 0)
}
