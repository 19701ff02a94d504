package pipeline

import (
	"context"
	"runtime/debug"

	"explant/volume"
)

// begin returns the context of a job that keeps to the plan, and what ends it.
func (p Plan) begin(ctx context.Context) (context.Context, func() error, error) {
	if !p.Streams {
		return ctx, func() error { return nil }, nil
	}
	s, err := volume.NewScratch(p.Scratch, p.cap)
	if err != nil {
		return ctx, nil, err
	}
	before := debug.SetMemoryLimit(p.cap / 2) // what garbage would take, mapped pages may have
	return volume.With(ctx, s), func() error {
		debug.SetMemoryLimit(before)
		return s.Close()
	}, nil
}
