package classify

import (
	"context"
	"fmt"

	"explant/analysis/features"
	"explant/volume/parallel"
)

// Tiles whose features are computed at once; they have no influence on the result.
var (
	planarTile = [3]int{256, 256, 1}
	volumeTile = [3]int{96, 96, 48}
)

func tileOf(in Input) [3]int {
	if in.Volumetric() {
		return volumeTile
	}
	return planarTile
}

// gather computes the features of the chosen pixels of one image and writes them to values[feature][first+i].
func gather(ctx context.Context, src Source, in Input, bank features.Bank, pixels []pixel, values [][]uint16, first int, o parallel.Options, prog parallel.Progress) error {
	in, err := in.of(src)
	if err != nil {
		return err
	}
	g, err := newGreys(in)
	if err != nil {
		return err
	}
	tile := tileOf(in)
	byTile, tiles := map[[3]int][]int{}, [][3]int(nil) // the map is only looked up
	for i, p := range pixels {
		at := [3]int{p.at[0] / tile[0], p.at[1] / tile[1], p.at[2] / tile[2]}
		if _, seen := byTile[at]; !seen {
			tiles = append(tiles, at)
		}
		byTile[at] = append(byTile[at], i)
	}
	prog.Stage("features of the annotations", len(tiles))
	return parallel.Each(ctx, len(tiles), o, prog, func(ctx context.Context, k int) error {
		w := newTiler(src, g, bank)
		var lo, n [3]int
		for a, size := range src.Size() {
			lo[a] = tiles[k][a] * tile[a]
			n[a] = min(tile[a], size-lo[a])
		}
		planes, err := w.features(ctx, lo, n)
		if err != nil {
			return fmt.Errorf("features at %v: %w", lo, err)
		}
		for _, i := range byTile[tiles[k]] {
			p := pixels[i].at
			at := p[0] - lo[0] + n[0]*(p[1]-lo[1]+n[1]*(p[2]-lo[2]))
			for f := range planes {
				values[f][first+i] = planes[f][at]
			}
		}
		return nil
	})
}

// tiler computes the features of tiles, with the memory of one goroutine.
type tiler struct {
	greys   *greys
	bank    features.Bank
	from    padded
	scaled  [][]float32
	planes  [][]uint16
	work    features.Work
	outside int64 // values beyond the range of training
}

func newTiler(src Source, g *greys, bank features.Bank) *tiler {
	return &tiler{greys: g, bank: bank, from: padded{src: src, channels: g.in.rawChannels()}}
}

// features gives the planes of the tile [lo, lo+n), valid until the next call.
func (t *tiler) features(ctx context.Context, lo, n [3]int) ([][]uint16, error) {
	halo := t.bank.Halo()
	wide := n
	for a, h := range halo {
		lo[a] -= h
		wide[a] += 2 * h
	}
	raw, err := t.from.read(ctx, lo, wide)
	if err != nil {
		return nil, err
	}
	t.scaled = planes(t.scaled, t.bank.Channels, wide[0]*wide[1]*wide[2])
	t.outside += t.greys.apply(t.scaled, raw)
	size := n[0] * n[1] * n[2]
	if len(t.planes) != t.bank.Len() || cap(t.planes[0]) < size {
		t.planes = make([][]uint16, t.bank.Len())
		for f := range t.planes {
			t.planes[f] = make([]uint16, size)
		}
	}
	for f := range t.planes {
		t.planes[f] = t.planes[f][:size]
	}
	return t.planes, t.bank.Compute(t.planes, t.scaled, n, &t.work)
}
