package denoise

import (
	"context"
	"math"
	"slices"

	"explant/volume"
	"explant/volume/parallel"
)

// side of the cubes whose own spread tells the noise, voxels.
const side = 5

// quiet is the share of the cubes that are taken to hold no edge.
const quiet = 0.2

// Noise estimates the standard deviation of the noise in greys: that within cubes of 5x5x5 voxels, the
// median of the quietest fifth of them and 5 % more, since those are quiet by chance too. Noise that
// grows with the grey is so found where it is least, and noise that reaches over many voxels is found too
// small. A volume of less than 5 voxels along an axis is looked at in flat pieces; constant cubes, such as
// the zeros about a reconstruction, are left out.
func Noise[T volume.Voxel](ctx context.Context, v *volume.Volume[T], o parallel.Options, p parallel.Progress) (float64, error) {
	if p != nil {
		p.Stage("noise", v.N[2])
	}
	var box [3]int
	for a, n := range v.N {
		box[a] = min(side, n)
	}
	o.Depth, o.Halo = side, 0
	found := make([][]float64, o.Count(v.N[2]))
	err := parallel.Slabs(ctx, v.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		if s.Z0+box[2] > v.N[2] {
			return nil
		}
		for y := 0; y+box[1] <= v.N[1]; y += box[1] {
			if err := ctx.Err(); err != nil {
				return err
			}
			for x := 0; x+box[0] <= v.N[0]; x += box[0] {
				if sd := spread(v, [3]int{x, y, s.Z0}, box); sd > 0 {
					found[s.Index(o)] = append(found[s.Index(o)], sd)
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	all := slices.Concat(found...)
	if len(all) == 0 {
		return 0, nil
	}
	slices.Sort(all)
	return 1.05 * all[int(quiet/2*float64(len(all)))], nil
}

// spread is the standard deviation within a box of voxels, NaN where they are no numbers.
func spread[T volume.Voxel](v *volume.Volume[T], lo, box [3]int) float64 {
	var sum, squares float64
	first := float64(v.At(lo[0], lo[1], lo[2])) // differences from it lose no digits
	for z := range box[2] {
		for y := range box[1] {
			at := v.Offset(lo[0], lo[1]+y, lo[2]+z)
			for _, g := range v.Data[at : at+box[0]] {
				d := float64(g) - first
				sum += d
				squares += d * d
			}
		}
	}
	n := float64(box[0] * box[1] * box[2])
	if n < 2 {
		return 0
	}
	return math.Sqrt(math.Max(squares-sum*sum/n, 0) / (n - 1))
}
