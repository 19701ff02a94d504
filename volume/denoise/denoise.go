// Package denoise smooths volumes without blurring edges: non-local means in 3D.
//
// A voxel becomes the mean of the voxels of a search box about it, each weighted by how like its own
// surroundings theirs are: by the squared differences d² of 3x3x3 patches, per voxel and less the 2σ² that
// noise alone makes. The weight is (1 - (d² - 2σ²)/8h²)^8, which is exp(-(d² - 2σ²)/h²) to a percent of the
// largest and 0 from 8h² on; h is strength times σ. The voxel itself weighs as much as the best other.
//
// Values are float32; the order of every sum is fixed, so that vector instructions, where there are any, and
// plain Go give the same bytes.
//
// Sources: Buades, Coll, Morel, Multiscale Model. Simul. 4(2):490-530, 2005, doi:10.1137/040616024; in 3D,
// with 2σ² taken off, Coupé et al., IEEE Trans. Med. Imaging 27(4):425-441, 2008, doi:10.1109/TMI.2007.906087.
package denoise

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// Params of [NonLocalMeans]; the zero value is the default.
type Params struct {
	// Noise is the standard deviation of the noise in greys. Default 0: [Noise] estimates it.
	Noise float64
	// Strength is h in units of the noise. Default 0 means 0.8; more smooths more.
	Strength float64
	// Search is the radius of the search box in voxels, 1 to 5. Default 0 means 2.
	Search int
}

// Check reports parameters that cannot be used.
func (p Params) Check() error {
	switch {
	case !(p.Noise >= 0) || math.IsInf(p.Noise, 1):
		return fmt.Errorf("noise of %g greys: must be a number from 0 on", p.Noise)
	case !(p.Strength >= 0 && p.Strength <= 100):
		return fmt.Errorf("strength %g: must lie between 0 and 100; 0 means the default of 0.8", p.Strength)
	case p.Search < 0 || p.Search > 5:
		return fmt.Errorf("search of %d voxels: must lie between 1 and 5, or be 0 for the default of 2", p.Search)
	}
	return nil
}

func (p Params) filled() Params {
	if p.Strength == 0 {
		p.Strength = 0.8
	}
	if p.Search == 0 {
		p.Search = 2
	}
	return p
}

// patch is the voxels of a patch.
const patch = 27

// NonLocalMeans returns v smoothed, on its grid and in its type, and the noise that was taken off: that of
// p, or the estimate. Beyond the faces the nearest voxel is repeated. A volume without noise is returned
// as it is. Voxels that are NaN or infinite stay so and count as 0 for their neighbours.
func NonLocalMeans[T volume.Voxel](ctx context.Context, v *volume.Volume[T], p Params, o parallel.Options, pr parallel.Progress) (*volume.Volume[T], float64, error) {
	if err := v.Check(); err != nil {
		return nil, 0, err
	}
	if err := p.Check(); err != nil {
		return nil, 0, err
	}
	p = p.filled()
	if p.Noise == 0 {
		var err error
		if p.Noise, err = Noise(ctx, v, o, pr); err != nil {
			return nil, 0, err
		}
	}
	if bias, scale := p.cut(); bias == 0 || scale > math.MaxFloat32 {
		return v, 0, nil
	}
	if pr != nil {
		pr.Stage("non-local means", v.N[2])
	}
	out, err := volume.MakeUnset[T](ctx, v.Grid)
	if err != nil {
		return nil, 0, err
	}
	o.Depth, o.Halo = 8, 0
	err = parallel.Slabs(ctx, v.N[2], o, pr, func(ctx context.Context, s parallel.Slab) error {
		t := newTile(v.N, p, s.Z1-s.Z0)
		for y := 0; y < v.N[1]; y += rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			gather(t, v, y, s.Z0)
			for z := s.Z0; z < s.Z1; z++ {
				for j := y; j < min(y+rows, v.N[1]); j++ {
					t.mean(j-y, z-s.Z0)
					store(t, out, v, v.Offset(0, j, z))
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return out, p.Noise, nil
}

// cut is what noise makes of the squared differences of a patch, and one over 8h² of it.
func (p Params) cut() (bias, scale float64) {
	noise := p.Noise * p.Noise
	return 2 * patch * noise, 1 / (8 * patch * p.Strength * p.Strength * noise)
}

// store writes a row of means. What is no number stays.
func store[T volume.Voxel](t *tile, out, v *volume.Volume[T], at int) {
	held := volume.Held[T]()
	for x := range v.N[0] {
		g := v.Data[at+x]
		if f := float64(g); f-f != 0 {
			out.Data[at+x] = g
			continue
		}
		out.Data[at+x] = held(float64(t.mid[x]))
	}
}
