package open

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"explant/io/imagefile"
	"explant/volume"
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

// read opens and decodes all of level 0.
func read(t testing.TB, path string, o Options) (imagefile.Info, []byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := Path(ctx, path, o)
	if err != nil {
		return imagefile.Info{}, nil, err
	}
	defer r.Close()
	b, err := r.Read(ctx, imagefile.Whole(r.Info(), 0))
	return r.Info(), b.Data, err
}

func TestSampleShapes(t *testing.T) {
	const u8, i8, u16, i16, u32, f32, f64 = imagefile.Uint8, imagefile.Int8, imagefile.Uint16, imagefile.Int16, imagefile.Uint32, imagefile.Float32, imagefile.Float64
	for name, want := range map[string]struct {
		n        [3]int
		channels int
		typ      imagefile.Type
		levels   int
	}{
		"tiff_variants/BigTIFF.tif":                              {[3]int{64, 64, 1}, 3, u8, 1},
		"tiff_variants/BigTIFFMotorola.tif":                      {[3]int{64, 64, 1}, 3, u8, 1},
		"tiff_variants/gradient-1c-32b-float.tiff":               {[3]int{256, 1, 1}, 1, f32, 1},
		"tiff_variants/gradient-1c-64b-float.tiff":               {[3]int{256, 1, 1}, 1, f64, 1},
		"tiff_variants/gradient-1c-32b.tiff":                     {[3]int{256, 1, 1}, 1, u32, 1},
		"tiff_variants/minisblack-1c-16b.tiff":                   {[3]int{157, 151, 1}, 1, u16, 1},
		"tiff_variants/minisblack-1c-i16b.tiff":                  {[3]int{157, 151, 1}, 1, i16, 1},
		"tiff_variants/miniswhite-1c-1b.tiff":                    {[3]int{157, 151, 1}, 1, u8, 1},
		"tiff_variants/palette-1c-8b.tiff":                       {[3]int{157, 151, 1}, 3, u8, 1},
		"tiff_variants/planar-rgb-u8.tif":                        {[3]int{374, 499, 1}, 3, u8, 1},
		"tiff_variants/predictor-3-gray-f32.tif":                 {[3]int{200, 200, 1}, 1, f32, 1},
		"tiff_variants/int16_zstd.tif":                           {[3]int{64, 64, 1}, 1, i16, 1},
		"tiff_variants/rgb-3c-16b.tiff":                          {[3]int{157, 151, 1}, 3, u16, 1},
		"tiff_variants/tiled-jpeg-rgb-u8.tif":                    {[3]int{374, 499, 1}, 3, u8, 1},
		"tiff_variants/tiled-gray-i1.tif":                        {[3]int{37, 51, 1}, 1, u8, 1},
		"tiff_variants/12bit.cropped.tiff":                       {[3]int{64, 64, 1}, 1, u16, 1},
		"tiff_variants/random-fp16.tiff":                         {[3]int{16, 16, 1}, 1, f32, 1},
		"tiff_variants/no_rows_per_strip.tiff":                   {[3]int{512, 512, 1}, 3, u8, 1},
		"tiff_variants/issue_69_packbits.tiff":                   {[3]int{45, 45, 1}, 1, u16, 1},
		"tiff_variants/hpredict-1c-12b.tiff":                     {[3]int{4, 2, 1}, 1, u16, 1},
		"tiff_variants/16bit.deflate.tif":                        {[3]int{64, 64, 1}, 1, u16, 1},
		"tiff_variants/16bit.MM.deflate.tif":                     {[3]int{64, 64, 1}, 1, u16, 1},
		"tiff_variants/tiff_tiled_ycbcr_jpeg_2x2_sampling.tif":   {[3]int{480, 360, 1}, 3, u8, 1},
		"tiff_variants/tiff_tiled_planar_lzw.tiff":               {[3]int{278, 374, 1}, 3, u8, 1},
		"tiff_variants/hopper_lzma.tif":                          {[3]int{128, 128, 1}, 3, u8, 1},
		"tiff_variants/tiff_strip_planar_raw_with_overviews.tif": {[3]int{278, 374, 1}, 3, u8, 5},
		"tiff_variants/hopper_float_dpi_2.tif":                   {[3]int{128, 128, 1}, 3, u8, 1},
		"tiff_variants/rdf.tif":                                  {[3]int{518, 556, 1}, 3, u8, 1},
		"tiff_variants/subsampled_ycbcr_lzw.tif":                 {[3]int{250, 325, 1}, 3, u8, 1},
		"wsi/CMU-1-Small-Region.svs":                             {[3]int{2220, 2967, 1}, 3, u8, 1},
		"wsi/small_aperio.svs":                                   {[3]int{16, 16, 1}, 3, u8, 1},
		"wsi/pyramid_boxes.tiff":                                 {[3]int{300, 250, 1}, 3, u8, 4},
		"wsi/pyramid_10kx5k_zstd_bigtiff.tiff":                   {[3]int{10000, 5000, 1}, 3, u8, 5},
		"wsi/grey_10kx5k_deflate.tif":                            {[3]int{10000, 5000, 1}, 1, u8, 1},
		"wsi/ome_z_series_3ch.ome.tif":                           {[3]int{439, 167, 5}, 3, i8, 1},
		"wsi/ome_multichannel_deflate.ome.tif":                   {[3]int{439, 167, 1}, 3, i8, 1},
		"wsi/ome_multichannel_bigendian.ome.tif":                 {[3]int{439, 167, 1}, 3, i8, 1},
		"microct/polymer_slice_float32.tif":                      {[3]int{600, 600, 1}, 1, f32, 1},
		"microct/bat_cochlea_sub25.tif":                          {[3]int{30, 39, 29}, 1, u8, 1},
		"microct/stardist_nuclei3d.tif":                          {[3]int{57, 61, 31}, 1, u16, 1},
		"microct/weave_150.tif":                                  {[3]int{150, 150, 150}, 1, u8, 1},
		"sem/electrospun_fibresem_01.tif":                        {[3]int{2048, 1536, 1}, 1, u8, 1},
		"histology/he_torchstain_source.png":                     {[3]int{584, 438, 1}, 3, u8, 1},
		"histology/psr_liver_tile02_reference_mask.jpg":          {[3]int{2048, 2048, 1}, 1, u8, 1},
		"microct/ct_lung_small.mha":                              {[3]int{57, 78, 64}, 1, i16, 1},
		"microct/fibres_vtk_artifib.vtk":                         {[3]int{50, 50, 50}, 1, i16, 1},
		"microct/fibres_with_orientation.vti":                    {[3]int{50, 50, 50}, 1, u16, 1},
		"microct/brain_t1_2d.mha":                                {[3]int{256, 256, 1}, 1, i16, 1},
		"if_coloc/cellprofiler_coloc_0_1_green.png":              {[3]int{1392, 1040, 1}, 1, u16, 1},
	} {
		t.Run(name, func(t *testing.T) {
			i, data, err := read(t, sample(t, name), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if i.Grid.N != want.n || i.Channels != want.channels || i.Type != want.typ || len(i.Levels) != want.levels || int64(len(data)) != i.Bytes() {
				t.Errorf("%v, %d channels of %s, %d levels", i.Grid.N, i.Channels, i.Type, len(i.Levels))
			}
		})
	}
}

// Values of the collection's documentation; those at >= 128 were counted with NumPy.
func TestSampleValues(t *testing.T) {
	for name, c := range map[string]struct {
		lo, hi byte
		count  int
	}{
		"microct/fiberform_100.tif":                     {90, 255, 167140},
		"microct/sphere_r40_100.tif":                    {128, 255, 267731},
		"microct/ellipsoid_a30_b20_c10_rot.tif":         {128, 255, 25139},
		"microct/microstructure_10.tif":                 {128, 255, 363},
		"microct/bat_cochlea_sub25.tif":                 {128, 255, 1578},
		"malformed/cylinder_mixed_pages.tif":            {128, 255, 496800},
		"histology/he_tcga_lung_tissue_mask.png":        {255, 255, 199127},
		"wsi/CMU-1-Small-Region_tissue_mask.png":        {255, 255, 30724},
		"histology/psr_liver_tile02_reference_mask.jpg": {128, 255, 737034}, // 17.572 % of the frame
	} {
		_, data, err := read(t, sample(t, name), Options{})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, v := range data {
			if v >= c.lo && v <= c.hi {
				n++
			}
		}
		if n != c.count {
			t.Errorf("%s: %d values from %d to %d, not %d", name, n, c.lo, c.hi, c.count)
		}
	}
}

func TestSamplesThatHoldTheSamePixels(t *testing.T) {
	for _, pair := range [][2]string{
		{"wsi/ome_multichannel_deflate.ome.tif", "wsi/ome_multichannel_bigendian.ome.tif"},
		{"tiff_variants/BigTIFF.tif", "tiff_variants/BigTIFFMotorola.tif"},
		{"tiff_variants/16bit.deflate.tif", "tiff_variants/16bit.MM.deflate.tif"},
		{"tiff_variants/tiff_tiled_planar_lzw.tiff", "tiff_variants/tiff_strip_planar_raw_with_overviews.tif"},
	} {
		_, a, err := read(t, sample(t, pair[0]), Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, b, err := read(t, sample(t, pair[1]), Options{})
		if err != nil || !slices.Equal(a, b) {
			t.Errorf("%v differ, %v", pair, err)
		}
	}
}

// One volume in several formats: the same voxels at the same size. The Scanco headers say 60.68 µm, which
// the others round to 60.7.
func TestOneVolumeInSeveralFormats(t *testing.T) {
	folder := filepath.Dir(sample(t, "same_volume_six_formats/volume.nrrd"))
	var first []float32
	for _, name := range []string{"volume.nrrd", "volume.mha", "volume.nii", "volume.isq", "volume.aim", "dicom"} {
		r, err := Path(t.Context(), filepath.Join(folder, name), Options{})
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := Volume(t.Context(), r, Load{}, nil)
		if err != nil {
			t.Fatal(name, err)
		}
		r.Close()
		g, values := r.Info().Grid, asFloats(t, v)
		set := 0
		for _, x := range values {
			if x != 0 {
				set++
			}
		}
		if first == nil {
			first = values
		}
		if set != 81 || g.N != [3]int{25, 25, 25} || !slices.Equal(values, first) {
			t.Errorf("%s: %v voxels, %d set, the same: %v", name, g.N, set, slices.Equal(values, first))
		}
		for a, mm := range g.Spacing {
			if d := mm - 0.0607; d > 2.1e-5 || d < -2.1e-5 || g.Calibration.Source != volume.Header {
				t.Errorf("%s: %v mm along %c, %+v", name, mm, "xyz"[a], g.Calibration)
			}
		}
	}
}

func asFloats(t *testing.T, v any) (out []float32) {
	t.Helper()
	switch u := v.(type) {
	case *volume.Volume[uint8]:
		for _, x := range u.Data {
			out = append(out, float32(x))
		}
	case *volume.Volume[int16]:
		for _, x := range u.Data {
			out = append(out, float32(x))
		}
	case *volume.Volume[uint16]:
		for _, x := range u.Data {
			out = append(out, float32(x))
		}
	default:
		t.Fatalf("%T", v)
	}
	return out
}

func TestSampleCalibration(t *testing.T) {
	for name, want := range map[string]struct {
		um       [3]float64
		withheld string
	}{
		"if_coloc/coloc_positive_mask.tif":     {[3]float64{0.328215247, 0.328215247, 0.64609375}, ""},
		"wsi/CMU-1-Small-Region.svs":           {[3]float64{0.499, 0.499, 0}, ""},
		"same_volume_six_formats/volume.nrrd":  {[3]float64{60.7, 60.7, 60.7}, ""},
		"same_volume_six_formats/volume.mha":   {[3]float64{60.7, 60.7, 60.7}, ""},
		"same_volume_six_formats/volume.nii":   {[3]float64{60.7, 60.7, 60.7}, ""},
		"same_volume_six_formats/volume.isq":   {[3]float64{60.68, 60.68, 60.68}, ""},
		"same_volume_six_formats/volume.aim":   {[3]float64{60.68, 60.68, 60.68}, ""},
		"microct/fiberform_100.tif":            {[3]float64{}, "100 dots per inch"},
		"microct/fibres_vtk_artifib.vtk":       {[3]float64{}, "size 1 has no unit"},
		"microct/bone_128.tif":                 {[3]float64{}, "no unit"},
		"microct/polymer_slice_float32.tif":    {[3]float64{}, "states no"},
		"wsi/pyramid_boxes.tiff":               {[3]float64{}, "72 dots per inch"},
		"tiff_variants/hopper_float_dpi_2.tif": {[3]float64{}, "too large"},
		"histology/hdab_ecm_alex_pan_06.jpg":   {[3]float64{}, "300 dots per inch"},
		"histology/hdab_colon_fhl2_ihc.png":    {[3]float64{}, "96 dots per inch"},
	} {
		r, err := Path(t.Context(), sample(t, name), Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		g := r.Info().Grid
		for a, v := range g.Spacing {
			if d := v*1000 - want.um[a]; d > 1e-6*want.um[a] || -d > 1e-6*want.um[a] {
				t.Errorf("%s: spacing %v mm", name, g.Spacing)
			}
		}
		if w := g.Calibration.Withheld; (w == "") != (want.withheld == "") || !strings.Contains(w, want.withheld) {
			t.Errorf("%s: withheld %q", name, w)
		}
	}
}

// Every damaged file must give pixels or one line that names it, within 5 s.
func TestMalformedSamples(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(sample(t, "malformed/truncated.jpg")), "*"))
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			begin := time.Now()
			i, data, err := read(t, path, Options{})
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if err == nil && int64(len(data)) != i.Bytes() {
				t.Errorf("%d bytes of %d", len(data), i.Bytes())
			}
			if err != nil && (strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), filepath.Base(path))) {
				t.Errorf("error %q", err)
			}
		})
	}
	for name, part := range map[string]string{
		"unopenable.tiff": "compression 52479", "unreadable.svs": "tile 1 of 1", "truncated.jpg": "cut short",
		"seek_too_large.tif": "seek_too_large.tif: ", "MR_truncated.dcm": "cut short: 8130 of 8192 bytes",
	} {
		if _, _, err := read(t, sample(t, "malformed/"+name), Options{}); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSampleVolume(t *testing.T) {
	r, err := Path(t.Context(), sample(t, "microct/sphere_r40_100.tif"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	v, warnings, err := Volume(t.Context(), r, Load{}, nil)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	u := v.(*volume.Volume[uint8])
	n := 0
	for _, x := range u.Data {
		if x >= 128 {
			n++
		}
	}
	if n != 267731 || u.At(50, 50, 50) < 128 || u.At(0, 0, 0) >= 128 {
		t.Errorf("%d voxels", n)
	}
}
