package zarr

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"

	"explant/io/imagefile"
)

// cut is the size of chunks along c, z, y and x.
func (i *image) cut(level int) (n [4]int) {
	for k, a := range i.roles.of {
		if n[k] = 1; a >= 0 {
			n[k] = i.grids[level].chunk[a]
		}
	}
	return n
}

// chunks calls fn with the index along c, z, y and x of each chunk that want touches, until it says no.
func (i *image) chunks(level int, want box, fn func([4]int) bool) {
	var lo, hi [4]int
	for k, n := range i.cut(level) {
		lo[k], hi[k] = want.min[k]/n, (want.max[k]-1)/n
	}
	for c := lo[0]; c <= hi[0]; c++ {
		for z := lo[1]; z <= hi[1]; z++ {
			for y := lo[2]; y <= hi[2]; y++ {
				for x := lo[3]; x <= hi[3]; x++ {
					if !fn([4]int{c, z, y, x}) {
						return
					}
				}
			}
		}
	}
}

// layer is the number of decoded bytes of the chunks that one slice touches; 0 where a chunk is no deeper
// than a slice, so that the next slice needs none of them.
func (i *image) layer(level int) int64 {
	n := i.layers[level]
	depth := min(i.cut(level)[1], n[1])
	if depth == 1 {
		return 0
	}
	return int64(n[0]) * int64(depth) * int64(n[2]) * int64(n[3]) * int64(i.info.Type.Size())
}

// span is where the samples of a chunk lie, without those beyond the edge of the image.
func (i *image) span(level int, at [4]int) (b box) {
	for k, n := range i.cut(level) {
		b.min[k] = at[k] * n
		b.max[k] = min(b.min[k]+n, i.layers[level][k])
	}
	return b
}

// index is that of a chunk along the axes of the array.
func (i *image) index(level int, at [4]int) []int {
	out := make([]int, len(i.grids[level].shape))
	for k, a := range i.roles.of {
		if a >= 0 {
			out[a] = at[k]
		}
	}
	return out
}

// packed reads the packed bytes of a chunk; fs.ErrNotExist when it is not stored. name is for messages.
func (r *Reader) packed(g *grid, index []int) (b []byte, name string, err error) {
	limit := g.chunkBytes() + g.chunkBytes()/16 + 1<<16
	if g.shards == nil {
		key := g.objectKey(index)
		b, err = readAll(r.s, key, int64(limit))
		return b, key, err
	}
	outer, inner := make([]int, len(index)), 0
	for a, per := range g.shards.per {
		outer[a] = index[a] / per
		inner = inner*per + index[a]%per
	}
	key := g.objectKey(outer)
	name = fmt.Sprintf("%s, part %d", key, inner)
	table, err := r.shared("index "+key, func() ([]byte, error) { return g.shards.index(r.s, key) })
	if err != nil {
		return nil, name, err
	}
	b, err = g.shards.entry(r.s, key, table, inner, limit)
	return b, name, err
}

// shared makes bytes once, whoever asks, and remembers them.
func (r *Reader) shared(key string, produce func() ([]byte, error)) ([]byte, error) {
	if b := r.cache.get(key); b != nil {
		return b, nil
	}
	v, err, _ := r.flight.Do(key, func() (any, error) {
		if b := r.cache.get(key); b != nil {
			return b, nil
		}
		b, err := produce()
		if err == nil {
			r.cache.put(key, b)
		}
		return b, err
	})
	if err != nil {
		return nil, err
	}
	return v.([]byte), nil
}

// decode unpacks a chunk to the samples of its span; fs.ErrNotExist when it is not stored.
func (r *Reader) decode(level int, at [4]int) ([]byte, error) {
	r.slots <- struct{}{}
	defer func() { <-r.slots }()
	g := r.image.grids[level]
	index := r.image.index(level, at)
	raw, name, err := r.packed(g, index)
	switch {
	case errors.Is(err, fs.ErrNotExist) && g.fill != nil:
		return nil, fs.ErrNotExist
	case errors.Is(err, fs.ErrNotExist):
		err = errors.New("it is not stored, and the array names no fill value")
	case err == nil:
		raw, err = g.unpack.run(raw, g.chunkBytes())
	}
	if err != nil {
		return nil, fmt.Errorf("chunk %s: %w", name, err)
	}
	return g.arrange(raw, r.image.roles, r.image.span(level, at).n()), nil
}

// arrange turns the samples of a chunk into those of a block of size n, which is smaller at the edges.
func (g *grid) arrange(raw []byte, r roles, n [4]int) []byte {
	size := g.dtype.size
	strides := g.strides()
	var step [4]int
	for k, a := range r.of {
		if a >= 0 {
			step[k] = strides[a]
		}
	}
	out := raw
	if want := n[0] * n[1] * n[2] * n[3] * size; want != len(raw) || !contiguous(step, n) {
		out = make([]byte, 0, want)
		for c := range n[0] {
			for z := range n[1] {
				for y := range n[2] {
					out = appendRow(out, raw, c*step[0]+z*step[1]+y*step[2], n[3], step[3], size)
				}
			}
		}
	}
	if g.bigEndian {
		imagefile.SwapBytes(out, size)
	}
	if g.dtype.wider == nil {
		return out
	}
	wide := make([]byte, len(out)/size*g.dtype.typ.Size())
	g.dtype.wider(wide, out)
	return wide
}

// contiguous reports samples that lie in the order of a block already.
func contiguous(step, n [4]int) bool {
	at := 1
	for k := 3; k >= 0; k-- {
		if n[k] > 1 && step[k] != at {
			return false
		}
		at *= n[k]
	}
	return true
}

// appendRow appends n samples of size bytes from sample at on, which lie step samples apart.
func appendRow(out, raw []byte, at, n, step, size int) []byte {
	switch {
	case step == 1:
		return append(out, raw[at*size:(at+n)*size]...)
	case size == 1:
		for range n {
			out, at = append(out, raw[at]), at+step
		}
	case size == 2:
		for range n {
			out, at = binary.LittleEndian.AppendUint16(out, binary.LittleEndian.Uint16(raw[2*at:])), at+step
		}
	default:
		for range n {
			out, at = append(out, raw[at*size:(at+1)*size]...), at+step
		}
	}
	return out
}
