package register

import (
	"context"
	"errors"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/filter"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// level is a volume's share of solid on a grid of cubic cells, and where it lies.
type level struct {
	*volume.Volume[float32]
	h      float64 // mm, the side of a cell
	origin vec     // mm, the middle of the first cell
	axes   matrix  // columns are the unit vectors of x, y, z
	back   matrix  // its inverse
}

// world is the place of a cell, mm.
func (l *level) world(i vec) vec { return l.axes.apply(i.times(l.h)).plus(l.origin) }

// index is the inverse of world.
func (l *level) index(p vec) vec { return l.back.apply(p.minus(l.origin)).times(1 / l.h) }

// middle of the volume, mm.
func (l *level) middle() vec {
	return l.world(vec{float64(l.N[0]-1) / 2, float64(l.N[1]-1) / 2, float64(l.N[2]-1) / 2})
}

// grey is the grey of air and of solid: the mean greys on both sides of Otsu's threshold.
type grey struct{ air, solid float64 }

func greyOf[T volume.Voxel](ctx context.Context, v *volume.Volume[T], o parallel.Options) (grey, error) {
	h, err := threshold.Of(ctx, v, o, nil)
	if err != nil {
		return grey{}, err
	}
	t, err := threshold.Otsu(h)
	if errors.Is(err, threshold.ErrEmpty) {
		return grey{}, fmt.Errorf("the volume holds no grey: %w", err)
	}
	if err != nil {
		return grey{}, err
	}
	lo, hi := h.Range()
	air, _ := h.Mean(lo, t)
	solid, n := h.Mean(t, hi)
	if n == 0 || !(solid > air) {
		return grey{}, errors.New("the volume is of one grey, so nothing can be laid over it")
	}
	return grey{air, solid}, nil
}

// share of solid of a grey, 0 to 1; what is no number counts as air.
func (g grey) share(v float64) float64 {
	f := (v - g.air) / (g.solid - g.air)
	if !(f > 0) {
		return 0
	}
	return min(f, 1)
}

// cells are the weights with which source voxels make up one cell along an axis.
type cells struct {
	first  int
	weight []float64
}

// cut divides n voxels of side s into cells of side h; the last one may be cut short.
func cut(n int, s, h float64) []cells {
	count := max(int(math.Round(float64(n)*s/h)), 1)
	out := make([]cells, count)
	for i := range out {
		lo, hi := float64(i)*h/s, min(float64(i+1)*h/s, float64(n))
		c := cells{first: min(int(lo), n-1)}
		sum := 0.0
		for k := c.first; k < n && float64(k) < hi; k++ {
			w := min(hi, float64(k+1)) - max(lo, float64(k))
			c.weight = append(c.weight, w)
			sum += w
		}
		for k := range c.weight {
			c.weight[k] /= sum
		}
		out[i] = c
	}
	return out
}

// reduce gives the mean share of solid in cells of side h, mm.
func reduce[T volume.Voxel](ctx context.Context, v *volume.Volume[T], g grey, h float64, o parallel.Options) (*level, error) {
	xs, ys, zs := cut(v.N[0], v.Spacing[0], h), cut(v.N[1], v.Spacing[1], h), cut(v.N[2], v.Spacing[2], h)
	out := volume.New[float32](volume.Grid{N: [3]int{len(xs), len(ys), len(zs)}, Spacing: [3]float64{h, h, h}})
	table := sharesOf[T](g)
	err := parallel.Slabs(ctx, len(zs), parallel.Options{Workers: o.Workers, Depth: 1}, nil, func(ctx context.Context, s parallel.Slab) error {
		plane, row := make([]float64, v.N[0]*v.N[1]), make([]float64, v.N[0])
		for z := s.Z0; z < s.Z1 && ctx.Err() == nil; z++ {
			clear(plane)
			for k, w := range zs[z].weight {
				for i, t := range v.Slice(zs[z].first + k) {
					plane[i] += w * table(t)
				}
			}
			for y := range ys {
				clear(row)
				for k, w := range ys[y].weight {
					for x, f := range plane[(ys[y].first+k)*v.N[0]:][:v.N[0]] {
						row[x] += w * f
					}
				}
				dst := out.Data[out.Offset(0, y, z):]
				for x := range xs {
					sum := 0.0
					for k, w := range xs[x].weight {
						sum += w * row[xs[x].first+k]
					}
					dst[x] = float32(sum)
				}
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	return placed(v.Grid, out, h), nil
}

// sharesOf gives the share of solid of a grey, from a table where the type has few.
func sharesOf[T volume.Voxel](g grey) func(T) float64 {
	if !threshold.Narrow[T]() {
		return func(t T) float64 { return g.share(float64(t)) }
	}
	lo, hi := -1<<15, 1<<16
	table := make([]float64, hi-lo)
	for i := range table {
		table[i] = g.share(float64(i + lo))
	}
	return func(t T) float64 { return table[int(t)-lo] }
}

// placed puts cells of side h, made from a volume on g, where they lie.
func placed(g volume.Grid, cells *volume.Volume[float32], h float64) *level {
	l := &level{Volume: cells, h: h, axes: identity}
	if a := matrix(g.Axes); a != (matrix{}) {
		l.axes = a.transposed()
	}
	l.back = l.axes.transposed()
	offset := vec{}
	for i := range offset {
		offset[i] = (h - g.Spacing[i]) / 2
	}
	l.origin = l.axes.apply(offset).plus(g.Origin)
	return l
}

// coarser is l with cells of k times the side.
func (l *level) coarser(ctx context.Context, k int, o parallel.Options) (*level, error) {
	g := volume.Grid{N: l.N, Spacing: [3]float64{l.h, l.h, l.h}}
	v := &volume.Volume[float32]{Grid: g, Data: l.Data}
	c, err := reduce(ctx, v, grey{0, 1}, float64(k)*l.h, o)
	if err != nil {
		return nil, err
	}
	c.axes, c.back = l.axes, l.back
	half := float64(k-1) / 2
	c.origin = l.world(vec{half, half, half})
	return c, nil
}

// blur is the Gaussian, in cells, under which volumes are compared: it keeps the noise of the cells from
// drawing a fit to where they coincide.
const blur = 0.8

func (l *level) blurred(ctx context.Context, o parallel.Options) (*level, error) {
	v, err := filter.Gaussian(ctx, l.Volume, [3]float64{blur, blur, blur}, o, nil)
	if err != nil {
		return nil, err
	}
	b := *l
	b.Volume = v
	return &b, nil
}

// at reads l at a place given in cells; false outside the middles of its cells.
func (l *level) at(p vec) (float64, bool) {
	if !(p[0] >= 0 && p[1] >= 0 && p[2] >= 0) {
		return 0, false
	}
	x, y, z := int(p[0]), int(p[1]), int(p[2])
	if x >= l.N[0]-1 || y >= l.N[1]-1 || z >= l.N[2]-1 {
		return 0, false
	}
	fx, fy, fz := p[0]-float64(x), p[1]-float64(y), p[2]-float64(z)
	i, row, plane := l.Offset(x, y, z), l.N[0], l.N[0]*l.N[1]
	mix := func(a, b float32, f float64) float64 { return float64(a) + f*(float64(b)-float64(a)) }
	low := mix(l.Data[i], l.Data[i+1], fx)
	low += fy * (mix(l.Data[i+row], l.Data[i+row+1], fx) - low)
	i += plane
	high := mix(l.Data[i], l.Data[i+1], fx)
	high += fy * (mix(l.Data[i+row], l.Data[i+row+1], fx) - high)
	return low + fz*(high-low), true
}
