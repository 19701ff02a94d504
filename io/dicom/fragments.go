package dicom

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/suyashkumar/dicom/pkg/tag"
)

// maxFragments bounds the fragments of a file.
const maxFragments = 1 << 22

// span is a piece of a file.
type span struct {
	at int64
	n  int64
}

// fragments lists the items of the encapsulated pixels that begin at byte at, and gives the first one, the
// table of offsets, by its bytes. Source: DICOM PS3.5 A.4.
func fragments(f io.ReaderAt, at, size int64) (table []byte, items []span, err error) {
	first := true
	for at < size {
		var head [8]byte
		if _, err := f.ReadAt(head[:], at); err != nil {
			return nil, nil, errCut
		}
		at += 8
		n := int64(binary.LittleEndian.Uint32(head[4:]))
		switch mark := binary.LittleEndian.Uint32(head[:]); {
		case mark == 0xe0ddfffe:
			return table, items, nil
		case mark != 0xe000fffe:
			return nil, nil, errors.New("its pixels do not lie in fragments as they should")
		case at+n > size:
			return nil, nil, errCut
		case len(items) == maxFragments:
			return nil, nil, fmt.Errorf("more than %d fragments are not believable", maxFragments)
		case first:
			table = make([]byte, min(n, maxRecord))
			if _, err := f.ReadAt(table, at); err != nil {
				return nil, nil, errCut
			}
			first = false
		default:
			items = append(items, span{at, n})
		}
		at += n
	}
	return table, items, nil // what is missing is found by who decodes
}

// frameSpans divides the fragments among the frames: by their number, by a table of offsets, or by the
// marks with which codestreams begin.
func (h *header) frameSpans(f io.ReaderAt, size int64) ([][]span, error) {
	table, items, err := fragments(f, h.pixels, size)
	if err != nil {
		return nil, err
	}
	var begins []int
	switch {
	case len(items) < h.frames:
		return nil, fmt.Errorf("%d frames in %d fragments: it is cut short", h.frames, len(items))
	case h.frames == 1:
		begins = []int{0}
	case len(items) == h.frames:
		begins = oneByOne(items)
	case len(table) == 4*h.frames:
		begins = byOffset(items, table, 4)
	case len(h.raw[tag.ExtendedOffsetTable]) == 8*h.frames:
		begins = byOffset(items, h.raw[tag.ExtendedOffsetTable], 8)
	default:
		begins = byMark(f, items)
	}
	if len(begins) != h.frames {
		return nil, fmt.Errorf("%d frames in %d fragments, and nothing says which belong together", h.frames, len(items))
	}
	out := make([][]span, h.frames)
	for i, b := range begins {
		end := len(items)
		if i+1 < len(begins) {
			end = begins[i+1]
		}
		out[i] = items[b:end]
	}
	return out, nil
}

func oneByOne(items []span) []int {
	out := make([]int, len(items))
	for i := range out {
		out[i] = i
	}
	return out
}

// byOffset finds the fragments that begin at the offsets of a table of numbers of size bytes; nil when one
// is not there.
func byOffset(items []span, table []byte, size int) (begins []int) {
	i := 0
	for ; len(table) > 0; table = table[size:] {
		offset := int64(binary.LittleEndian.Uint32(table))
		if size == 8 {
			offset = int64(binary.LittleEndian.Uint64(table))
		}
		for i < len(items) && items[i].at-items[0].at < offset {
			i++
		}
		if i == len(items) || items[i].at-items[0].at != offset || len(begins) > 0 && begins[len(begins)-1] == i {
			return nil
		}
		begins = append(begins, i)
	}
	if len(begins) > 0 && begins[0] != 0 {
		return nil
	}
	return begins
}

// byMark finds the fragments that begin as codestreams do.
func byMark(f io.ReaderAt, items []span) (begins []int) {
	for i, s := range items {
		var head [3]byte
		if _, err := f.ReadAt(head[:min(s.n, 3)], s.at); err != nil {
			return nil
		}
		if bytes.Equal(head[:], []byte{0xff, 0xd8, 0xff}) || bytes.Equal(head[:], []byte{0xff, 0x4f, 0xff}) {
			begins = append(begins, i)
		}
	}
	if len(begins) > 0 && begins[0] != 0 {
		return nil
	}
	return begins
}

// join reads the pieces of a frame.
func join(f io.ReaderAt, pieces []span, limit int64) ([]byte, error) {
	n := int64(0)
	for _, p := range pieces {
		n += p.n
	}
	b := make([]byte, min(n, limit))
	for to, i := b, 0; len(to) > 0; i++ {
		k := min(int64(len(to)), pieces[i].n)
		if _, err := f.ReadAt(to[:k], pieces[i].at); err != nil {
			return nil, errCut
		}
		to = to[k:]
	}
	return b, nil
}
