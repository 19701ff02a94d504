package rescan

import (
	"context"
	"errors"
	"fmt"
	"math"

	"explant/analysis/phantom"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// ErrPhysics is returned where the scan is not known well enough to be made again.
var ErrPhysics = errors.New("scan not known well enough to be made again")

// Physics is how a scan blurs, and its noise.
type Physics struct {
	PSFVoxels    float64 // Gaussian sigma
	NoiseVoid    float64 // standard deviation in void, grey
	NoiseDeposit float64 // and in deposit
	Correlation  float64 // of the noise between face neighbours
}

// The 16-bit greys of void and deposit in the block.
const (
	voidGrey    = 10000.0
	depositGrey = 30000.0
)

// mostCorrelation is the most that the noise of phantoms can have.
const mostCorrelation = 0.7

// Scan cuts the box out of the labels, which become the truth, and scans it: 16-bit greys that are those of
// the levels but for a scale and an offset. The voxel's own width blurs too: labels lack it, since a voxel
// is whole in them or not. The same seed gives the same greys.
func Scan(ctx context.Context, s *segment.Segmentation, box segment.Box, ph Physics, seed uint64, o parallel.Options) (*volume.Volume[uint16], *volume.Labels, error) {
	truth := cut(s.Labels, box)
	scale := (depositGrey - voidGrey) / (s.Levels[segment.Deposit] - s.Levels[segment.Void])
	grey, err := greys(s.Levels, scale)
	if err != nil {
		return nil, nil, err
	}
	clean := volume.New[float32](truth.Grid)
	for i, c := range truth.Data {
		clean.Data[i] = grey[c]
		if math.IsNaN(float64(grey[c])) {
			return nil, nil, fmt.Errorf("%w: the level of %s is unknown", ErrPhysics, segment.Names[c])
		}
	}
	scanner, err := ph.scanner(scale)
	if err != nil {
		return nil, nil, err
	}
	image, err := scanner.Scan(ctx, clean, seed, o, nil)
	return image, truth, err
}

// greys of the classes in the block, NaN where the level is unknown. Lumens hold what the void holds.
func greys(levels [segment.ClassCount]float64, scale float64) (out [segment.ClassCount]float32, err error) {
	if !(scale > 0) || math.IsInf(scale, 1) {
		return out, fmt.Errorf("%w: deposit is not brighter than void", ErrPhysics)
	}
	for c, level := range levels {
		out[c] = float32(voidGrey + scale*(level-levels[segment.Void]))
	}
	out[segment.Lumen], out[segment.Outside] = voidGrey, voidGrey
	return out, nil
}

// scanner has the noise of ph in units of the block.
func (ph Physics) scanner(scale float64) (phantom.Scanner, error) {
	for name, v := range map[string]float64{"noise in void": ph.NoiseVoid, "noise in deposit": ph.NoiseDeposit, "point spread": ph.PSFVoxels} {
		if !(v > 0) || math.IsInf(v, 1) {
			return phantom.Scanner{}, fmt.Errorf("%w: the %s is unknown", ErrPhysics, name)
		}
	}
	lo, hi := ph.NoiseVoid*scale, ph.NoiseDeposit*scale
	photon := max(hi*hi-lo*lo, 0) / (depositGrey - voidGrey)
	gauss := max(lo*lo-photon*voidGrey, 0)
	return phantom.Scanner{
		PSFVoxels: math.Sqrt(ph.PSFVoxels*ph.PSFVoxels + 1.0/12), Reference: depositGrey,
		GaussGrey: math.Sqrt(gauss), NoiseGrey: math.Sqrt(gauss + photon*depositGrey),
		Correlation: min(max(ph.Correlation, 0), mostCorrelation),
	}, nil
}

// cut copies a box of labels; its grid lies where the box lay.
func cut(l *volume.Labels, box segment.Box) *volume.Labels {
	g := l.Grid
	for a := range 3 {
		g.N[a] = box.Max[a] - box.Min[a]
	}
	out := volume.New[uint8](g)
	for z := range g.N[2] {
		for y := range g.N[1] {
			from := l.Offset(box.Min[0], box.Min[1]+y, box.Min[2]+z)
			copy(out.Data[out.Offset(0, y, z):], l.Data[from:from+g.N[0]])
		}
	}
	return out
}
