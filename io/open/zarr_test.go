package open

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/volume"
)

// store writes an image as an OME-Zarr store of version 0.4 or 0.5 without compression, one chunk a slice.
func store(t testing.TB, m made, version int) string {
	t.Helper()
	n, c := m.info.Grid.N, m.info.Channels
	dtype := map[imagefile.Type]string{imagefile.Uint8: "|u1", imagefile.Uint16: "<u2", imagefile.Float32: "<f4"}[m.info.Type]
	shape := fmt.Sprintf("[%d, %d, %d, %d]", c, n[2], n[1], n[0])
	chunk := fmt.Sprintf("[1, 1, %d, %d]", n[1], n[0])
	var labels []string
	for _, name := range m.info.ChannelNames {
		labels = append(labels, fmt.Sprintf(`{"label": %q, "color": "FFFFFF"}`, name))
	}
	um := func(a int) float64 { return 1000 * m.info.Grid.Spacing[a] }
	image := fmt.Sprintf(`"omero": {"channels": [%s]}, "multiscales": [{"version": "0.4",
		"axes": [{"name": "c", "type": "channel"}, {"name": "z", "type": "space", "unit": "micrometer"}, {"name": "y", "type": "space", "unit": "micrometer"}, {"name": "x", "type": "space", "unit": "micrometer"}],
		"datasets": [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1, %v, %v, %v]}]}]}]`, strings.Join(labels, ", "), um(2), um(1), um(0))
	files := map[string]string{
		".zgroup": `{"zarr_format": 2}`, ".zattrs": "{" + image + "}",
		"0/.zarray": fmt.Sprintf(`{"zarr_format": 2, "shape": %s, "chunks": %s, "dtype": %q, "order": "C", "fill_value": 0, "compressor": null, "filters": null, "dimension_separator": "/"}`, shape, chunk, dtype),
	}
	prefix := "0"
	if version == 5 {
		prefix = "0/c"
		files = map[string]string{
			"zarr.json": fmt.Sprintf(`{"zarr_format": 3, "node_type": "group", "attributes": {"ome": {"version": "0.5", %s}}}`, image),
			"0/zarr.json": fmt.Sprintf(`{"zarr_format": 3, "node_type": "array", "shape": %s, "data_type": %q, "fill_value": 0,
				"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": %s}}, "chunk_key_encoding": {"name": "default"},
				"codecs": [{"name": "bytes", "configuration": {"endian": "little"}}]}`, shape, m.info.Type, chunk),
		}
	}
	size := m.info.Type.Size()
	for z := range n[2] {
		for ch := range c {
			var plane []byte
			for i := range n[0] * n[1] {
				at := ((z*n[0]*n[1]+i)*c + ch) * size
				plane = append(plane, m.data[at:at+size]...)
			}
			files[fmt.Sprintf("%s/%d/%d/0/0", prefix, ch, z)] = string(plane)
		}
	}
	dir := filepath.Join(t.TempDir(), "image.ome.zarr")
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The same image as OME-TIFF and as OME-Zarr of both versions has the same samples, sizes and names.
func TestTheSameImageAsTIFFAndZarr(t *testing.T) {
	for name, m := range map[string]made{
		"volume":       randomImage(known([3]int{37, 23, 5}, 0.02, 0.02, 0.025), imagefile.Uint16, 1),
		"fluorescence": randomImage(known([3]int{19, 31, 1}, 0.000325, 0.000325), imagefile.Uint8, 4, "DAPI", "CD41", "fibrin", "CD45"),
		"floats":       randomImage(known([3]int{8, 9, 10}, 0.0005, 0.0005, 0.002), imagefile.Float32, 1),
	} {
		tiff, want, _ := written(t, m, ".ome.tif")
		for _, version := range []int{4, 5} {
			i, data, err := read(t, store(t, m, version), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(data, want) || i.Grid.N != tiff.Grid.N || i.Type != tiff.Type || !slices.Equal(i.ChannelNames, tiff.ChannelNames) || i.Grid.Calibration.Source != volume.Header {
				t.Errorf("%s: %+v, not %+v", name, i, tiff)
			}
			for a, mm := range tiff.Grid.Spacing {
				if d := i.Grid.Spacing[a] - mm; d > 1e-12*mm || -d > 1e-12*mm {
					t.Errorf("%s: spacing %v, not %v", name, i.Grid.Spacing, tiff.Grid.Spacing)
				}
			}
		}
	}
}

// A store is hashed as a whole: by its folder, by a file that describes it, wherever it lies.
func TestHashOfAStore(t *testing.T) {
	m := randomImage(known([3]int{7, 6, 5}, 0.02, 0.02, 0.02), imagefile.Uint8, 1)
	hash := func(path string) string {
		t.Helper()
		h, err := Hash(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	dir := store(t, m, 4)
	first, level := hash(dir), hash(filepath.Join(dir, "0"))
	if again := hash(store(t, m, 4)); again != first || hash(filepath.Join(dir, ".zattrs")) != first || level == first {
		t.Error("the hash depends on the place or on how the store was named, or a level has that of the whole")
	}
	for _, name := range []string{"0/0/3/0/0", ".zattrs"} {
		changed := store(t, m, 4)
		path := filepath.Join(changed, filepath.FromSlash(name))
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(b, ' '), 0o600); err != nil {
			t.Fatal(err)
		}
		if hash(changed) == first || hash(filepath.Join(changed, "0")) == level {
			t.Errorf("a change of %s is not seen", name)
		}
	}
}

func TestPairsOfVGStudio(t *testing.T) {
	dir := t.TempDir()
	text := "[file1]\nsize = 4 3 2\nname = scan.vol\ndatatype = unsigned integer\nbitsperelement = 8\n[geometry]\nresolution = 0.02 0.02 0.02\nunit = mm\n"
	for name, b := range map[string]string{"scan.vgi": text, "scan.vol": strings.Repeat("x", 24), "scan.raw": strings.Repeat("y", 24), "alone.vol": "z"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"scan.vgi": "x", "scan.vol": "x", "scan.raw": "y"} {
		i, data, err := read(t, filepath.Join(dir, name), Options{})
		if err != nil || string(data) != strings.Repeat(want, 24) || i.Format != "VGStudio volume" || !i.Grid.Calibrated() {
			t.Errorf("%s: %+v, %v", name, i, err)
		}
	}
	if _, _, err := read(t, filepath.Join(dir, "alone.vol"), Options{}); err == nil || !strings.Contains(err.Error(), "alone.vol: it has no header itself") {
		t.Error(err)
	}
	before, err := Hash(t.Context(), filepath.Join(dir, "scan.vol"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "scan.vgi"), []byte(strings.Replace(text, "0.02 0.02", "0.03 0.03", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if after, err := Hash(t.Context(), filepath.Join(dir, "scan.vol")); err != nil || after == before {
		t.Errorf("another description, the same hash: %v", err)
	}
}
