package zarr

import (
	"errors"
	"io/fs"
	"path"
	"testing"

	"explant/io/imagefile"
)

// memory is a store of a test.
type memory map[string][]byte

func (m memory) size(key string) (int64, error) {
	b, ok := m[path.Clean(key)]
	if !ok {
		return 0, fs.ErrNotExist
	}
	return int64(len(b)), nil
}

func (m memory) readAt(key string, b []byte, at int64) error {
	have := m[path.Clean(key)]
	if at < 0 || at > int64(len(have)) || copy(b, have[at:]) < len(b) {
		return errors.New("it is cut short")
	}
	return nil
}

func (m memory) list(string) []string { return []string{"0"} }
func (m memory) Close() error         { return nil }

// Any description of a group and of an array, and any chunk: read or refused, and no more than they justify.
func FuzzStore(f *testing.F) {
	attrs := `{"multiscales": [{"version": "0.4", "axes": [{"name": "c", "type": "channel"}, "y", {"name": "x", "type": "space", "unit": "micrometer"}],
		"datasets": [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1, 2, 3]}]}]}], "omero": {"channels": [{"label": 1}]}}`
	f.Add([]byte(attrs), []byte(`{"zarr_format": 2, "shape": [2, 3, 4], "chunks": [2, 3, 4], "dtype": ">u2", "order": "F", "fill_value": 3,
		"compressor": {"id": "blosc"}, "filters": [{"id": "delta", "dtype": ">u2"}]}`), []byte("\x02\x01\x22\x02\x30\x00\x00\x00\x30\x00\x00\x00\x40\x00\x00\x00"))
	f.Add([]byte(`{"zarr_format": 3, "node_type": "group", "attributes": {"ome": `+attrs+`}}`), []byte(`{"zarr_format": 3, "node_type": "array", "shape": [2, 3, 4],
		"data_type": "float16", "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 4, 4]}}, "chunk_key_encoding": {"name": "v2"}, "fill_value": "NaN",
		"codecs": [{"name": "sharding_indexed", "configuration": {"chunk_shape": [1, 2, 2], "codecs": [{"name": "transpose", "configuration": {"order": [2, 0, 1]}}, "bytes", "zstd"],
		"index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}]}}]}`), []byte("0123456789abcdef"))
	f.Fuzz(func(t *testing.T, group, array, chunk []byte) {
		m := memory{"0/0.0.0": chunk, "0/0.0": chunk, "0/c/0/0/0": chunk}
		if len(group) > 16 && group[2] == 'z' {
			m["zarr.json"], m["0/zarr.json"] = group, array
		} else {
			m[".zattrs"], m["0/.zarray"] = group, array
		}
		r, err := read("store", m, ".")
		if err != nil {
			return
		}
		i := r.Info()
		if i.Bytes() > unjustified+maxRatio*int64(3*len(chunk)) || i.Channels < 1 || len(i.Levels) < 1 {
			t.Fatalf("%+v", i)
		}
		if i.Bytes() < 1<<20 {
			if b, err := r.Read(t.Context(), imagefile.Whole(i, 0)); err == nil && int64(len(b.Data)) != i.Bytes() {
				t.Errorf("%d bytes of %d", len(b.Data), i.Bytes())
			}
		}
	})
}
