package zarr

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
)

// built is an array that a test writes. Samples are those of C order, little-endian.
type built struct {
	version      int
	shape, chunk []int
	shard        []int // samples of a shard; nil for none
	dtype        string
	size         int
	data         []byte
	order        []int // the order of the axes in a chunk; nil for C
	big          bool
	codec        string // of those that pack tells; "" for none
	separator    string
	fill         string
	skip         func(index []int) bool // chunks that are not written
	indexAtStart bool
	more         map[string]any // further fields of the description
}

// object is an object of JSON.
type object = map[string]any

// write makes the files of an array in a folder.
func (b built) write(t testing.TB, folder string) {
	t.Helper()
	for key, data := range b.objects(t) {
		put(t, filepath.Join(folder, filepath.FromSlash(key)), data)
	}
}

// objects are the files of an array.
func (b built) objects(t testing.TB) memory {
	t.Helper()
	m := memory{}
	if b.fill == "" {
		b.fill = "0"
	}
	if b.separator == "" {
		b.separator = map[int]string{2: ".", 3: "/"}[b.version]
	}
	if b.version == 3 {
		m["zarr.json"] = toJSON(t, b.meta3())
	} else {
		m[".zarray"] = toJSON(t, b.meta2())
	}
	if b.shard != nil {
		b.addShards(t, m)
		return m
	}
	for _, index := range indexes(b.shape, b.chunk) {
		if b.skip == nil || !b.skip(index) {
			m[b.key(index)] = b.pack(t, index)
		}
	}
	return m
}

func (b built) key(index []int) string {
	var words []string
	if b.version == 3 {
		words = append(words, "c")
	}
	for _, i := range index {
		words = append(words, fmt.Sprint(i))
	}
	return strings.Join(words, b.separator)
}

func (b built) meta2() object {
	order, end := "C", "<"
	if b.order != nil {
		order = "F"
	}
	if b.big {
		end = ">"
	}
	if b.size == 1 {
		end = "|"
	}
	m := object{"zarr_format": 2, "shape": b.shape, "chunks": b.chunk, "dtype": end + b.dtype, "order": order,
		"fill_value": json.RawMessage(b.fill), "compressor": nil, "filters": nil, "dimension_separator": b.separator}
	switch b.codec {
	case "":
	case "delta", "shuffle":
		m["filters"] = []object{{"id": b.codec, "dtype": end + b.dtype, "elementsize": b.size}}
		m["compressor"] = object{"id": "zlib", "level": 1}
	case "bloscbits":
		m["compressor"] = object{"id": "blosc"}
	default:
		m["compressor"] = object{"id": b.codec}
	}
	for k, v := range b.more {
		m[k] = v
	}
	return m
}

func (b built) meta3() object {
	end := "little"
	if b.big {
		end = "big"
	}
	var codecs []object
	if b.order != nil {
		codecs = append(codecs, object{"name": "transpose", "configuration": object{"order": b.order}})
	}
	codecs = append(codecs, object{"name": "bytes", "configuration": object{"endian": end}})
	name, sum := strings.CutSuffix(b.codec, "+crc32c")
	switch name {
	case "gzip":
		codecs = append(codecs, object{"name": "gzip", "configuration": object{"level": 5}})
	case "zstd":
		codecs = append(codecs, object{"name": "zstd", "configuration": object{"level": 3, "checksum": false}})
	case "blosc", "bloscbits":
		sorting := map[string]string{"blosc": "shuffle", "bloscbits": "bitshuffle"}[name]
		codecs = append(codecs, object{"name": "blosc", "configuration": object{"cname": "lz4", "clevel": 5, "shuffle": sorting, "typesize": b.size, "blocksize": 0}})
	}
	if sum {
		codecs = append(codecs, object{"name": "crc32c"})
	}
	chunk := b.chunk
	if b.shard != nil {
		place := "end"
		if b.indexAtStart {
			place = "start"
		}
		chunk = b.shard
		codecs = []object{{"name": "sharding_indexed", "configuration": object{"chunk_shape": b.chunk, "codecs": codecs, "index_location": place,
			"index_codecs": []object{{"name": "bytes", "configuration": object{"endian": "little"}}, {"name": "crc32c"}}}}}
	}
	m := object{"zarr_format": 3, "node_type": "array", "shape": b.shape, "data_type": b.dtype, "fill_value": json.RawMessage(b.fill),
		"chunk_grid":         object{"name": "regular", "configuration": object{"chunk_shape": chunk}},
		"chunk_key_encoding": object{"name": "default", "configuration": object{"separator": b.separator}}, "codecs": codecs}
	for k, v := range b.more {
		m[k] = v
	}
	return m
}

// addShards packs the chunks of each shard together.
func (b built) addShards(t testing.TB, m memory) {
	per := make([]int, len(b.shape))
	for a := range per {
		per[a] = b.shard[a] / b.chunk[a]
	}
	inside := indexes(per, slices.Repeat([]int{1}, len(per)))
	for _, shard := range indexes(b.shape, b.shard) {
		var body, table []byte
		start := 0
		if b.indexAtStart {
			start = 16*len(inside) + 4
		}
		for _, in := range inside {
			index := make([]int, len(shard))
			beyond := false
			for a := range index {
				index[a] = shard[a]*per[a] + in[a]
				beyond = beyond || index[a]*b.chunk[a] >= b.shape[a]
			}
			at, n := uint64(math.MaxUint64), uint64(math.MaxUint64)
			if !beyond && (b.skip == nil || !b.skip(index)) {
				packed := b.pack(t, index)
				at, n = uint64(start+len(body)), uint64(len(packed))
				body = append(body, packed...)
			}
			table = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(table, at), n)
		}
		table = binary.LittleEndian.AppendUint32(table, crc32.Checksum(table, crc32.MakeTable(crc32.Castagnoli)))
		if b.indexAtStart {
			m[b.key(shard)] = append(table, body...)
		} else {
			m[b.key(shard)] = append(body, table...)
		}
	}
}

// indexes are those of all pieces that cover a shape, the last axis fastest.
func indexes(shape, piece []int) (out [][]int) {
	counts, total := make([]int, len(shape)), 1
	for a := range shape {
		counts[a] = (shape[a] + piece[a] - 1) / piece[a]
		total *= counts[a]
	}
	for i := range total {
		out = append(out, unravel(i, counts))
	}
	return out
}

// pack makes the bytes of a chunk, sample by sample.
func (b built) pack(t testing.TB, index []int) []byte {
	order := b.order
	if order == nil {
		order = identity(len(b.shape))
	}
	turned := make([]int, len(order))
	total := 1
	for i, a := range order {
		turned[i] = b.chunk[a]
		total *= b.chunk[a]
	}
	raw := make([]byte, 0, total*b.size)
	for i := range total {
		at := unravel(i, turned)
		sample, outside := 0, false
		place := make([]int, len(order))
		for k, a := range order {
			place[a] = index[a]*b.chunk[a] + at[k]
			outside = outside || place[a] >= b.shape[a]
		}
		for a, p := range place {
			sample = sample*b.shape[a] + p
		}
		v := make([]byte, b.size)
		if !outside {
			copy(v, b.data[sample*b.size:])
		}
		if b.big {
			slices.Reverse(v)
		}
		raw = append(raw, v...)
	}
	return b.packed(t, raw)
}

func put(t testing.TB, path string, b []byte) {
	t.Helper()
	check(t, os.MkdirAll(filepath.Dir(path), 0o755))
	check(t, os.WriteFile(path, b, 0o600))
}

func putJSON(t testing.TB, path string, v any) {
	t.Helper()
	put(t, path, toJSON(t, v))
}

func toJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	check(t, err)
	return b
}

// wholeOf decodes all of what a store holds.
func wholeOf(t testing.TB, m memory) (imagefile.Info, []byte) {
	t.Helper()
	r, err := read("store", m, ".")
	check(t, err)
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	check(t, err)
	check(t, r.Close())
	return r.Info(), b.Data
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read1(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	check(t, err)
	return b
}
