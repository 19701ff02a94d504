package oxygenator

import (
	"context"
	"fmt"
	"math"
	"slices"

	"explant/analysis/phantom"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// Scan is what the detection floor of a scan hangs on.
type Scan struct {
	SpacingUM                         float64 // edge of a voxel; 0 when unknown, and limits are then in voxels alone
	AirGrey, PolymerGrey, DepositGrey float64 // levels of the bare materials
	NoiseAir, NoiseDeposit            float64 // standard deviations, grey
	Correlation                       float64 // of the noise between face neighbours
	PSFVoxels                         float64 // Gaussian sigma; where it is not known, 0.8 is usual
	OuterVoxels, InnerVoxels          float64 // radii of the fibre that carries the films
}

// ScanOf takes a Scan from what [Segment] measured.
func ScanOf(s *segment.Segmentation) Scan {
	d := s.Diagnostics
	out := Scan{
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

func (s Scan) check() error {
	for name, v := range map[string]float64{"contrast of deposit": s.DepositGrey - s.AirGrey, "contrast of polymer": s.PolymerGrey - s.AirGrey,
		"noise in air": s.NoiseAir, "noise in deposit": s.NoiseDeposit, "outer radius": s.OuterVoxels - s.InnerVoxels, "lumen radius": s.InnerVoxels} {
		if !(v > 0) || math.IsInf(v, 1) {
			return fmt.Errorf("%w: no detection floor: %s of the scan is not known", ErrParameter, name)
		}
	}
	if s.OuterVoxels > 64 {
		return fmt.Errorf("%w: no detection floor for fibres of %g voxels", ErrParameter, 2*s.OuterVoxels)
	}
	return nil
}

// Limits are the parts of the detection floor and how well borders are placed. Lengths are in voxels;
// times Scan.SpacingUM they are µm. A limit is +Inf when nothing that was tried was found.
type Limits struct {
	Sphere     float64 // diameter of the smallest sphere found with 90 % sensitivity
	Film       float64 // thickness of the thinnest film found with 90 % sensitivity
	BorderBias float64 // mean shift of a deposit's border, outwards positive
	BorderSD   float64 // its standard deviation from object to object
}

// Rule decides what is deposit in a small scan: values above 0 of the labels.
type Rule func(ctx context.Context, grey *volume.Volume[float32]) (*volume.Labels, error)

// sensitivity is the share of objects that must be found.
const sensitivity = 0.9

// foundShare is the share of an object's volume that must be called deposit for it to be found.
const foundShare = 0.5

// Keep recalls what was made before under a key, or makes and keeps it. What it recalls must be what was made.
type Keep func(key string, make func() (Limits, error)) (Limits, error)

// rounded gives s with air at 0, deposit at 1, noise to 5 % and lengths to a hundredth or tenth of a
// voxel: scans that do not differ by more have the same floor.
func (s Scan) rounded() Scan {
	contrast := s.DepositGrey - s.AirGrey
	step := func(v, by float64) float64 { return math.Round(v/by) * by }
	loud := func(v float64) float64 { return math.Exp(step(math.Log(v/contrast), 0.05)) }
	return Scan{
		DepositGrey: 1, PolymerGrey: max(step((s.PolymerGrey-s.AirGrey)/contrast, 0.02), 0.02),
		NoiseAir: loud(s.NoiseAir), NoiseDeposit: loud(s.NoiseDeposit), Correlation: step(s.Correlation, 0.05),
		PSFVoxels: step(s.PSFVoxels, 0.02), OuterVoxels: step(s.OuterVoxels, 0.1), InnerVoxels: min(step(s.InnerVoxels, 0.1), step(s.OuterVoxels, 0.1)-0.1),
	}
}

// key names all that a floor hangs on.
func (s Scan) key(p Params, seed uint64) string {
	return fmt.Sprintf("floor %v restore %v: %+v %+v seed %d", Algorithms()["oxygenator.floor"], Algorithms()["oxygenator.restore"], s, p, seed)
}

// Floor scans spheres in air, and films on a fibre, with the noise, point spread and levels of s, and
// gives the smallest of each that the rule finds with 90 % sensitivity: at least half of the volume
// is called deposit in 9 of 10 spheres, or patches of a film. rule nil is that of [Segment] with p,
// which knows the fibre, and whose limits keep may recall; keep may be nil. The same seed gives the same
// limits, and so do scans that agree when rounded, as they are for that rule.
func Floor(ctx context.Context, s Scan, p Params, rule Rule, seed uint64, keep Keep, o parallel.Options) (Limits, error) {
	if err := s.check(); err != nil {
		return Limits{}, err
	}
	p = p.withDefaults()
	if rule != nil { // it knows the greys of this scan
		return s.limits(ctx, p, rule, seed, o)
	}
	s = s.rounded()
	if keep == nil {
		return s.limits(ctx, p, nil, seed, o)
	}
	return keep(s.key(p, seed), func() (Limits, error) { return s.limits(ctx, p, nil, seed, o) })
}

// limits makes the phantoms and judges what the rule finds in them.
func (s Scan) limits(ctx context.Context, p Params, rule Rule, seed uint64, o parallel.Options) (Limits, error) {
	var l Limits
	var shifts []float64
	for _, scene := range []*floorScene{spheres(seed), films(s, seed)} {
		grey, err := scene.scan(ctx, s, o)
		if err != nil {
			return Limits{}, err
		}
		decide := rule
		if decide == nil {
			decide = s.ownRule(p, scene.fibre, o)
		}
		found, err := decide(ctx, grey)
		if err != nil {
			return Limits{}, err
		}
		if found.N != grey.N {
			return Limits{}, fmt.Errorf("%w: the rule gave %v voxels for %v", ErrParameter, found.N, grey.N)
		}
		size, shift := scene.judge(found)
		shifts = append(shifts, shift...)
		if scene.fibre == nil {
			l.Sphere = size
		} else {
			l.Film = size
		}
	}
	l.BorderBias, l.BorderSD = meanSD(shifts)
	return l, nil
}

func meanSD(v []float64) (mean, sd float64) {
	for _, x := range v {
		mean += x / float64(max(len(v), 1))
	}
	for _, x := range v {
		sd += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(sd / float64(max(len(v)-1, 1)))
}

// ownRule is the decision of [Segment] for a scene whose clean device is known.
func (s Scan) ownRule(p Params, f *fibre, o parallel.Options) Rule {
	return func(ctx context.Context, grey *volume.Volume[float32]) (*volume.Labels, error) {
		lv := levels{air: s.AirGrey, polymer: s.PolymerGrey, sigma: math.Sqrt(s.PSFVoxels*s.PSFVoxels + 1.0/12)}
		var fibres []*fibre
		if f != nil {
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

// scan makes the grey image of the scene with the noise and blur of s.
func (f *floorScene) scan(ctx context.Context, s Scan, o parallel.Options) (*volume.Volume[float32], error) {
	const range16 = 20000.0 // deposit over air in the 16-bit image
	scale := range16 / (s.DepositGrey - s.AirGrey)
	to16 := func(grey float64) float64 { return 10000 + scale*(grey-s.AirGrey) }
	photon := max(s.NoiseDeposit*s.NoiseDeposit-s.NoiseAir*s.NoiseAir, 0) * scale * scale / range16
	gauss := max(s.NoiseAir*s.NoiseAir*scale*scale-photon*to16(s.AirGrey), 0)
	scanner := phantom.Oxygenator{N: f.n, Seed: f.seed, SpacingUM: 1, PolymerGrey: 1, PSFVoxels: s.PSFVoxels,
		GaussGrey: math.Sqrt(gauss), NoiseGrey: math.Sqrt(gauss + photon), Correlation: bound(s.Correlation, 0, 0.7)}
	clean := volume.New[float32](volume.Grid{N: f.n})
	f.paint(clean, to16(s.AirGrey), to16(s.PolymerGrey), to16(s.DepositGrey))
	image, err := scanner.Scan(ctx, clean, o, nil)
	if err != nil {
		return nil, err
	}
	out := volume.New[float32](volume.Grid{N: f.n})
	for i, g := range image.Data {
		out.Data[i] = float32(s.AirGrey + (float64(g)-10000)/scale)
	}
	return out, nil
}

// smallest gives the size from which on all larger ones are found often enough, between the tried
// sizes where the share crosses the sensitivity.
func smallest(sizes, share []float64) float64 {
	i := len(sizes)
	for i > 0 && share[i-1] >= sensitivity {
		i--
	}
	switch {
	case i == len(sizes):
		return math.Inf(1)
	case i == 0:
		return sizes[0]
	}
	t := (sensitivity - share[i-1]) / (share[i] - share[i-1])
	return sizes[i-1] + t*(sizes[i]-sizes[i-1])
}

// largestOnly keeps the objects whose border a shift can be told of: at least half the largest size.
func largestOnly(sizes []float64, k int) bool { return sizes[k] >= slices.Max(sizes)/2 }
