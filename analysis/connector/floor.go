package connector

import (
	"context"
	"math"

	"explant/analysis/floor"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// mostBore is the largest radius, in voxels, of the wall that carries the films of the floor's phantom: on a
// wider one they are no less bent than matters.
const mostBore = 24

// Scan is what the detection floor of a segmentation by [Segment] hangs on, once its noise and its point
// spread stand among the diagnostics. The wall is the brightest: next to it deposit is hardest to see. Where
// there is no deposit, clot as bright as that wall is looked for.
func Scan(s *segment.Segmentation) floor.Scan {
	d := s.Diagnostics
	out := floor.Scan{
		AirGrey: s.Levels[segment.Void], DepositGrey: s.Levels[segment.Deposit], PolymerGrey: Wall(s),
		NoiseAir: d["noise_sd_air_grey"], NoiseDeposit: d["noise_sd_deposit_grey"], Correlation: d["noise_correlation"], PSFVoxels: d["psf_sigma_voxels"],
		OuterVoxels: min(d["piece_1_bore_diameter_voxels"]/2, mostBore),
	}
	if math.IsNaN(out.DepositGrey) {
		out.DepositGrey = out.PolymerGrey
	}
	out.InnerVoxels = max(out.OuterVoxels-6, out.OuterVoxels/2)
	if s.Labels.Calibrated() {
		out.SpacingUM = 1000 * math.Cbrt(s.Labels.Spacing[0]*s.Labels.Spacing[1]*s.Labels.Spacing[2])
	}
	return out
}

// Wall is the grey of the brightest wall that was fitted; 0 where there is none.
func Wall(s *segment.Segmentation) (grey float64) {
	for i := 1; ; i++ {
		wall, ok := s.Diagnostics[wallGrey(i)]
		if !ok {
			return grey
		}
		grey = max(grey, wall)
	}
}

// FloorRule is the decision of [Segment] where the wall is known: brighter than halfway between air and deposit,
// in pieces that are no specks and reach away from the wall.
func FloorRule(s floor.Scan, p Params, o parallel.Options) floor.Rule {
	p = p.withDefaults()
	cut := (s.AirGrey + s.DepositGrey) / 2
	return func(ctx context.Context, grey *volume.Volume[float32], wall *floor.Tube) (*volume.Labels, error) {
		l, deep := volume.New[uint8](grey.Grid), volume.New[uint8](grey.Grid)
		for i, g := range grey.Data {
			off := math.Inf(1) // from the wall
			if wall != nil {
				y, z := i/grey.N[0]%grey.N[1], i/(grey.N[0]*grey.N[1])
				off = math.Hypot(float64(y)-wall.Y, float64(z)-wall.Z) - wall.Outer
			}
			if off > 0 && float64(g) > cut {
				l.Data[i] = segment.Deposit
			}
			if off > p.FilmVoxels {
				deep.Data[i] = 1
			}
		}
		return l, sift(ctx, l, deep, int64(p.SpeckVoxels), o)
	}
}
