package oxygenator

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/spatial/r3"

	"explant/analysis/floor"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// ScanOf takes what the detection floor hangs on from what [Segment] measured.
func ScanOf(s *segment.Segmentation) floor.Scan {
	d := s.Diagnostics
	out := floor.Scan{
		AirGrey: s.Levels[segment.Void], PolymerGrey: s.Levels[segment.Polymer], DepositGrey: d["deposit_expected_grey"],
		NoiseAir: d["noise_sd_air_grey"], NoiseDeposit: d["noise_sd_deposit_grey"], Correlation: d["noise_correlation"],
		PSFVoxels: d["psf_sigma_voxels"], OuterVoxels: d["fibre_outer_diameter_voxels"] / 2,
	}
	out.InnerVoxels = out.OuterVoxels - d["fibre_wall_voxels"]
	if s.Labels.Calibrated() {
		out.SpacingUM = 1000 * s.Labels.Spacing[0]
	}
	return out
}

// Keep recalls what was made before under a key, or makes and keeps it. What it recalls must be what was made.
type Keep func(key string, make func() (floor.Limits, error)) (floor.Limits, error)

// rounded gives s with air at 0, deposit at 1, noise to 5 % and lengths to a hundredth or tenth of a
// voxel: scans that do not differ by more have the same floor.
func rounded(s floor.Scan) floor.Scan {
	contrast := s.DepositGrey - s.AirGrey
	step := func(v, by float64) float64 { return math.Round(v/by) * by }
	loud := func(v float64) float64 { return math.Exp(step(math.Log(v/contrast), 0.05)) }
	return floor.Scan{
		DepositGrey: 1, PolymerGrey: max(step((s.PolymerGrey-s.AirGrey)/contrast, 0.02), 0.02),
		NoiseAir: loud(s.NoiseAir), NoiseDeposit: loud(s.NoiseDeposit), Correlation: step(s.Correlation, 0.05),
		PSFVoxels: step(s.PSFVoxels, 0.02), OuterVoxels: step(s.OuterVoxels, 0.1), InnerVoxels: min(step(s.InnerVoxels, 0.1), step(s.OuterVoxels, 0.1)-0.1),
	}
}

// floorKey names all that a floor hangs on.
func floorKey(s floor.Scan, p Params, seed uint64) string {
	return fmt.Sprintf("floor %v restore %v: %+v %+v seed %d", floor.Algorithms()["floor.phantom"], Algorithms()["oxygenator.restore"], s, p, seed)
}

// Floor is [floor.Of] for the rule of [Segment] with p, which knows the fibre; keep may recall the limits, and
// may be nil. Scans that agree when rounded have the same limits.
func Floor(ctx context.Context, s floor.Scan, p Params, seed uint64, keep Keep, o parallel.Options) (floor.Limits, error) {
	if err := s.Check(); err != nil {
		return floor.Limits{}, err
	}
	p, s = p.withDefaults(), rounded(s)
	makes := func() (floor.Limits, error) { return floor.Of(ctx, s, ownRule(s, p, o), seed, o) }
	if keep == nil {
		return makes()
	}
	return keep(floorKey(s, p, seed), makes)
}

// ownRule is the decision of [Segment] for a scene whose clean device is known.
func ownRule(s floor.Scan, p Params, o parallel.Options) floor.Rule {
	return func(ctx context.Context, grey *volume.Volume[float32], tube *floor.Tube) (*volume.Labels, error) {
		lv := levels{air: s.AirGrey, polymer: s.PolymerGrey, sigma: math.Sqrt(s.PSFVoxels*s.PSFVoxels + 1.0/12)}
		var fibres []*fibre
		if tube != nil {
			from := r3.Vec{X: -1, Y: tube.Y, Z: tube.Z}
			f := &fibre{inner: tube.Inner, outer: tube.Outer, knots: []r3.Vec{from, {X: float64(grey.N[0]), Y: tube.Y, Z: tube.Z}}}
			f.orient()
			fibres = append(fibres, f)
		}
		d := &device{fibres, &housing{}, lv, flatGain()}
		c, err := d.render(ctx, grey, volume.Unset[float32](grey.Grid), o, nil)
		if err != nil {
			return nil, err
		}
		n := noise{sd: s.NoiseAir, deposit: s.NoiseDeposit, correlation: s.Correlation}
		if err := newSolver(c, s.DepositGrey-s.AirGrey, s.PSFVoxels, n, p.Smoothness).solve(ctx, o, nil); err != nil {
			return nil, err
		}
		if err := dropSpecks(ctx, c.labels, p.SpeckVoxels, o); err != nil {
			return nil, err
		}
		for i, v := range c.labels.Data {
			c.labels.Data[i] = 0
			if v == segment.Deposit {
				c.labels.Data[i] = 1
			}
		}
		return c.labels, nil
	}
}
