package pipeline

import (
	"context"
	"errors"
	"math"

	"explant/analysis/oxygenator"
	"explant/analysis/protocol"
	"explant/analysis/rescan"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// rescanSeed makes the noise of the block that is scanned again.
const rescanSeed = 1

// rescan scans a block of the labels again, as this scan was made, and segments it by the same protocol;
// nil where the protocol does not know the scan well enough, where there is no deposit, or where the block
// cannot be segmented.
func (r *run) rescan(ctx context.Context, s *segment.Segmentation) (*rescan.Outcome, error) {
	if r.job.Protocol.Engine != protocol.Oxygenator || math.IsNaN(s.Levels[segment.Deposit]) {
		return nil, nil
	}
	r.progress.Stage("scan a block again", 0)
	box, err := rescan.Pick(ctx, s.Labels, s.Box(), r.options())
	if err != nil {
		return nil, err
	}
	d := oxygenator.ScanOf(s)
	physics := rescan.Physics{PSFVoxels: d.PSFVoxels, NoiseVoid: d.NoiseAir, NoiseDeposit: d.NoiseDeposit, Correlation: d.Correlation}
	grey, truth, err := rescan.Scan(ctx, s, box, physics, rescanSeed, r.options())
	switch {
	case errors.Is(err, rescan.ErrPhysics):
		return nil, nil // intervals then rest on the spread of single objects
	case err != nil:
		return nil, err
	}
	again, err := r.segmentAgain(ctx, grey)
	if again == nil || err != nil {
		return nil, err
	}
	out := rescan.Compare(truth, again)
	return &out, nil
}

// segmentAgain is nil where the protocol cannot do with a block.
func (r *run) segmentAgain(ctx context.Context, grey *volume.Volume[uint16]) (*volume.Labels, error) {
	quiet := *r
	quiet.progress = parallel.Discard{}
	s, _, err := segmented(ctx, &quiet, grey)
	if err != nil {
		return nil, ctx.Err()
	}
	return s.Labels, nil
}
