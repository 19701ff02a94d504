package features

import (
	"fmt"
	"math"
)

// Work holds the memory of one goroutine from tile to tile. The zero value is ready.
type Work struct {
	source, smoothed, next, free block
	gradient                     [3]block
	tensor                       [6]block // smoothed products of the gradient: xx, yy, xy, zz, xz, yz
}

// Compute writes the features of the n pixels inside a tile. src holds the greys of each channel, 0 to 65535, in
// the tile with its halo, row by row; dst gets a plane of n pixels for each feature.
func (b Bank) Compute(dst [][]uint16, src [][]float32, n [3]int, w *Work) error {
	wide := n
	for a, h := range b.Halo() {
		wide[a] += 2 * h
	}
	if len(src) != b.Channels || len(dst) != b.Len() {
		return fmt.Errorf("features of %d channels into %d planes: %d and %d are wanted", len(src), len(dst), b.Channels, b.Len())
	}
	for c, greys := range src {
		if len(greys) != wide[0]*wide[1]*wide[2] {
			return fmt.Errorf("channel %d holds %d greys for a tile of %v with its halo", c+1, len(greys), n)
		}
		per := b.perChannel()
		b.channel(dst[c*per:(c+1)*per], greys, n, wide, w)
	}
	return nil
}

func (b Bank) channel(dst [][]uint16, greys []float32, n, wide [3]int, w *Work) {
	w.source = block{wide, greys}
	from := &w.source
	for level := range b.Levels {
		smooth(&w.next, from, &w.free, step(level), b.axes())
		w.smoothed, w.next = w.next, w.smoothed
		from = &w.smoothed
		at := single + level*b.perLevel()
		b.level(dst[at:at+b.perLevel()], step(level), n, w)
	}
	w.plain(dst[0], dst[1], n)
	w.source = block{} // belongs to the caller
}

// plain writes the grey and its contrast to the widest level.
func (w *Work) plain(grey, contrast []uint16, n [3]int) {
	for z := range n[2] {
		for y := range n[1] {
			at := n[0] * (y + n[1]*z)
			own, wide := inner(&w.source, n, 0, 0, y, z), inner(&w.smoothed, n, 0, 0, y, z)
			for x := range n[0] {
				grey[at+x] = unsigned(own[x])
				contrast[at+x] = signed(own[x] - wide[x])
			}
		}
	}
}

// inner is the row (y, z) of the n pixels in the middle of b, moved by dx, with room of pad at both ends.
func inner(b *block, n [3]int, pad, dx, y, z int) []float32 {
	y += (b.n[1] - n[1]) / 2
	z += (b.n[2] - n[2]) / 2
	x := (b.n[0]-n[0])/2 + dx - pad
	return b.row(y, z)[x : x+n[0]+2*pad]
}

// unsigned and signed round to the stored number and keep it in its range.
func unsigned(v float32) uint16 { return uint16(min(max(v+0.5, 0), math.MaxUint16)) }

func signed(v float32) uint16 { return unsigned(v + 32768) }
