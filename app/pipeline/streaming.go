package pipeline

import (
	"context"
	"errors"
	"runtime/debug"

	"explant/volume"
)

// garbage is how much may lie about, in percent of what is in use, before it is collected. Of volumes twice
// the usual, 100, would be gigabytes; to collect takes no time, for volumes hold no pointers.
const garbage = 20

// begin returns the context of a job that keeps to the plan, and what ends it.
func (p Plan) begin(ctx context.Context) (context.Context, func() error, error) {
	percent, limit := debug.SetGCPercent(garbage), debug.SetMemoryLimit(-1)
	end := func() error {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
		return nil
	}
	if p.cap > 0 {
		debug.SetMemoryLimit(p.cap)
	}
	if !p.Streams {
		return ctx, end, nil
	}
	s, err := volume.NewScratch(p.Scratch, p.cap)
	if err != nil {
		return ctx, nil, errors.Join(err, end())
	}
	debug.SetMemoryLimit(p.cap / 2) // mapped pages may have what garbage would take
	return volume.With(ctx, s), func() error { return errors.Join(end(), s.Close()) }, nil
}
