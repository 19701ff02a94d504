package zarr

import (
	"errors"
	"fmt"
	"io/fs"
)

// maxLooks bounds the objects that are looked for when a store is opened.
const maxLooks = 10000

// unjustified is the number of bytes that an image may have without a chunk that holds them.
const unjustified = 64 << 20

// plausible looks for the chunks of level 0, evenly spread where they are many. It tells how many are not
// stored, and refuses a size that those which it found cannot justify.
func (i *image) plausible(s store) error {
	g := i.grids[0]
	counts := g.objects()
	total := 1
	for a, n := range counts {
		if i.fixed(a) {
			counts[a] = 1
			continue
		}
		total *= n // at most the number of samples
	}
	step := (total + maxLooks - 1) / maxLooks
	looked, missing, bytes := 0, 0, int64(0)
	for at := 0; at < total; at += step {
		n, err := s.size(g.objectKey(unravel(at, counts)))
		looked++
		switch {
		case errors.Is(err, fs.ErrNotExist):
			missing++
		case err != nil:
			return fmt.Errorf("chunk %s: %w", g.objectKey(unravel(at, counts)), err)
		}
		bytes += n
	}
	if claim := i.info.Bytes(); float64(claim) > unjustified+maxRatio*float64(bytes) {
		return fmt.Errorf("it claims %d bytes of samples in %d bytes of chunks", claim, bytes)
	}
	if missing > 0 {
		what := "chunks"
		if step > 1 {
			what = "chunks that were looked for"
		}
		i.info.Warnings = append(i.info.Warnings, fmt.Sprintf("%d of %d %s are not stored: %s", missing, looked, what, g.missing()))
	}
	return nil
}

// missing tells what the samples of a chunk are that is not stored.
func (g *grid) missing() string {
	if g.fill == nil {
		return "the array names no fill value, so that reading them is an error"
	}
	return "their samples have the fill value"
}

// fixed reports an axis of which only the first index is read.
func (i *image) fixed(a int) bool {
	for _, of := range i.roles.of {
		if of == a {
			return false
		}
	}
	return true
}

// objects are the numbers of stored objects along each axis: chunks, or shards.
func (g *grid) objects() []int {
	out := g.counts()
	if g.shards != nil {
		for a, per := range g.shards.per {
			out[a] = (out[a] + per - 1) / per
		}
	}
	return out
}

// unravel is the index along each axis of the at-th of so many.
func unravel(at int, counts []int) []int {
	out := make([]int, len(counts))
	for a := len(counts) - 1; a >= 0; a-- {
		out[a], at = at%counts[a], at/counts[a]
	}
	return out
}
