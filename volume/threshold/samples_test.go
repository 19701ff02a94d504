package threshold

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// sample reads a public test image, or skips the test where the samples are not there.
func sample(t *testing.T, name string) []byte {
	t.Helper()
	root := os.Getenv("EXPLANT_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	data, err := os.ReadFile(filepath.Join(root, "microct", name))
	if err != nil {
		t.Skipf("sample data absent (set EXPLANT_SAMPLES): %v", err)
	}
	return data
}

// pixelsAt is where the uncompressed, contiguous pixels of a TIFF file begin: its first strip.
func pixelsAt(t *testing.T, data []byte) int {
	t.Helper()
	var order binary.ByteOrder = binary.BigEndian
	if data[0] == 'I' {
		order = binary.LittleEndian
	}
	const stripOffsets = 273
	dir := data[order.Uint32(data[4:]):]
	for i := range int(order.Uint16(dir)) {
		entry := dir[2+12*i:]
		if order.Uint16(entry) != stripOffsets {
			continue
		}
		value := int(order.Uint32(entry[8:]))
		if order.Uint32(entry[4:]) > 1 { // a list of offsets: its first
			value = int(order.Uint32(data[value:]))
		}
		return value
	}
	t.Fatal("no strip offsets")
	return 0
}

func share[T volume.Voxel](v *volume.Volume[T], t float64) float64 {
	n := 0
	for _, g := range v.Data {
		if float64(g) > t {
			n++
		}
	}
	return float64(n) / float64(len(v.Data))
}

func otsuOf[T volume.Voxel](t *testing.T, v *volume.Volume[T]) float64 {
	t.Helper()
	h, err := Of(t.Context(), v, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := Otsu(h)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// The values beside the files were computed with scikit-image's threshold_otsu.
func TestOtsuOfSamplesEqualsScikitImage(t *testing.T) {
	for _, c := range []struct {
		name  string
		tiff  bool
		n     int
		otsu  float64
		above float64
	}{
		{"hollow_tubes_nt_128.tif", true, 128, 110, 0.63140},
		{"bone_128.tif", true, 128, 120, 0.47152},
		{"polymer_fibres_128_u8.raw", false, 128, 127, 0.143686},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := sample(t, c.name)
			if c.tiff {
				data = data[pixelsAt(t, data):]
			}
			v, err := volume.From(volume.Grid{N: [3]int{c.n, c.n, c.n}}, data[:c.n*c.n*c.n])
			if err != nil {
				t.Fatal(err)
			}
			o := otsuOf(t, v)
			if s := share(v, o); o != c.otsu || math.Abs(s-c.above) > 5e-6 {
				t.Errorf("Otsu %g with %.6f above, want %g with %g", o, s, c.otsu, c.above)
			}
		})
	}
}

func TestOtsuOfAFloatSampleGivesItsPublishedPorosity(t *testing.T) {
	data := sample(t, "polymer_slice_float32.tif")
	data = data[pixelsAt(t, data):]
	v := volume.New[float32](volume.Grid{N: [3]int{600, 600, 1}})
	for i := range v.Data {
		v.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	o := otsuOf(t, v)
	porosity := 1 - share(v, o)
	if math.Abs(porosity-0.845488888889) > 1e-12 || math.Abs(o-0.00039280788) > 5e-11 {
		t.Errorf("Otsu %.11f, porosity %.12f", o, porosity)
	}
}
