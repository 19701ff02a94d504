package imagefile

import (
	"context"
	"fmt"
)

// Part is the window of level 0 of an image as an image of its own, in its place. It closes nothing.
func Part(r Reader, w Window) (Reader, error) {
	i := r.Info()
	w.Level = 0
	if err := CheckWindow(i, w); err != nil {
		return nil, fmt.Errorf("part of an image: %w", err)
	}
	axes := i.Grid.Axes
	if axes == ([3][3]float64{}) {
		axes = [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	}
	for a := range 3 {
		for b := range 3 {
			i.Grid.Origin[b] += float64(w.Min[a]) * i.Grid.Spacing[a] * axes[a][b]
		}
	}
	i.Grid.N = w.N()
	i.Levels = []Level{{N: i.Grid.N, Downsample: 1, Tile: [2]int{i.Grid.N[0], i.Grid.N[1]}}}
	return &part{r: r, info: i, min: w.Min}, nil
}

type part struct {
	r    Reader
	info Info
	min  [3]int
}

func (p *part) Info() Info { return p.info }

func (p *part) Close() error { return nil }

// Read decodes a window of the part.
func (p *part) Read(ctx context.Context, w Window) (Block, error) { return ReadBlock(ctx, p, w) }

// ReadInto decodes a window of the part into dst.
func (p *part) ReadInto(ctx context.Context, w Window, dst []byte) error {
	if err := CheckInto(p.info, w, dst); err != nil {
		return err
	}
	for a, m := range p.min {
		w.Min[a] += m
		w.Max[a] += m
	}
	return ReadInto(ctx, p.r, w, dst)
}
