package rings

import (
	"context"
	"math"
	"slices"

	"explant/volume"
	"explant/volume/parallel"
)

// Center finds the axis of rotation, in voxels along x and y, at most so many voxels away from the middle
// of the slices: where the rings about it have the largest variance. ok is false where no place stands out
// from the others, such as in a volume without rings.
//
// Offsets about a wrong centre average out along the angle, all the more the farther out they lie. Whole
// voxels are tried on the middle slices first, then halves and quarters about the best.
func Center[T volume.Voxel](ctx context.Context, v *volume.Volume[T], within int, o parallel.Options, p parallel.Progress) (center [2]float64, ok bool, err error) {
	middle := [2]float64{float64(v.N[0]-1) / 2, float64(v.N[1]-1) / 2}
	side := 2*within + 1
	if p != nil {
		p.Stage("axis of rotation", side*side)
	}
	z0 := max(v.N[2]/2-2, 0)
	z1 := min(z0+4, v.N[2])
	energy := make([]float64, side*side)
	err = parallel.Each(ctx, side*side, o, p, func(ctx context.Context, i int) (err error) {
		at := [2]float64{middle[0] + float64(i%side-within), middle[1] + float64(i/side-within)}
		energy[i], err = energyAbout(ctx, v, at, z0, z1)
		return err
	})
	if err != nil {
		return middle, false, err
	}
	best := 0
	for i, e := range energy {
		if e > energy[best] {
			best = i
		}
	}
	center = [2]float64{middle[0] + float64(best%side-within), middle[1] + float64(best/side-within)}
	if !standsOut(energy, best, noiseIn(v, z0, z1)) {
		return middle, false, nil
	}
	center, err = refined(ctx, v, center, energy[best], z0, z1)
	return center, true, err
}

// standsOut reports whether the variance about the best centre is five times the usual one and that of
// rings of a quarter of the noise: structure about a centre makes less.
func standsOut(energy []float64, best int, noise float64) bool {
	usual := slices.Clone(energy)
	slices.Sort(usual)
	return energy[best] > 5*usual[len(usual)/2] && energy[best] > noise*noise/16
}

// noiseIn is the standard deviation of the noise in the mean of slices z0 to z1.
func noiseIn[T volume.Voxel](v *volume.Volume[T], z0, z1 int) float64 {
	slice := make([]float32, v.N[0]*v.N[1])
	average(slice, v, z0, z1)
	return noiseOf(slice, v.N[0])
}

// refined tries halves and quarters of a voxel about a centre.
func refined[T volume.Voxel](ctx context.Context, v *volume.Volume[T], center [2]float64, most float64, z0, z1 int) ([2]float64, error) {
	for _, step := range []float64{0.5, 0.25} {
		from := center
		for i := range 9 {
			at := [2]float64{from[0] + step*float64(i%3-1), from[1] + step*float64(i/3-1)}
			e, err := energyAbout(ctx, v, at, z0, z1)
			if err != nil {
				return center, err
			}
			if e > most {
				most, center = e, at
			}
		}
	}
	return center, nil
}

// energyAbout is the mean square over voxels of the offsets about a centre.
func energyAbout[T volume.Voxel](ctx context.Context, v *volume.Volume[T], center [2]float64, z0, z1 int) (float64, error) {
	f := fanOf(v.N, center)
	profile, _, err := profileOf(ctx, v, f, 5, z0, z1)
	if err != nil {
		return 0, err
	}
	sum, n := 0.0, 0.0
	for i, p := range profile {
		sum += p * p * float64(f.voxels[i])
		n += float64(f.voxels[i])
	}
	return sum / math.Max(n, 1), nil
}
