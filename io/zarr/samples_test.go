package zarr

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"explant/io/imagefile"
)

// sample is the path of a file of the sample collection; the test is skipped where it is absent.
func sample(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("EXPLANT_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(root, "ome_zarr", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skip("no sample data: set EXPLANT_SAMPLES")
	}
	return path
}

// whole decodes all of level 0.
func whole(t testing.TB, path string) (imagefile.Info, []byte) {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil {
		t.Fatal(err)
	}
	return r.Info(), b.Data
}

// The same image as version 0.4 on Zarr 2 with blosc and as 0.5 on Zarr 3 with zstd.
func TestSamplesOfBothVersions(t *testing.T) {
	a, want := whole(t, sample(t, "blobs_image_v04.ome.zarr"))
	b, got := whole(t, sample(t, "blobs_image_v05.ome.zarr"))
	if !bytes.Equal(got, want) || a.Grid.N != [3]int{12, 12, 1} || b.Grid.N != a.Grid.N || a.Channels != 3 || a.Type != imagefile.Float64 {
		t.Errorf("%+v and %+v, the same samples: %v", a, b, bytes.Equal(got, want))
	}
	if a.Format != "OME-Zarr 0.4" || b.Format != "OME-Zarr 0.5" || a.Grid.Calibration.Withheld != "size 1 has no unit" || a.ChannelNames[2] != "2" {
		t.Errorf("%q %q %q %q", a.Format, b.Format, a.Grid.Calibration.Withheld, a.ChannelNames)
	}
	level, same := whole(t, sample(t, "blobs_image_v05.ome.zarr/0"))
	if !bytes.Equal(same, want) || level.Format != "OME-Zarr 0.5" {
		t.Errorf("its level: %+v", level)
	}
}

// Four bands of floats in a zip file, whose scale of 0 says nothing; sums and extremes are those that
// zarr-python 2.13.6 and NumPy 1.24.2 find.
func TestSampleInZip(t *testing.T) {
	i, data := whole(t, sample(t, "sample_float32_8bit_range.zarr.zip"))
	if i.Grid.N != [3]int{100, 100, 1} || i.Type != imagefile.Float32 || !slices.Equal(i.ChannelNames, []string{"Band 1", "Band 2", "Band 3", "Band 4"}) || i.Grid.Calibration.Withheld == "" {
		t.Errorf("%+v", i)
	}
	var sums [4]float64
	v := imagefile.Values(data, i.Type)
	for k, x := range v {
		sums[k%4] += x
	}
	if sums != ([4]float64{1911346, 1844643, 1710213, 2550000}) || slices.Min(v) != 68 || slices.Max(v) != 255 {
		t.Errorf("sums %v, from %v to %v", sums, slices.Min(v), slices.Max(v))
	}
}
