package openslide

import (
	"cmp"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// field is one tag of a TIFF that the tests write.
type field struct {
	tag, typ uint16
	count    int
	value    []byte
}

func long(tag uint16, v ...int) field {
	f := field{tag: tag, typ: 4, count: len(v)}
	for _, n := range v {
		f.value = binary.LittleEndian.AppendUint32(f.value, uint32(n))
	}
	return f
}

func signed(tag uint16, v int) field {
	f := long(tag, v)
	f.typ = 9
	return f
}

func text(tag uint16, s string) field {
	return field{tag: tag, typ: 2, count: len(s) + 1, value: append([]byte(s), 0)}
}

func float(tag uint16, v float32) field {
	return field{tag: tag, typ: 11, count: 1, value: binary.LittleEndian.AppendUint32(nil, math.Float32bits(v))}
}

func rational(tag uint16, over, under int) field {
	f := long(tag, over, under)
	f.typ, f.count = 5, 1
	return f
}

// page is one image of a TIFF: its tags, and the strips or tiles whose places and sizes are told by two more.
type page struct {
	fields         []field
	places, counts uint16
	chunks         [][]byte
}

// writeTIFF makes a classic little-endian TIFF.
func writeTIFF(t testing.TB, name string, pages ...page) (path string) {
	t.Helper()
	b := []byte("II*\x00\x00\x00\x00\x00")
	link := 4 // where the offset of the next directory goes
	for _, p := range pages {
		at, sizes := []int{}, []int{}
		for _, c := range p.chunks {
			at, sizes = append(at, len(b)), append(sizes, len(c))
			b = append(b, c...)
		}
		fields := append(slices.Clone(p.fields), long(p.places, at...), long(p.counts, sizes...))
		slices.SortFunc(fields, func(x, y field) int { return cmp.Compare(x.tag, y.tag) })
		offsets := make([]uint32, len(fields))
		for k, f := range fields {
			if len(f.value) > 4 {
				offsets[k] = uint32(len(b))
				b = append(b, f.value...)
			}
		}
		binary.LittleEndian.PutUint32(b[link:], uint32(len(b)))
		b = binary.LittleEndian.AppendUint16(b, uint16(len(fields)))
		for k, f := range fields {
			b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, f.tag), f.typ)
			b = binary.LittleEndian.AppendUint32(b, uint32(f.count))
			if len(f.value) > 4 {
				b = binary.LittleEndian.AppendUint32(b, offsets[k])
			} else {
				b = append(b, append(slices.Clone(f.value), 0, 0, 0, 0)[:4]...)
			}
		}
		link = len(b)
		b = append(b, 0, 0, 0, 0)
	}
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
