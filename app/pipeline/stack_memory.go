package pipeline

import (
	"context"
	"fmt"
	"runtime"

	"explant/volume"
)

// Bytes of memory of a stack, beside that of measuring one slide.
const (
	pictureOfSection = 5 << 20  // by which a section is registered, at most
	stackOfPixel     = 2        // classes and brightness of a pixel of an overview
	stackRoom        = 3.0 / 2  // the block is larger than its sections, which are turned
	pairMemory       = 24 << 20 // of a goroutine that registers two sections
)

// stackNeed reckons the peak of a stack whose sections are as large as g.
func stackNeed(g volume.Grid, sections, slices, workers int) int64 {
	step := (max(g.N[0], g.N[1]) + overviewSide - 1) / overviewSide
	overview := int64((g.N[0]+step-1)/step) * int64((g.N[1]+step-1)/step)
	slide := min(int64(g.N[0])*int64(g.N[1])*pixelOfSlide, mostOfSlide)
	block := int64(stackRoom * float64(stackOfPixel*overview*int64(slices)))
	return idle + slide + int64(sections)*(stackOfPixel*overview+pictureOfSection) + block + int64(workers)*pairMemory
}

// plan tells what the stack will need, or refuses it before any section is measured. A first section that cannot be
// opened is told of when it is to be read.
func (r *stackRun) plan(ctx context.Context) error {
	info, ok := infoOf(ctx, r.files[0])
	if !ok {
		return nil
	}
	workers, slices := r.limits.Workers, 1.0
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	for _, s := range r.steps {
		slices += s
	}
	if slices > mostStackVoxels {
		return fmt.Errorf("%.0f slices, by the numbers in the names of the sections, are too many: let numbers count sections", slices)
	}
	need := stackNeed(info.Grid, len(r.files), int(slices), workers)
	if most := r.limits.Memory; most > 0 && need > most {
		return fmt.Errorf("%d sections of %d x %d pixels in %.0f slices need about %s, allowed are %s: raise --memory or stack fewer sections at once: %w",
			len(r.files), info.Grid.N[0], info.Grid.N[1], slices, gib(need), gib(most), ErrMemory)
	}
	if r.limits.Tell != nil {
		r.limits.Tell(Plan{Resident: need, cap: max(r.limits.Memory, 0)})
	}
	return nil
}
