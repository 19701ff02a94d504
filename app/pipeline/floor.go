package pipeline

import (
	"context"
	"errors"
	"math"

	"explant/analysis/measure"
	"explant/analysis/noise"
	"explant/analysis/oxygenator"
	"explant/analysis/protocol"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/filter"
	"explant/volume/parallel"
)

// floorSeed makes the phantom of the detection floor; with another one the floor moves by a few percent.
const floorSeed = 1

// floor makes a phantom with the noise, point spread and levels of this scan and returns what its
// deposits say; nil where the segmentation does not know all of them.
func (r *run) floor(ctx context.Context, s *segment.Segmentation) (*measure.Floor, error) {
	var rules oxygenator.Params
	var rule oxygenator.Rule
	scan := oxygenator.ScanOf(s)
	switch r.job.Protocol.Engine {
	case protocol.Oxygenator:
		rules = *r.job.Protocol.Oxygenator
	case protocol.Panel, protocol.Ranges:
		if rule = r.thresholds(s); rule == nil || !cubic(s.Labels.Grid) {
			return nil, nil
		}
		scan = onFibre(scan, s)
	default:
		return nil, nil
	}
	r.progress.Stage("detection floor", 0)
	l, err := oxygenator.Floor(ctx, scan, rules, rule, floorSeed, keepFloor, r.options())
	switch {
	case errors.Is(err, oxygenator.ErrParameter):
		return nil, nil // the measurement says that there is no floor, and why
	case err != nil:
		return nil, err
	}
	f := &measure.Floor{
		SphereUM: l.Sphere * scan.SpacingUM, FilmUM: l.Film * scan.SpacingUM, BorderVoxels: l.BorderSD, BiasVoxels: l.BorderBias,
	}
	if math.IsNaN(s.Levels[segment.Polymer]) {
		f.FilmUM = math.NaN()
	}
	return f, nil
}

// cubic reports voxels whose edges differ by less than 2 %, or that are not known.
func cubic(g volume.Grid) bool {
	lo, hi := min(g.Spacing[0], g.Spacing[1], g.Spacing[2]), max(g.Spacing[0], g.Spacing[1], g.Spacing[2])
	return hi <= 1.02*lo
}

// The fibre that carries the films where the protocol knows none: the usual one, but no more voxels across
// than a film needs to be bent a little.
const (
	usualOuterUM, usualWallUM = 380, 70
	mostRadius                = 24.0 // voxels
	unknownSpacingUM          = 20   // voxel where the size is unknown
)

// onFibre completes what thresholds do not know of the device. Without a class of polymer the films lie on
// next to nothing.
func onFibre(scan oxygenator.Scan, s *segment.Segmentation) oxygenator.Scan {
	um := scan.SpacingUM
	if um == 0 {
		um = unknownSpacingUM
	}
	scan.DepositGrey = s.Levels[segment.Deposit]
	scan.OuterVoxels = min(usualOuterUM/um/2, mostRadius)
	scan.InnerVoxels = scan.OuterVoxels * (1 - 2*usualWallUM/float64(usualOuterUM))
	if math.IsNaN(scan.PolymerGrey) {
		scan.PolymerGrey = scan.AirGrey + (scan.DepositGrey-scan.AirGrey)/1000
	}
	return scan
}

// thresholds is how the protocol finds deposit in a phantom of this scan: by the same smoothing and the
// greys that it took for deposit; nil where it has no deposit.
func (r *run) thresholds(s *segment.Segmentation) oxygenator.Rule {
	from, known := s.Diagnostics["threshold_deposit_grey"]
	p := segment.RangesParams{}
	if otsu, found := s.Diagnostics["threshold_otsu_grey"]; found {
		from, known = otsu, true
	}
	switch {
	case s.NoDeposit || math.IsNaN(s.Levels[segment.Deposit]) || math.IsNaN(s.Levels[segment.Void]):
		return nil
	case known:
		p.Classes = []segment.Range{{Class: segment.Names[segment.Deposit], Min: math.Nextafter(from, math.Inf(1)), Max: math.MaxFloat64}}
	default:
		p = *r.job.Protocol.Ranges
	}
	return func(ctx context.Context, grey *volume.Volume[float32]) (*volume.Labels, error) {
		if r.job.Protocol.Engine == protocol.Panel {
			smooth, err := filter.Median3(ctx, grey, r.options(), nil)
			if err != nil {
				return nil, err
			}
			grey = smooth
		}
		found, err := segment.Ranges(ctx, grey, p, r.options(), parallel.Discard{})
		if err != nil {
			return nil, err
		}
		for i, c := range found.Labels.Data {
			found.Labels.Data[i] = 0
			if c == segment.Deposit {
				found.Labels.Data[i] = 1
			}
		}
		return found.Labels, nil
	}
}

// noted adds to a segmentation by thresholds what the scan says of its noise and its point spread.
func noted[T volume.Voxel](ctx context.Context, r *run, v *volume.Volume[T], s *segment.Segmentation) (*segment.Segmentation, error) {
	if s.NoDeposit || v.N[2] < 2 {
		return s, nil
	}
	n, err := noise.Measure(ctx, v, s, r.options())
	switch {
	case errors.Is(err, noise.ErrUnknown):
		return s, nil
	case err != nil:
		return nil, err
	}
	n.Note(s.Diagnostics)
	return s, nil
}
