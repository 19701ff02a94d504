package pipeline

import (
	"context"
	"errors"
	"math"

	"explant/analysis/connector"
	"explant/analysis/floor"
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
	scan, limits, err := r.limitsOf(ctx, s)
	switch {
	case errors.Is(err, floor.ErrUnknown):
		return nil, nil // the measurement says that there is no floor, and why
	case err != nil:
		return nil, err
	}
	f := &measure.Floor{
		SphereUM: limits.Sphere * scan.SpacingUM, FilmUM: limits.Film * scan.SpacingUM, BorderVoxels: limits.BorderSD, BiasVoxels: limits.BorderBias,
	}
	if math.IsNaN(s.Levels[segment.Polymer]) && r.job.Protocol.Engine != protocol.Connector {
		f.FilmUM = math.NaN()
	}
	return f, nil
}

// limitsOf is the floor by the decision of the protocol's engine.
func (r *run) limitsOf(ctx context.Context, s *segment.Segmentation) (scan floor.Scan, l floor.Limits, err error) {
	o := r.options()
	switch r.job.Protocol.Engine {
	case protocol.Oxygenator:
		r.progress.Stage("detection floor", 0)
		scan = oxygenator.ScanOf(s)
		l, err = oxygenator.Floor(ctx, scan, *r.job.Protocol.Oxygenator, floorSeed, keepFloor, o)
		return scan, l, err
	case protocol.Connector:
		if !cubic(s.Labels.Grid) {
			return scan, l, floor.ErrUnknown
		}
		r.progress.Stage("detection floor", 0)
		scan = connector.Scan(s)
		l, err = floor.Of(ctx, scan, connector.FloorRule(scan, *r.job.Protocol.Connector, o), floorSeed, o)
		return scan, l, err
	}
	rule := r.thresholds(s)
	if rule == nil || !cubic(s.Labels.Grid) {
		return scan, l, floor.ErrUnknown
	}
	r.progress.Stage("detection floor", 0)
	scan = onFibre(oxygenator.ScanOf(s), s)
	l, err = floor.Of(ctx, scan, rule, floorSeed, o)
	return scan, l, err
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
func onFibre(scan floor.Scan, s *segment.Segmentation) floor.Scan {
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
func (r *run) thresholds(s *segment.Segmentation) floor.Rule {
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
	return func(ctx context.Context, grey *volume.Volume[float32], _ *floor.Tube) (*volume.Labels, error) {
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
