// Package rings takes ring artefacts out of a tomogram: offsets that depend on the distance from the axis of
// rotation alone, since each comes from one element of the detector.
//
// Slices are looked at along rays from the axis, which runs along z, away from edges. A point on a ray is
// compared with those near it on the ray that are of its own kind, no more than three standard deviations
// of the noise away in grey; what is left is noise and ring. The median of it over all rays, and over some
// slices, is the ring, drawn towards 0 as far as chance may have made it. Rings that change along z are followed.
//
// It corrects what is narrow: an offset that changes over more voxels than Reach along the ray is kept, and
// so are the grey levels, the mean of the correction over the slice being 0. On the oxygenator phantom, whose
// rings have a quarter of the noise's standard deviation and are others every 8 slices, 63 % of their
// energy goes at 128 voxels a side and 67 % at 256; where rings go on along z, nearly all.
//
// Source: after Sijbers, Postnov, Phys. Med. Biol. 49(14):N247-N253, 2004, doi:10.1088/0031-9155/49/14/N06
// (rings become lines in polar coordinates; templates of lines from homogeneous surroundings, by medians).
package rings

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// Params say how rings are looked for; the zero value is the default.
type Params struct {
	// Center is where the axis meets the slices, in voxels along x and y; nil: the middle of the slices.
	Center *[2]float64
	// Reach is how far along a ray a point is compared, in voxels. Default 0 means 5.
	Reach int
	// Depth is the number of slices over which rings are taken to be the same. Default 0 means 6.
	Depth int
}

// Check reports parameters that cannot be used.
func (p Params) Check() error {
	switch {
	case p.Reach < 0 || p.Reach > 100:
		return fmt.Errorf("reach of %d voxels: must lie between 1 and 100, or be 0 for the default of 5", p.Reach)
	case p.Depth < 0 || p.Depth > 1000:
		return fmt.Errorf("depth of %d slices: must lie between 1 and 1000, or be 0 for the default of 6", p.Depth)
	case p.Center != nil && !(math.Abs(p.Center[0]) < 1e6 && math.Abs(p.Center[1]) < 1e6):
		return fmt.Errorf("center %v: must be two numbers of voxels", *p.Center)
	}
	return nil
}

func (p Params) filled(n [3]int) Params {
	if p.Reach == 0 {
		p.Reach = 5
	}
	if p.Depth == 0 {
		p.Depth = 6
	}
	if p.Center == nil {
		p.Center = &[2]float64{float64(n[0]-1) / 2, float64(n[1]-1) / 2}
	}
	return p
}

// Rings are the offsets that were found.
type Rings struct {
	Center  [2]float64  // voxels along x and y
	SD      float64     // standard deviation of the offsets over the voxels, in greys
	Noise   float64     // that of the noise about them, in greys
	depth   int         // slices a profile
	profile [][]float64 // offset at each whole radius, for each depth slices
}

// Find looks for the rings of v. Where nothing repeats along the rays, offsets are 0.
func Find[T volume.Voxel](ctx context.Context, v *volume.Volume[T], p Params, o parallel.Options, pr parallel.Progress) (*Rings, error) {
	if err := v.Check(); err != nil {
		return nil, err
	}
	if err := p.Check(); err != nil {
		return nil, err
	}
	p = p.filled(v.N)
	if pr != nil {
		pr.Stage("rings", v.N[2])
	}
	r := &Rings{Center: *p.Center, depth: p.Depth}
	o.Depth, o.Halo = p.Depth, 0
	r.profile = make([][]float64, o.Count(v.N[2]))
	noise := make([]float64, len(r.profile))
	f := fanOf(v.N, *p.Center)
	err := parallel.Slabs(ctx, v.N[2], o, pr, func(ctx context.Context, s parallel.Slab) (err error) {
		r.profile[s.Index(o)], noise[s.Index(o)], err = profileOf(ctx, v, f, p.Reach, s.Z0, s.Z1)
		return err
	})
	if err != nil {
		return nil, err
	}
	sum, weight := 0.0, 0.0
	for k, profile := range r.profile {
		for i, offset := range profile {
			sum += float64(f.voxels[i]) * offset * offset
			weight += float64(f.voxels[i])
		}
		r.Noise += noise[k] / float64(len(noise))
	}
	r.SD = math.Sqrt(sum / math.Max(weight, 1))
	return r, nil
}

// Remove returns v without the rings. Integers are rounded to the nearest and held within their type.
func Remove[T volume.Voxel](ctx context.Context, v *volume.Volume[T], r *Rings, o parallel.Options, pr parallel.Progress) (*volume.Volume[T], error) {
	if pr != nil {
		pr.Stage("removing rings", v.N[2])
	}
	out, err := volume.MakeUnset[T](ctx, v.Grid)
	if err != nil {
		return nil, err
	}
	err = parallel.Slabs(ctx, v.N[2], o, pr, func(ctx context.Context, s parallel.Slab) error {
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			removeFrom(out.Slice(z), v.Slice(z), v.N[0], r.Center, r.at(z))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func removeFrom[T volume.Voxel](dst, src []T, nx int, center [2]float64, profile []float64) {
	held := volume.Held[T]()
	for y := range len(src) / nx {
		dy := float64(y) - center[1]
		row := dst[y*nx : (y+1)*nx]
		for x, g := range src[y*nx : (y+1)*nx] {
			dx := float64(x) - center[0]
			radius := math.Sqrt(dx*dx + dy*dy)
			i := int(radius)
			part := radius - float64(i)
			row[x] = held(float64(g) - (profile[i]*(1-part) + profile[i+1]*part))
		}
	}
}

// at are the offsets in slice z: between the middles of the profiles, linear.
func (r *Rings) at(z int) []float64 {
	at := (float64(z)+0.5)/float64(r.depth) - 0.5
	k := min(max(int(math.Floor(at)), 0), len(r.profile)-1)
	next := min(k+1, len(r.profile)-1)
	part := math.Min(math.Max(at-float64(k), 0), 1)
	out := make([]float64, len(r.profile[k]))
	for i, a := range r.profile[k] {
		out[i] = a*(1-part) + r.profile[next][i]*part
	}
	return out
}
