package thickness

import (
	"cmp"
	"context"
	"math"
	"slices"

	"explant/volume"
	"explant/volume/parallel"
)

// fields holds for every voxel the distance to the nearest voxel outside: to its centre, which the
// voxel's ball may not reach, and to the interface, which is the ball's radius.
type fields struct{ reach, radius *volume.Volume[float32] }

// ball is centred on voxel (x, y) of its slice; lengths in mm.
type ball struct {
	x, y          int32
	reach, radius float32
}

// open2 is the square below which the centres of an open ball lie; a centre at the rim is outside,
// whatever the rounding.
func open2(reach float32) float64 { return float64(reach) * float64(reach) * (1 - 1e-6) }

// ridge lists, slice by slice, the balls whose centres do not all lie in the ball of one of the 26
// neighbours that is no smaller: the distance ridge of Dougherty and Kunzelmann, for any spacing.
func (f fields) ridge(ctx context.Context, o parallel.Options, p parallel.Progress) ([][]ball, error) {
	n := f.reach.N
	if p != nil {
		p.Stage("largest balls", n[2])
	}
	t := newTemplate(f.reach.Spacing, slices.Max(f.reach.Data))
	balls := make([][]ball, n[2])
	err := parallel.Slabs(ctx, n[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			radii := f.radius.Slice(z)
			for i, r := range f.reach.Slice(z) {
				x, y := i%n[0], i/n[0]
				if r > 0 && !f.covered(t, x, y, z) {
					balls[z] = append(balls[z], ball{int32(x), int32(y), r, radii[i]})
				}
			}
		}
		return nil
	})
	return balls, err
}

// covered reports whether the ball of a neighbour holds that of voxel (x, y, z) and is no smaller.
func (f fields) covered(t *template, x, y, z int) bool {
	here := f.reach.Offset(x, y, z)
	needed := t.needed(f.reach.Data[here])
	n := f.reach.N
	for k := max(z-1, 0); k <= min(z+1, n[2]-1); k++ {
		for j := max(y-1, 0); j <= min(y+1, n[1]-1); j++ {
			for i := max(x-1, 0); i <= min(x+1, n[0]-1); i++ {
				there := f.reach.Offset(i, j, k)
				class := (i-x)*(i-x) + 2*(j-y)*(j-y) + 4*(k-z)*(k-z)
				if class != 0 && open2(f.reach.Data[there]) > needed[class] && f.radius.Data[there] >= f.radius.Data[here] {
					return true
				}
			}
		}
	}
	return false
}

// template knows how far the centres of a ball are from a neighbour of its own centre. Neighbours
// that differ in sign alone are of one class: bit 0 for a step along x, 1 along y, 2 along z.
type template struct {
	inside   []float64    // squared distances of centres from the ball's own, rising; mm²
	farthest [][8]float64 // of the first i of these and their mirror images, from each class; mm²
}

func newTemplate(spacing [3]float64, reach float32) *template {
	type offset struct {
		d2   float64
		from [8]float64
	}
	var all []offset
	limit := float64(reach) * float64(reach)
	for z := 0; square(z, spacing[2]) < limit; z++ {
		for y := 0; square(y, spacing[1])+square(z, spacing[2]) < limit; y++ {
			for x := 0; square(x, spacing[0])+square(y, spacing[1])+square(z, spacing[2]) < limit; x++ {
				v := offset{d2: square(x, spacing[0]) + square(y, spacing[1]) + square(z, spacing[2])}
				for c := range v.from { // the mirror image on the far side of the neighbour
					v.from[c] = square(x+c&1, spacing[0]) + square(y+c>>1&1, spacing[1]) + square(z+c>>2, spacing[2])
				}
				all = append(all, v)
			}
		}
	}
	slices.SortFunc(all, func(a, b offset) int { return cmp.Compare(a.d2, b.d2) })
	t := &template{farthest: make([][8]float64, 1)}
	for _, v := range all {
		if n := len(t.inside); n == 0 || v.d2 > t.inside[n-1]*(1+1e-9) { // equal ones share an entry
			t.inside = append(t.inside, v.d2)
			t.farthest = append(t.farthest, t.farthest[n])
		}
		last := &t.farthest[len(t.inside)]
		for c := range v.from {
			last[c] = math.Max(last[c], v.from[c])
		}
	}
	return t
}

// needed is, for each class of neighbour, the squared distance that its ball must exceed to hold
// the open ball of the given reach.
func (t *template) needed(reach float32) *[8]float64 {
	n, _ := slices.BinarySearch(t.inside, open2(reach))
	return &t.farthest[n]
}

func square(n int, step float64) float64 { return float64(n) * step * float64(n) * step }
