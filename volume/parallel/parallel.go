// Package parallel runs a job slab by slab on a bounded number of goroutines.
//
// Every output voxel has one writer and sums are merged in slab order, so results do not depend on
// the number of workers. A job stops soon after its context ends and leaves no goroutine behind.
package parallel

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// Progress receives the advance of a job. Calls may come from any goroutine and must not block.
type Progress interface {
	// Stage begins a named stage of total steps; total 0 means that the length is unknown.
	Stage(name string, total int)
	// Add records n finished steps of the current stage.
	Add(n int)
}

// Discard is a Progress that nobody watches.
type Discard struct{}

// Stage does nothing.
func (Discard) Stage(string, int) {}

// Add does nothing.
func (Discard) Add(int) {}

// Options bounds a parallel job; the zero value uses every core and slabs of 8 slices.
type Options struct {
	Workers int // goroutines at once; 0 means GOMAXPROCS
	Depth   int // slices a slab; 0 means 8. Never derived from Workers: it may shape the result's rounding
	Halo    int // slices that a slab may read beyond its own on both sides
}

// Slab is one unit of work: fn writes slices [Z0, Z1) and may read [Lo, Hi), the halo included.
type Slab struct{ Z0, Z1, Lo, Hi int }

// Index is the number of the slab in order, for sums that are merged in slab order.
func (s Slab) Index(o Options) int { return s.Z0 / o.depth() }

// Count is the number of slabs that cover nz slices.
func (o Options) Count(nz int) int { return (nz + o.depth() - 1) / o.depth() }

// Slabs covers [0, nz), at most o.Workers slabs at once; it returns the first error or ctx.Err().
// Each finished slab adds its number of slices to p, which may be nil.
func Slabs(ctx context.Context, nz int, o Options, p Progress, fn func(context.Context, Slab) error) error {
	return cover(ctx, nz, o, p, func(ctx context.Context, s Slab) error {
		if err := fn(ctx, s); err != nil {
			return fmt.Errorf("slices %d to %d: %w", s.Z0, s.Z1-1, err)
		}
		return nil
	})
}

// Each calls fn for 0 to n-1 under the same bound, for work that is not cut along z.
func Each(ctx context.Context, n int, o Options, p Progress, fn func(context.Context, int) error) error {
	o.Depth, o.Halo = 1, 0
	return cover(ctx, n, o, p, func(ctx context.Context, s Slab) error { return fn(ctx, s.Z0) })
}

func cover(ctx context.Context, nz int, o Options, p Progress, fn func(context.Context, Slab) error) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(o.workers())
	for z := 0; z < nz && gctx.Err() == nil; z += o.depth() {
		s := Slab{Z0: z, Z1: min(z+o.depth(), nz), Lo: max(z-o.Halo, 0), Hi: min(z+o.depth()+o.Halo, nz)}
		g.Go(func() error { return run(gctx, s, p, fn) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err() // the caller's ctx: gctx is always done after Wait
}

func run(ctx context.Context, s Slab, p Progress, fn func(context.Context, Slab) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := fn(ctx, s); err != nil {
		return err
	}
	if after, ok := ctx.Value(afterKey{}).(func()); ok {
		after()
	}
	if p != nil {
		p.Add(s.Z1 - s.Z0)
	}
	return nil
}

type afterKey struct{}

// WithAfter returns a context under which f is called after every slab, by the goroutine that made it and
// before it begins another.
func WithAfter(ctx context.Context, f func()) context.Context {
	return context.WithValue(ctx, afterKey{}, f)
}

func (o Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (o Options) depth() int {
	if o.Depth > 0 {
		return o.Depth
	}
	return 8
}
