package fluorescence

import (
	"image"
	bit "math/bits"
)

// bitset is a mask of a whole slide, a bit for each pixel: the rows of its tiles come in any order.
type bitset struct {
	w, h, stride int // stride: words of a row
	words        []uint64
}

func newBitset(w, h int) *bitset {
	stride := (w + 63) / 64
	return &bitset{w: w, h: h, stride: stride, words: make([]uint64, stride*h)}
}

func (b *bitset) has(x, y int) bool { return b.words[y*b.stride+x/64]>>(x%64)&1 == 1 }

// put sets the pixels of core that the mask of the window has.
func (b *bitset) put(core, window image.Rectangle, mask []bool) {
	for y := core.Min.Y; y < core.Max.Y; y++ {
		row := mask[(y-window.Min.Y)*window.Dx():][:window.Dx()]
		for x := core.Min.X; x < core.Max.X; x++ {
			if row[x-window.Min.X] {
				b.words[y*b.stride+x/64] |= 1 << (x % 64)
			}
		}
	}
}

// cut is the mask of a window.
func (b *bitset) cut(window image.Rectangle) []bool {
	out := make([]bool, 0, window.Dx()*window.Dy())
	for y := window.Min.Y; y < window.Max.Y; y++ {
		for x := window.Min.X; x < window.Max.X; x++ {
			out = append(out, b.has(x, y))
		}
	}
	return out
}

func (b *bitset) count() (n int) {
	for _, w := range b.words {
		n += bit.OnesCount64(w)
	}
	return n
}

// invert turns every pixel over.
func (b *bitset) invert() {
	for y := range b.h {
		row := b.words[y*b.stride:][:b.stride]
		for i := range row {
			row[i] = ^row[i]
		}
		if b.w%64 > 0 {
			row[b.stride-1] &= 1<<(b.w%64) - 1
		}
	}
}

// run is pixels [from, to) of a row that are set.
type run struct{ from, to, piece int32 }

// runs are those of row y.
func (b *bitset) runs(y int, into []run) []run {
	row := b.words[y*b.stride:][:b.stride]
	in, from := false, 0
	for i, w := range row {
		if in && w == ^uint64(0) || !in && w == 0 {
			continue
		}
		for k := range 64 {
			if is := w>>k&1 == 1; is != in {
				if in {
					into = append(into, run{int32(from), int32(64*i + k), 0})
				}
				in, from = is, 64*i+k
			}
		}
	}
	if in {
		into = append(into, run{int32(from), int32(b.w), 0})
	}
	return into
}

// pieces are the sizes in pixels of the connected pieces of a bitset (8 neighbours where wide, else 4), and the runs of all
// rows with the number of their piece.
func (b *bitset) pieces(wide bool) (sizes []int, all []run, rows []int) {
	reach := int32(0)
	if wide {
		reach = 1
	}
	var into []int32
	top := func(k int32) int32 {
		for into[k] != k {
			into[k] = into[into[k]]
			k = into[k]
		}
		return k
	}
	rows = make([]int, b.h+1)
	for y := range b.h {
		rows[y] = len(all)
		all = b.runs(y, all)
		above := all[rows[max(y-1, 0)]:rows[y]]
		k := 0
		for i := rows[y]; i < len(all); i++ {
			r := &all[i]
			r.piece = int32(len(into))
			into = append(into, r.piece)
			for k < len(above) && above[k].to+reach <= r.from {
				k++
			}
			for j := k; j < len(above) && above[j].from < r.to+reach; j++ {
				a, c := top(above[j].piece), top(r.piece)
				into[max(a, c)] = min(a, c)
			}
		}
	}
	rows[b.h] = len(all)
	number := make([]int32, len(into))
	for i := range all {
		r := &all[i]
		k := top(r.piece)
		if number[k] == 0 {
			sizes = append(sizes, 0)
			number[k] = int32(len(sizes))
		}
		r.piece = number[k] - 1
		sizes[r.piece] += int(r.to - r.from)
	}
	return sizes, all, rows
}

// keep leaves the pieces that stay, and takes the others out.
func (b *bitset) keep(wide bool, stay func(size, largest int) bool) {
	sizes, all, rows := b.pieces(wide)
	largest := 0
	for _, n := range sizes {
		largest = max(largest, n)
	}
	for y := range b.h {
		for _, r := range all[rows[y]:rows[y+1]] {
			if stay(sizes[r.piece], largest) {
				continue
			}
			for x := r.from; x < r.to; x++ {
				b.words[y*b.stride+int(x)/64] &^= 1 << (x % 64)
			}
		}
	}
}

// within tells for [coloc.Blocks] whether a block of side pixels is set.
func (b *bitset) within(side int) func(x, y int) bool {
	return func(x, y int) bool {
		for dy := range side {
			for dx := range side {
				if !b.has(x+dx, y+dy) {
					return false
				}
			}
		}
		return true
	}
}

// border is the length in pixels of the border between what is set and what is not: see [crossings].
func (b *bitset) border() float64 {
	line := func(y int) []bool { return b.cut(image.Rect(0, y, b.w, y+1)) }
	var sum crossings
	row := line(0)
	for y := 1; y < b.h; y++ {
		next := line(y)
		sum.add(row, next)
		row = next
	}
	sum.add(row, nil)
	return sum.length()
}
