package open

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"explant/volume"
)

// sized is a file and the voxel size that must be understood of it.
type sized struct {
	name string // the extension decides where content does not
	data []byte
	mm   [3]float64 // the spacing; 0 where it must be withheld
	why  string     // words of the reason; "" when nothing is withheld
	warn string     // words of a warning; "" for any
}

// Sizes of pixels and voxels that most rows have, in mm.
var (
	half   = [3]float64{0.0005, 0.0005, 0}     // 0.5 µm
	voxel  = [3]float64{0.02, 0.02, 0.04}      // 20 x 20 x 40 µm
	cubes  = [3]float64{0.02, 0.02, 0.02}      // 20 µm
	plane  = [3]float64{0.02, 0.02, 0}         // 20 µm, slices at an unknown distance
	micros = [3]float64{0.0005, 0.0005, 0.002} // 0.5 x 0.5 x 2 µm
	none   = [3]float64{}
)

// TestWhatSizesAreBelieved opens files that state their size in every way that is met: each size is right,
// or withheld with the reason.
func TestWhatSizesAreBelieved(t *testing.T) {
	for group, rows := range map[string]map[string]sized{
		"TIFF": tiffSizes(), "ImageJ": imageJSizes(), "OME": omeSizes(), "Aperio": aperioSizes(), "PNG": pngSizes(t), "JPEG": jpegSizes(t), "BMP": bmpSizes(t),
		"NRRD": nrrdSizes(), "MetaImage": metaSizes(), "NIfTI": niftiSizes(), "VTK": vtkSizes(),
	} {
		t.Run(group, func(t *testing.T) {
			for name, c := range rows {
				t.Run(name, func(t *testing.T) { c.check(t, files(t, c.name, map[string][]byte{c.name: c.data})) })
			}
		})
	}
}

// check opens path, which holds what c says.
func (c sized) check(t *testing.T, path string) {
	t.Helper()
	r, err := Path(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	g := r.Info().Grid
	k := g.Calibration
	for a, mm := range g.Spacing {
		if math.Abs(mm-c.mm[a]) > 1e-6*c.mm[a] { // NIfTI-1 rounds to float32
			t.Errorf("spacing %v mm, not %v", g.Spacing, c.mm)
			break
		}
		if math.IsNaN(k.Stated[a]) || math.IsInf(k.Stated[a], 0) {
			t.Errorf("stated %v", k.Stated)
		}
	}
	if (c.why == "") != (k.Withheld == "") || !strings.Contains(k.Withheld, c.why) || strings.Contains(k.Withheld, "\n") {
		t.Errorf("withheld %q, not %q", k.Withheld, c.why)
	}
	if (k.Source == volume.Header) != (c.mm[0] > 0) {
		t.Errorf("source %s", k.Source)
	}
	if !slices.ContainsFunc(append(k.Warnings, ""), func(w string) bool { return strings.Contains(w, c.warn) }) {
		t.Errorf("warnings %q, none of them %q", k.Warnings, c.warn)
	}
}

func tiffSizes() map[string]sized {
	row := func(unit uint16, x, y [2]uint32, mm [3]float64, why, warn string) sized {
		return sized{"a.tif", tiffOf(1, x, y, unit, ""), mm, why, warn}
	}
	square := func(unit uint16, n, d uint32, mm [3]float64, why string) sized {
		return row(unit, [2]uint32{n, d}, [2]uint32{n, d}, mm, why, "")
	}
	return map[string]sized{
		"centimetre":        square(3, 20000, 1, half, ""),
		"inch":              square(2, 50800, 1, half, ""),
		"no unit tag":       square(0, 50800, 1, half, ""), // inch is the default of the standard
		"fraction":          square(3, 40001, 2, [3]float64{20 / 40001., 20 / 40001., 0}, ""),
		"72 dpi":            square(2, 72, 1, none, "72 dots per inch"),
		"96 dpi":            square(2, 96, 1, none, "96 dots per inch"),
		"300 dpi":           square(2, 300, 1, none, "300 dots per inch"),
		"600 dpi":           square(2, 600, 1, none, "600 dots per inch"),
		"72 dpi in cm":      square(3, 28346, 1000, none, "72 dots per inch"),
		"300 dpi in cm":     square(3, 118, 1, none, "300 dots per inch"),
		"unit none":         square(1, 2, 1, none, "no unit"),
		"nothing known":     square(1, 1, 1, none, "states no voxel size"),
		"missing":           {"a.tif", tiffOf(1, [2]uint32{}, [2]uint32{}, 0, ""), none, "states no voxel size", ""},
		"zero":              square(3, 0, 1, none, "states no voxel size"),
		"by zero":           square(3, 20000, 0, none, "states no voxel size"),
		"zero by zero":      row(3, [2]uint32{0, 0}, [2]uint32{1, 0}, none, "states no voxel size", ""),
		"one axis":          row(3, [2]uint32{20000, 1}, [2]uint32{0, 1}, none, "states no voxel size", ""),
		"not square":        row(3, [2]uint32{20000, 1}, [2]uint32{10000, 1}, [3]float64{0.0005, 0.001, 0}, "", "not square"),
		"1 mm":              square(3, 10, 1, none, "exactly 1 mm"),
		"1 µm":              square(3, 10000, 1, [3]float64{0.001, 0.001, 0}, ""),
		"60 µm of a slide":  square(3, 10000, 60, none, "too large for a slide"),
		"a metre":           square(3, 1, 100, none, "not a voxel size"),
		"below an atom":     square(3, math.MaxUint32, 1, none, "not a voxel size"),
		"72 dpi of a stack": {"a.tif", tiffOf(3, [2]uint32{28, 1}, [2]uint32{28, 1}, 3, ""), none, "72 dots per inch", ""},
		"stack":             {"a.tif", tiffOf(3, [2]uint32{500, 1}, [2]uint32{500, 1}, 3, ""), plane, "distance between slices", ""},
	}
}

// spellings are the ways to write a unit, by the pixels of 20 µm that it holds, and 40 µm in it.
var spellings = []struct {
	pixels [2]uint32
	slices string
	units  []string
}{
	{[2]uint32{1, 20}, "40", []string{"um", "µm", "μm", `\u00B5m`, `\u00b5m`, "UM", "micron", "microns", "Micron", "micrometer", "micrometre", "micrometers", "Micrometres", "Mikrometer", "mu"}},
	{[2]uint32{1, 20000}, "40000", []string{"nm", "nanometer", "nanometres"}},
	{[2]uint32{1, 200000}, "400000", []string{"Å", "angstrom", "Angstroms"}},
	{[2]uint32{50, 1}, "0.04", []string{"mm", "MM", "millimeter", "millimetres"}},
	{[2]uint32{500, 1}, "0.004", []string{"cm", "centimetre", "Centimeters"}},
	{[2]uint32{50000, 1}, "4e-5", []string{"m", "meter", "metres"}},
	{[2]uint32{1270, 1}, "0.0015748031496062992", []string{"in", "inch", "inches", `"`}},
}

func imageJSizes() map[string]sized {
	um, third := [2]uint32{1, 20}, [2]uint32{1, 3}
	row := func(per [2]uint32, mm [3]float64, why string, lines ...string) sized {
		return sized{"a.tif", imageJOf(per, lines...), mm, why, ""}
	}
	rows := map[string]sized{
		"pixel":              row(um, none, "unit pixel", "unit=pixel", "spacing=40"),
		"pixels":             row(um, none, "unit pixel", "unit=pixels", "spacing=40"),
		"empty":              row(um, none, "no unit", "unit=", "spacing=40"),
		"blank":              row(um, none, "no unit", "unit= ", "spacing=40"),
		"none":               row(um, none, `unknown unit "none"`, "unit=none", "spacing=40"),
		"garbage":            row(um, none, "unknown unit", "unit=\x01☃", "spacing=40"),
		"no unit":            row(um, none, "no unit", "spacing=40"),
		"exactly 1 pixel":    row([2]uint32{1, 1}, none, "unit pixel", "unit=pixel", "spacing=1"),
		"no spacing":         row(um, plane, "distance between slices", "unit=um"),
		"spacing 0":          row(um, plane, "distance between slices", "unit=um", "spacing=0"),
		"spacing negative":   row(um, voxel, "", "unit=um", "spacing=-40"), // a flipped stack
		"spacing NaN":        row(um, none, "not a length", "unit=um", "spacing=NaN"),
		"spacing infinite":   row(um, none, "not a length", "unit=um", "spacing=Infinity"),
		"spacing 1e300":      row(um, none, "not a voxel size", "unit=um", "spacing=1e300"),
		"spacing overflows":  row([2]uint32{5, 1}, none, "not a length", "unit=cm", "spacing=1e308"),
		"spacing no number":  row(um, plane, "distance between slices", "unit=um", "spacing=wide"),
		"1 mm cubes":         row([2]uint32{1, 1}, none, "exactly 1 mm", "unit=mm", "spacing=1"),
		"1 µm cubes":         {"a.tif", imageJOf([2]uint32{1, 1}, "unit=um", "spacing=1"), [3]float64{0.001, 0.001, 0.001}, "", "exactly 1 um"},
		"no resolution":      row([2]uint32{}, none, "incomplete", "unit=um", "spacing=40"),
		"3 µm by a fraction": row(third, [3]float64{0.003, 0.003, 0.04}, "", "unit=um", "spacing=40"),
		"300 dpi":            row([2]uint32{300, 1}, none, "300 dots per inch", "unit=inch", "spacing=1"),
	}
	for _, s := range spellings {
		for _, unit := range s.units {
			rows[fmt.Sprintf("%+q", unit)] = row(s.pixels, voxel, "", "unit="+unit, "spacing="+s.slices)
		}
	}
	return rows
}

func omeSizes() map[string]sized {
	row := func(attributes string, mm [3]float64, why string) sized {
		return sized{"a.ome.tif", omeOf(attributes), mm, why, ""}
	}
	size := func(x, y, z string) string {
		return fmt.Sprintf(`PhysicalSizeX="%s" PhysicalSizeY="%s" PhysicalSizeZ="%s" `, x, y, z)
	}
	units := func(x, y, z string) string {
		return fmt.Sprintf(`PhysicalSizeXUnit="%s" PhysicalSizeYUnit="%s" PhysicalSizeZUnit="%s"`, x, y, z)
	}
	return map[string]sized{
		"no unit":           row(size("0.5", "0.5", "2"), micros, ""), // µm is the default of the schema
		"µm":                row(size("0.5", "0.5", "2")+units("µm", "µm", "µm"), micros, ""),
		"mm":                row(size("0.0005", "0.0005", "0.002")+units("mm", "mm", "mm"), micros, ""),
		"nm":                row(size("500", "500", "2000")+units("nm", "nm", "nm"), micros, ""),
		"Å":                 row(size("5000", "5000", "20000")+units("Å", "Å", "Å"), micros, ""),
		"inch":              row(size("0.001", "0.001", "0.001")+units("in", "in", "in"), [3]float64{0.0254, 0.0254, 0.0254}, ""),
		"z in nm":           row(size("0.5", "0.5", "2000")+units("µm", "µm", "nm"), micros, ""),
		"pixel":             row(size("1", "1", "1")+units("pixel", "pixel", "pixel"), none, "unit pixel"),
		"reference frame":   row(size("1", "1", "1")+units("reference frame", "reference frame", "reference frame"), none, "unknown unit"),
		"z in pixels":       row(size("0.5", "0.5", "2")+units("µm", "µm", "pixel"), none, "unit pixel"),
		"y in another unit": row(size("0.5", "0.5", "2")+units("µm", "mm", "µm"), none, "unknown unit"),
		"no size":           row("", none, "states no voxel size"),
		"no z":              row(`PhysicalSizeX="0.5" PhysicalSizeY="0.5"`, half, "distance between slices"),
		"no y":              row(`PhysicalSizeX="0.5" PhysicalSizeZ="2"`, none, "incomplete"),
		"z alone":           row(`PhysicalSizeZ="2"`, none, "incomplete"),
		"zero":              row(size("0", "0", "0"), none, "states no voxel size"),
		"negative":          row(size("-0.5", "0.5", "2"), none, "not a length"),
		"z negative":        row(size("0.5", "0.5", "-2"), none, "not a length"),
		"NaN":               row(size("NaN", "NaN", "NaN"), none, "not a length"),
		"infinite":          row(size("INF", "INF", "INF"), none, "not a length"),
		"1e300":             row(size("1e300", "1e300", "1e300"), none, "not a voxel size"),
		"overflows":         row(size("1e308", "1e308", "1e308")+units("in", "in", "in"), none, "not a length"),
		"1e-300":            row(size("1e-300", "1e-300", "1e-300"), none, "not a voxel size"),
		"1 mm":              row(size("1", "1", "1")+units("mm", "mm", "mm"), none, "exactly 1 mm"),
		"1 µm":              {"a.ome.tif", omeOf(size("1", "1", "1")), [3]float64{0.001, 0.001, 0.001}, "", "exactly 1 µm"},
		"no number":         row(size("wide", "0.5", "2"), none, "states no voxel size"),
	}
}

func aperioSizes() map[string]sized {
	row := func(fields string, mm [3]float64, why string) sized {
		return sized{"a.svs", aperioOf(fields), mm, why, ""}
	}
	return map[string]sized{
		"MPP":         row("|MPP = 0.5", half, ""),
		"comma":       row("|MPP = 0,5", half, ""),
		"absent":      row("", none, "states no voxel size"),
		"zero":        row("|MPP = 0", none, "states no voxel size"),
		"1e9":         row("|MPP = 1e9", none, "not a voxel size"),
		"1e300":       row("|MPP = 1e300", none, "not a voxel size"),
		"NaN":         row("|MPP = NaN", none, "not a length"),
		"negative":    row("|MPP = -0.5", none, "not a length"),
		"no number":   row("|MPP = unknown", none, "states no voxel size"),
		"no space":    row("|MPP=0.5", half, ""),
		"millimetres": row("|MPP = 500", none, "too large for a slide"),
	}
}

// Files that lie beside one another: slices of a scanner that contradict what they say, slices of unequal
// sizes, the text of an electron microscope, the log of a SkyScan.
func TestSizesOfSeveralFiles(t *testing.T) {
	thick := func(z string) [4]any { return [4]any{uint16(0x18), uint16(0x88), "DS", z} }
	for name, c := range map[string]struct {
		first string
		files map[string][]byte
		want  sized
	}{
		"DICOM":                {"", map[string][]byte{"1": dicomOf(0), "2": dicomOf(0.04), "3": dicomOf(0.08)}, sized{mm: [3]float64{0.02, 0.03, 0.04}}},
		"DICOM, says the same": {"", map[string][]byte{"1": dicomOf(0, thick("0.04")), "2": dicomOf(0.04, thick("0.04"))}, sized{mm: [3]float64{0.02, 0.03, 0.04}}},
		"DICOM, disagrees":     {"", map[string][]byte{"1": dicomOf(0, thick("0.5")), "2": dicomOf(0.04, thick("0.5")), "3": dicomOf(0.08, thick("0.5"))}, sized{why: "SpacingBetweenSlices"}},
		"DICOM, a gap":         {"", map[string][]byte{"1": dicomOf(0), "2": dicomOf(0.04), "3": dicomOf(0.12)}, sized{why: "slice"}},
		"slices":               {"", map[string][]byte{"1.png": pngOf(t, 50000, 50000, 1), "2.png": pngOf(t, 50000, 50000, 1)}, sized{mm: plane, why: "distance between slices"}},
		"slices disagree":      {"", map[string][]byte{"1.png": pngOf(t, 50000, 50000, 1), "2.png": pngOf(t, 40000, 40000, 1)}, sized{why: "different pixel sizes"}},
		"one slice is silent":  {"", map[string][]byte{"1.png": pngOf(t, 50000, 50000, 1), "2.png": encoded(t, "png")}, sized{why: "different pixel sizes"}},
		"SkyScan": {"", map[string][]byte{"s1.bmp": bmpOf(t, 0, 0), "s3.bmp": bmpOf(t, 0, 0),
			"s.log": []byte("[System]\nScanner=X\n[Reconstruction]\nPixel Size (um)=20\nSection to Section Step=2\n")}, sized{mm: voxel}},
		"Hitachi": {"a.jpg", map[string][]byte{"a.jpg": jfifOf(t, 1, 96, 96),
			"a.txt": []byte("[SemImageFile]\r\nImageName=a.jpg\r\nDataSize=4x4\r\nPixelSize=500\r\n")}, sized{mm: half}},
		"Hitachi, scaled": {"a.jpg", map[string][]byte{"a.jpg": jfifOf(t, 1, 96, 96),
			"a.txt": []byte("[SemImageFile]\r\nImageName=a.jpg\r\nDataSize=8x8\r\nPixelSize=500\r\n")}, sized{why: "96 dots", warn: "8 x 8"}},
	} {
		t.Run(name, func(t *testing.T) { c.want.check(t, files(t, c.first, c.files)) })
	}
}

// A header whose size is no number, or has no unit where the format wants one, is refused in one line.
func TestSizesThatAreErrors(t *testing.T) {
	for name, c := range map[string]struct {
		first string
		files map[string][]byte
		want  string
	}{
		"MetaImage, NaN":  {"a.mha", map[string][]byte{"a.mha": metaOf("ElementSpacing = nan nan nan\n")}, `"nan" is not a number`},
		"raw, no unit":    {"a.raw", map[string][]byte{"a.raw": make([]byte, 16), "a.raw.yaml": []byte("size: [4, 4]\ntype: uint8\nspacing: 20\n")}, "no unit"},
		"raw, pixels":     {"a.raw", map[string][]byte{"a.raw": make([]byte, 16), "a.raw.yaml": []byte("size: [4, 4]\ntype: uint8\nspacing: 1 pixel\n")}, "unit"},
		"NRRD, no number": {"a.nrrd", map[string][]byte{"a.nrrd": nrrdOf("spacings: wide 1 1\n")}, "not a number"},
	} {
		r, err := Path(t.Context(), files(t, c.first, c.files), Options{})
		if err == nil {
			err = r.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
