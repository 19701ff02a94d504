package dicom

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"strings"
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
	path := filepath.Join(root, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skip("no sample data: set EXPLANT_SAMPLES")
	}
	return path
}

// The hashes are those of the little-endian bytes of pixel_array, by pydicom 2.3.1 with GDCM 3.0.21; of
// slides, after their frames were put side by side.
func TestSamplesAgainstPydicom(t *testing.T) {
	for name, c := range map[string]struct {
		n    [3]int
		um   [3]float64
		typ  imagefile.Type
		hash string
	}{
		"dicom/MR_small":                  {[3]int{64, 64, 1}, [3]float64{312.5, 312.5, 0}, imagefile.Int16, "88617aaa46138fb1"},
		"dicom/MR_small_RLE":              {[3]int{64, 64, 1}, [3]float64{312.5, 312.5, 0}, imagefile.Int16, "88617aaa46138fb1"},
		"dicom/MR_small_bigendian":        {[3]int{64, 64, 1}, [3]float64{312.5, 312.5, 0}, imagefile.Int16, "88617aaa46138fb1"},
		"dicom/MR_small_implicit":         {[3]int{64, 64, 1}, [3]float64{312.5, 312.5, 0}, imagefile.Int16, "88617aaa46138fb1"},
		"dicom/image_dfl":                 {[3]int{512, 512, 1}, [3]float64{}, imagefile.Uint8, "1f5f1b1c1a57606a"},
		"dicom/rtdose":                    {[3]int{10, 10, 15}, [3]float64{10000, 10000, 5000}, imagefile.Uint32, "e30a4288ac229022"},
		"dicom/SC_rgb_rle_2frame":         {[3]int{100, 100, 2}, [3]float64{}, imagefile.Uint8, "026dac3bc332e46b"},
		"dicom/MR_small_jpeg_ls_lossless": {[3]int{64, 64, 1}, [3]float64{312.5, 312.5, 0}, imagefile.Int16, "88617aaa46138fb1"},
		"dicom/MR_small_jp2klossless":     {[3]int{64, 64, 1}, [3]float64{312.5, 312.5, 0}, imagefile.Int16, "88617aaa46138fb1"},
		"dicom/JPEG-lossy":                {[3]int{256, 1024, 1}, [3]float64{2260, 2260, 0}, imagefile.Uint16, "d30242775a414c01"},
		"wsi/dicom_sm_image_grayscale":    {[3]int{50, 50, 1}, [3]float64{0.499, 0.499, 0}, imagefile.Uint16, "14f8cd999ddc7e44"},
		"wsi/dicom_sm_image_jpegls":       {[3]int{50, 50, 1}, [3]float64{0.499, 0.499, 0}, imagefile.Uint8, "c05080458a5d583e"},
		"wsi/dicom_sm_image_numbers":      {[3]int{50, 50, 1}, [3]float64{0.499, 0.499, 0}, imagefile.Uint8, "83c79753f5d575ac"},
		"wsi/dicom_wsi_boxes_0":           {[3]int{16, 16, 1}, [3]float64{0.499, 0.499, 0}, imagefile.Uint8, "53eb8c75a1f7d4cc"},
	} {
		r, err := Open(t.Context(), sample(t, name+".dcm"))
		if err != nil {
			t.Fatal(err)
		}
		i, data := whole(t, r)
		sum := sha256.Sum256(data)
		if got := hex.EncodeToString(sum[:8]); got != c.hash || i.Grid.N != c.n || i.Type != c.typ {
			t.Errorf("%s: %s, %v %s", name, got, i.Grid.N, i.Type)
		}
		for a, mm := range i.Grid.Spacing {
			if math.Abs(mm*1000-c.um[a]) > 1e-9 {
				t.Errorf("%s: %v mm", name, i.Grid.Spacing)
			}
		}
	}
}

// The mean of the stored values is in the collection's documentation; that of the frames is pydicom's.
func TestSamplesWithRescaledValues(t *testing.T) {
	for name, c := range map[string]struct {
		mean, um float64
	}{"CT_small": {904.93 - 1024, 661.468}, "ct_multiframe_5": {380.0380859375 - 1024, 388.672}} {
		r, err := Open(t.Context(), sample(t, name+".dcm"))
		if err != nil {
			t.Fatal(err)
		}
		i, data := whole(t, r)
		sum := 0.
		for b := data; len(b) > 0; b = b[4:] {
			sum += float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
		}
		if mean := sum / float64(i.Grid.Len()); math.Abs(mean-c.mean) > 0.005 || math.Abs(i.Grid.Spacing[0]*1000-c.um) > 1e-9 {
			t.Errorf("%s: mean %v, %v mm", name, mean, i.Grid.Spacing)
		}
	}
}

func TestSamplesThatAreRefused(t *testing.T) {
	for name, want := range map[string]string{
		"dicom/no_meta_group_length.dcm":     "it holds no image",
		"malformed/MR_truncated.dcm":         "cut short: 8130 of 8192 bytes",
		"malformed/badVR.dcm":                "NumberOfFrames is \"1A\"",
		"malformed/meta_missing_tsyntax.dcm": "Rows 0",
		"malformed/ExplVR_LitEndNoMeta.dcm":  "it holds no image",
		"malformed/empty_charset_LEI.dcm":    "it holds no image",
	} {
		if _, err := Open(t.Context(), sample(t, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(t.Context(), filepath.Dir(sample(t, "dicom/CT_small.dcm"))); err == nil || !strings.Contains(err.Error(), "the folder holds 7 series (1 file like CT_small.dcm; 1 file like JPEG-lossy.dcm; 6 files like MR_small.dcm; ") {
		t.Errorf("%v", err)
	}
}

// Windows of a series are the parts of the whole, whoever reads at the same time.
func TestWindowsOfASeries(t *testing.T) {
	r, err := Open(t.Context(), filepath.Dir(sample(t, "same_volume_six_formats/dicom/IMG0001.dcm")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() }) // the parallel parts outlive this function
	i := r.Info()
	all, err := r.Read(t.Context(), imagefile.Whole(i, 0))
	if err != nil {
		t.Fatal(err)
	}
	for k := range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			w := imagefile.Window{Min: [3]int{k, 2 * k, 3 * k}, Max: [3]int{25 - k, 25, 25}}
			b, err := r.Read(t.Context(), w)
			if err != nil {
				t.Fatal(err)
			}
			var want []byte
			for z := w.Min[2]; z < 25; z++ {
				for y := w.Min[1]; y < 25; y++ {
					want = append(want, all.Data[2*i.Grid.Offset(w.Min[0], y, z):2*i.Grid.Offset(w.Max[0], y, z)]...)
				}
			}
			if !bytes.Equal(b.Data, want) {
				t.Error("another window")
			}
		})
	}
}
