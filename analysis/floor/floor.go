// Package floor finds the smallest deposits that a scan would show: it makes small phantoms with the scan's own
// noise, point spread and levels, and asks the rule that decides on deposit what it finds in them.
package floor

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"explant/analysis/phantom"
	"explant/volume"
	"explant/volume/parallel"
)

// ErrUnknown is returned where a scan does not tell all that its floor hangs on.
var ErrUnknown = errors.New("no detection floor")

// Algorithms names the algorithm of this package and its version, for the method hash. A version changes
// whenever the same input may give another result.
func Algorithms() map[string]string { return map[string]string{"floor.phantom": "2"} }

// Scan is what the detection floor of a scan hangs on.
type Scan struct {
	SpacingUM                         float64 // edge of a voxel; 0 when unknown, and limits are then in voxels alone
	AirGrey, PolymerGrey, DepositGrey float64 // levels of the bare materials
	NoiseAir, NoiseDeposit            float64 // standard deviations, grey
	Correlation                       float64 // of the noise between face neighbours
	PSFVoxels                         float64 // Gaussian sigma; where it is not known, 0.8 is usual
	OuterVoxels, InnerVoxels          float64 // radii of the fibre that carries the films
}

// Check reports what is missing.
func (s Scan) Check() error {
	for name, v := range map[string]float64{"contrast of deposit": s.DepositGrey - s.AirGrey, "contrast of polymer": s.PolymerGrey - s.AirGrey,
		"noise in air": s.NoiseAir, "noise in deposit": s.NoiseDeposit, "outer radius": s.OuterVoxels - s.InnerVoxels, "lumen radius": s.InnerVoxels} {
		if !(v > 0) || math.IsInf(v, 1) {
			return fmt.Errorf("%w: %s of the scan is not known", ErrUnknown, name)
		}
	}
	if s.OuterVoxels > 64 {
		return fmt.Errorf("%w for fibres of %g voxels", ErrUnknown, 2*s.OuterVoxels)
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

// Tube is the fibre of a small scan, along x through (Y, Z); its radii are in voxels.
type Tube struct{ Inner, Outer, Y, Z float64 }

// Rule decides what is deposit in a small scan: values above 0 of the labels. What the device is is known to
// it: the tube, or nil where there is none.
type Rule func(ctx context.Context, grey *volume.Volume[float32], device *Tube) (*volume.Labels, error)

// sensitivity is the share of objects that must be found.
const sensitivity = 0.9

// foundShare is the share of an object's volume that must be called deposit for it to be found.
const foundShare = 0.5

// Of scans spheres in air, and films on a fibre, with the noise, point spread and levels of s, and gives the
// smallest of each that the rule finds with 90 % sensitivity: at least half of the volume is called deposit in
// 9 of 10 spheres, or patches of a film. The same seed gives the same limits.
func Of(ctx context.Context, s Scan, rule Rule, seed uint64, o parallel.Options) (Limits, error) {
	if err := s.Check(); err != nil {
		return Limits{}, err
	}
	var l Limits
	var shifts []float64
	for _, scene := range []*floorScene{spheres(seed), films(s, seed)} {
		grey, err := scene.scan(ctx, s, o)
		if err != nil {
			return Limits{}, err
		}
		found, err := rule(ctx, grey, scene.fibre)
		if err != nil {
			return Limits{}, err
		}
		if found.N != grey.N {
			return Limits{}, fmt.Errorf("%w: the rule gave %v voxels for %v", ErrUnknown, found.N, grey.N)
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

// scan makes the grey image of the scene with the noise and blur of s.
func (f *floorScene) scan(ctx context.Context, s Scan, o parallel.Options) (*volume.Volume[float32], error) {
	const range16 = 20000.0 // deposit over air in the 16-bit image
	scale := range16 / (s.DepositGrey - s.AirGrey)
	to16 := func(grey float64) float64 { return 10000 + scale*(grey-s.AirGrey) }
	photon := max(s.NoiseDeposit*s.NoiseDeposit-s.NoiseAir*s.NoiseAir, 0) * scale * scale / range16
	gauss := max(s.NoiseAir*s.NoiseAir*scale*scale-photon*to16(s.AirGrey), 0)
	scanner := phantom.Oxygenator{N: f.n, Seed: f.seed, SpacingUM: 1, PolymerGrey: 1, PSFVoxels: s.PSFVoxels,
		GaussGrey: math.Sqrt(gauss), NoiseGrey: math.Sqrt(gauss + photon), Correlation: min(max(s.Correlation, 0), 0.7)}
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
