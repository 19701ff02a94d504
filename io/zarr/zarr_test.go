package zarr

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/volume"
)

// random samples of every value, smooth enough to shrink.
func random(n int, seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		if b[i] = byte(rng.Uint32() & 15); i > 8 && rng.Uint32()%3 > 0 {
			b[i] = b[i-8]
		}
	}
	return b
}

func total(n []int) int {
	out := 1
	for _, v := range n {
		out *= v
	}
	return out
}

// Every codec, byte order, order of axes and key of both versions gives the samples that were written.
func TestArraysOfBothVersions(t *testing.T) {
	shape, chunk := []int{5, 7, 9}, []int{3, 4, 5}
	types := map[string]struct {
		v2, v3 string
		size   int
		typ    imagefile.Type
	}{
		"bytes": {"u1", "uint8", 1, imagefile.Uint8}, "signed bytes": {"i1", "int8", 1, imagefile.Int8}, "words": {"u2", "uint16", 2, imagefile.Uint16},
		"signed words": {"i2", "int16", 2, imagefile.Int16}, "unsigned": {"u4", "uint32", 4, imagefile.Uint32}, "signed": {"i4", "int32", 4, imagefile.Int32},
		"floats": {"f4", "float32", 4, imagefile.Float32}, "doubles": {"f8", "float64", 8, imagefile.Float64},
	}
	for name, typ := range types {
		data := random(total(shape)*typ.size, 5)
		for _, version := range []int{2, 3} {
			codecs := []string{"", "gzip", "zstd", "blosc", "bloscbits"}
			order := []int{2, 1, 0}
			if version == 2 {
				codecs = append(codecs, "zlib", "lz4", "shuffle")
				if typ.v2[0] != 'f' {
					codecs = append(codecs, "delta")
				}
			} else {
				codecs = append(codecs, "gzip+crc32c")
				order = []int{1, 2, 0}
			}
			for i, codec := range codecs {
				b := built{version: version, shape: shape, chunk: chunk, size: typ.size, data: data, codec: codec, dtype: typ.v2}
				if version == 3 {
					b.dtype = typ.v3
				}
				b.big = i%2 == 1
				if i%3 > 0 {
					b.order = order
				}
				b.separator = []string{".", "/"}[i%2]
				t.Run(fmt.Sprintf("%s/v%d/%s", name, version, codec), func(t *testing.T) {
					i, got := wholeOf(t, b.objects(t))
					if i.Type != typ.typ || i.Grid.N != [3]int{9, 7, 5} || !bytes.Equal(got, data) {
						t.Errorf("%+v, the same: %v", i, bytes.Equal(got, data))
					}
				})
			}
		}
	}
}

func TestShards(t *testing.T) {
	shape := []int{9, 17, 20}
	data := random(total(shape)*2, 7)
	for _, codec := range []string{"", "zstd", "blosc", "gzip+crc32c"} {
		for _, start := range []bool{false, true} {
			b := built{version: 3, shape: shape, chunk: []int{2, 5, 4}, shard: []int{4, 10, 20}, dtype: "uint16", size: 2, data: data, codec: codec, indexAtStart: start}
			if i, got := wholeOf(t, b.objects(t)); !bytes.Equal(got, data) || len(i.Warnings) != 1 {
				t.Errorf("codec %q, index at start %v: %q", codec, start, i.Warnings)
			}
		}
	}
}

// Samples that Go has no type for, and those that are no numbers.
func TestWidenedTypes(t *testing.T) {
	le := binary.LittleEndian
	f32 := func(v ...float32) (b []byte) {
		for _, x := range v {
			b = le.AppendUint32(b, math.Float32bits(x))
		}
		return b
	}
	f64 := func(v ...float64) (b []byte) {
		for _, x := range v {
			b = le.AppendUint64(b, math.Float64bits(x))
		}
		return b
	}
	inf := math.Inf(1)
	for name, c := range map[string]struct {
		v2, v3     string
		size       int
		data, want []byte
		fill       string
		filled     []byte
	}{
		"halves":   {"f2", "float16", 2, []byte{0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7c}, f32(1, -2, 1.0/(1<<24), float32(inf)), `"Infinity"`, f32(float32(inf))},
		"int64":    {"i8", "int64", 8, le.AppendUint64(bytes.Repeat([]byte{0xff}, 24), 5), f64(-1, -1, -1, 5), `-7`, f64(-7)},
		"uint64":   {"u8", "uint64", 8, le.AppendUint64(make([]byte, 24), 1<<40), f64(0, 0, 0, 1<<40), `18446744073709551615`, f64(1 << 63 * 2)},
		"bool":     {"b1", "bool", 1, []byte{0, 1, 1, 0}, []byte{0, 1, 1, 0}, `true`, []byte{1}},
		"floats":   {"f4", "float32", 4, f32(1, 2, 3, 4), f32(1, 2, 3, 4), `"-Infinity"`, f32(float32(-inf))},
		"the bits": {"", "float32", 4, f32(1, 2, 3, 4), f32(1, 2, 3, 4), `"0x3fc00000"`, f32(1.5)},
		"doubles":  {"f8", "float64", 8, f64(1, 2, 3, 4), f64(1, 2, 3, 4), `0.25`, f64(0.25)},
		"int16":    {"i2", "int16", 2, []byte{1, 2, 3, 4, 5, 6, 7, 8}, []byte{1, 2, 3, 4, 5, 6, 7, 8}, `-1024`, []byte{0, 0xfc}},
	} {
		for version, dtype := range map[int]string{2: c.v2, 3: c.v3} {
			if dtype == "" {
				continue
			}
			b := built{version: version, shape: []int{2, 2}, chunk: []int{2, 2}, dtype: dtype, size: c.size, data: c.data, fill: c.fill}
			if _, got := wholeOf(t, b.objects(t)); !bytes.Equal(got, c.want) {
				t.Errorf("%s of version %d: % x", name, version, got)
			}
			b.skip = func([]int) bool { return true }
			if i, got := wholeOf(t, b.objects(t)); !bytes.Equal(got, bytes.Repeat(c.filled, 4)) || !slices.Contains(i.Warnings, "1 of 1 chunks are not stored: their samples have the fill value") {
				t.Errorf("%s of version %d, not stored: % x, %q", name, version, got, i.Warnings)
			}
		}
	}
	if dir := t.TempDir(); true {
		built{version: 2, shape: []int{2, 2}, chunk: []int{1, 2}, dtype: "f4", size: 4, data: f32(1, 2, 3, 4), fill: `"NaN"`,
			skip: func(i []int) bool { return i[0] == 0 }}.write(t, dir)
		if i, got := whole(t, dir); !math.IsNaN(imagefile.Values(got, i.Type)[1]) || imagefile.Values(got, i.Type)[3] != 4 {
			t.Errorf("% x", got)
		}
	}
}

// Windows of every size give what the whole gives, from memory and from the temporary file.
func TestWindows(t *testing.T) {
	shape := []int{2, 9, 14, 15} // c, z, y, x
	data := random(total(shape), 11)
	dir := t.TempDir()
	built{version: 2, shape: shape, chunk: []int{1, 4, 5, 6}, dtype: "u1", size: 1, data: data, codec: "zstd",
		skip: func(i []int) bool { return i[1] == 1 && i[2] == 1 }}.write(t, dir)
	_, want := whole(t, dir)
	for _, limit := range []int{0, 300, 1 << 20} {
		r, err := Open(dir)
		check(t, err)
		r.cache.limit = limit
		rng := rand.New(rand.NewPCG(uint64(limit), 2))
		for range 200 {
			var w imagefile.Window
			for k, n := range r.Info().Grid.N {
				w.Min[k] = rng.IntN(n)
				w.Max[k] = w.Min[k] + 1 + rng.IntN(n-w.Min[k])
			}
			b, err := r.Read(t.Context(), w)
			check(t, err)
			var expect []byte
			for z := w.Min[2]; z < w.Max[2]; z++ {
				for y := w.Min[1]; y < w.Max[1]; y++ {
					expect = append(expect, want[2*((z*14+y)*15+w.Min[0]):2*((z*14+y)*15+w.Max[0])]...)
				}
			}
			if !bytes.Equal(b.Data, expect) {
				t.Fatalf("window %v with %d bytes of memory", w, limit)
			}
		}
		if (r.spills[0] != nil) != (limit < 1<<20) {
			t.Errorf("%d bytes of memory: temporary file %v", limit, r.spills[0] != nil)
		}
		check(t, r.Close())
		if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err == nil {
			t.Error("read after closing")
		}
	}
}

// Many goroutines read slices of one reader.
func TestReadersAtOnce(t *testing.T) {
	shape := []int{16, 40, 40}
	data := random(total(shape)*2, 3)
	dir := t.TempDir()
	built{version: 3, shape: shape, chunk: []int{8, 16, 16}, dtype: "uint16", size: 2, data: data, codec: "gzip"}.write(t, dir)
	for _, limit := range []int{0, 1 << 20} {
		r, err := Open(dir)
		check(t, err)
		r.cache.limit = limit
		done := make(chan error)
		for z := range 16 {
			go func() {
				w := imagefile.Window{Min: [3]int{0, 0, z}, Max: [3]int{40, 40, z + 1}}
				b, err := r.Read(t.Context(), w)
				if err == nil && !bytes.Equal(b.Data, data[z*3200:(z+1)*3200]) {
					err = fmt.Errorf("slice %d differs", z)
				}
				done <- err
			}()
		}
		for range 16 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		check(t, r.Close())
	}
}

func TestDamage(t *testing.T) {
	base := built{version: 2, shape: []int{4, 6}, chunk: []int{2, 3}, dtype: "u2", size: 2, data: random(48, 1)}
	three := built{version: 3, shape: []int{4, 6}, chunk: []int{2, 3}, dtype: "uint16", size: 2, data: random(48, 1)}
	sharded := three
	sharded.shard = []int{4, 6}
	set := func(b built, k string, v any) built {
		b.more = object{k: v}
		return b
	}
	crc := three
	crc.codec = "gzip+crc32c"
	zlibbed := base
	zlibbed.codec = "zlib"
	zstdded := base
	zstdded.codec = "zstd"
	nofill := base
	nofill.fill, nofill.skip = "null", func(i []int) bool { return i[1] == 1 }
	for name, c := range map[string]struct {
		b     built
		spoil map[string][]byte
		part  string
	}{
		"a chunk cut short":      {base, map[string][]byte{"1.0": make([]byte, 11)}, "chunk 1.0: it holds 11 bytes, not 12"},
		"a chunk too long":       {base, map[string][]byte{"1.0": make([]byte, 13)}, "chunk 1.0: it holds 13 bytes"},
		"a huge chunk":           {base, map[string][]byte{"1.0": make([]byte, 1<<18)}, "chunk 1.0: it has 262144 bytes, more than"},
		"no zlib":                {zlibbed, map[string][]byte{"0.1": []byte("nothing of the kind")}, "chunk 0.1: "},
		"no zstd":                {zstdded, map[string][]byte{"0.1": []byte("nothing of the kind")}, "chunk 0.1: "},
		"a wrong sum":            {crc, map[string][]byte{"c/0/1": make([]byte, 40)}, "chunk c/0/1: its checksum is wrong"},
		"an index cut short":     {sharded, map[string][]byte{"c/0/0": make([]byte, 67)}, "the shard is cut short"},
		"a wrong index":          {sharded, map[string][]byte{"c/0/0": make([]byte, 100)}, "the index of the shard: its checksum is wrong"},
		"not stored, no fill":    {nofill, nil, "1: it is not stored, and the array names no fill value"},
		"an unknown codec":       {set(base, "compressor", object{"id": "jpegxl"}), nil, `codec "jpegxl" is not read`},
		"lzma":                   {set(three, "codecs", []object{{"name": "bytes", "configuration": object{"endian": "little"}}, {"name": "lzma"}}), nil, `codec "lzma" is not read`},
		"a filter":               {set(base, "filters", []object{{"id": "fixedscaleoffset"}}), nil, `codec "fixedscaleoffset" is not read`},
		"complex samples":        {set(base, "dtype", "<c8"), nil, "c8\" are not read"},
		"records":                {set(base, "dtype", [][]string{{"a", "<u2"}}), nil, "are not read"},
		"no type":                {set(three, "data_type", "r16"), nil, `samples of type "r16" are not read`},
		"huge chunks":            {set(base, "chunks", []int{1 << 30, 1 << 30}), nil, "is too large"},
		"a huge shape":           {set(base, "shape", []int{1 << 30, 1 << 30}), nil, "is too large"},
		"more than the chunks":   {set(base, "shape", []int{1 << 20, 1 << 20}), nil, "it claims 2199023255552 bytes of samples in 12 bytes"},
		"a negative shape":       {set(base, "shape", []int{-4, 6}), nil, "shape [-4 6]"},
		"an empty shape":         {set(base, "shape", []int{}), nil, "0 axes"},
		"one axis":               {set(set(base, "shape", []int{4}), "chunks", []int{4}), nil, "chunks of"},
		"other axes":             {set(three, "codecs", []object{{"name": "transpose", "configuration": object{"order": []int{0, 0}}}}), nil, "names an axis twice"},
		"no bytes":               {set(three, "codecs", []object{{"name": "gzip"}}), nil, `codec "gzip" in the place of bytes`},
		"no codecs":              {set(three, "codecs", []object{}), nil, `codec "none" in the place of bytes`},
		"no byte order":          {set(three, "codecs", []object{{"name": "bytes"}}), nil, `endian ""`},
		"another grid":           {set(three, "chunk_grid", object{"name": "rectangular"}), nil, `"rectangular"`},
		"another key":            {set(three, "chunk_key_encoding", object{"name": "hashed"}), nil, `"hashed"`},
		"another separator":      {set(base, "dimension_separator", "_"), nil, "neither . nor /"},
		"another order":          {set(base, "order", "A"), nil, "neither C nor F"},
		"a fill that is no word": {set(base, "fill_value", 70000), nil, "fill_value 70000 is no uint16"},
		"a fill that is a text":  {set(base, "fill_value", "nothing"), nil, "is no uint16"},
		"no version":             {set(base, "zarr_format", 4), nil, "zarr_format 4"},
		"no JSON":                {base, map[string][]byte{".zarray": []byte("{")}, ".zarray: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "store.zarr")
			c.b.write(t, dir)
			for key, b := range c.spoil {
				put(t, filepath.Join(dir, key), b)
			}
			r, err := Open(dir)
			if err == nil {
				_, err = r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
			}
			if err == nil || !strings.Contains(err.Error(), c.part) || !strings.Contains(err.Error(), "store.zarr: ") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v", err)
			}
		})
	}
}

// Descriptions and chunks that were cut or changed anywhere are read or refused, never more.
func TestDamagedStores(t *testing.T) {
	sharded := built{version: 3, shape: []int{4, 6}, chunk: []int{2, 3}, shard: []int{4, 6}, dtype: "uint16", size: 2, data: random(48, 1), codec: "zstd"}
	old := built{version: 2, shape: []int{4, 6}, chunk: []int{2, 3}, dtype: "u2", size: 2, data: random(48, 1), codec: "blosc"}
	rng := rand.New(rand.NewPCG(9, 9))
	for _, b := range []built{sharded, old} {
		m := b.objects(t)
		for _, key := range slices.Sorted(maps.Keys(m)) {
			good := m[key]
			for i := range len(good) + 500 {
				m[key] = bytes.Clone(good)
				if i < len(good) {
					m[key] = m[key][:i]
				} else {
					m[key][rng.IntN(len(good))] = byte(rng.Uint32())
				}
				r, err := read("store", m, ".")
				if err != nil || r.Info().Bytes() > 1<<20 {
					continue
				}
				w := imagefile.Whole(r.Info(), 0)
				if block, err := r.Read(t.Context(), w); err == nil && len(block.Data) != imagefile.Bytes(r.Info(), w) {
					t.Fatalf("%d bytes of %+v", len(block.Data), r.Info())
				}
			}
			m[key] = good
		}
	}
}

func TestCalibrationOfPlainArrays(t *testing.T) {
	dir := t.TempDir()
	built{version: 2, shape: []int{4, 6}, chunk: []int{2, 3}, dtype: "u1", size: 1, data: random(24, 1)}.write(t, dir)
	i, _ := whole(t, dir)
	if c := i.Grid.Calibration; c.Source != volume.Unknown || c.Withheld == "" || i.Format != "Zarr 2 array" {
		t.Errorf("%+v", i)
	}
}
