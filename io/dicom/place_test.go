package dicom

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/volume"
)

// series are slices whose pixels hold their place; names run against the positions.
func series(z ...float64) map[string]object {
	files := map[string]object{}
	for i, p := range z {
		files[fmt.Sprintf("slice%02d", len(z)-i)] = basic(p, uint16(i), 0, 0, 0).with(0x00200013, "IS", fmt.Sprint(i))
	}
	return files
}

// each changes all files.
func each(files map[string]object, tag uint32, vr string, value any) map[string]object {
	for name, o := range files {
		files[name] = o.with(tag, vr, value)
	}
	return files
}

func TestSlicesAreOrderedByPosition(t *testing.T) {
	dir := folder(t, series(-0.5, 0, 0.5, 1))
	if !IsFolder(dir) {
		t.Error("no folder of DICOM files")
	}
	r, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	i, got := whole(t, r)
	for z := range 4 {
		if got[8*z] != byte(z) {
			t.Errorf("slice %d is %d", z, got[8*z])
		}
	}
	g := i.Grid
	if g.N != [3]int{2, 2, 4} || g.Spacing != [3]float64{0.2, 0.3, 0.5} || g.Origin != [3]float64{1, 2, -0.5} || i.Format != "DICOM series" || len(i.Warnings) > 0 {
		t.Errorf("%+v", i)
	}
}

// Rows and columns that are turned by 30 degrees about x keep their directions.
func TestObliqueSlices(t *testing.T) {
	c, s := math.Cos(math.Pi/6), math.Sin(math.Pi/6)
	files := map[string]object{}
	for i := range 3 {
		d := 0.5 * float64(i)
		files[fmt.Sprint(i)] = basic(0, uint16(i), 0, 0, 0).with(0x00200032, "DS", fmt.Sprintf("7\\%.9f\\%.9f", -s*d, c*d)).
			with(0x00200037, "DS", fmt.Sprintf("1\\0\\0\\0\\%.9f\\%.9f", c, s))
	}
	r, err := Open(t.Context(), folder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	g, want := r.Info().Grid, [3][3]float64{{1, 0, 0}, {0, c, s}, {0, -s, c}}
	for a := range 3 {
		for k := range 3 {
			if math.Abs(g.Axes[a][k]-want[a][k]) > 1e-6 {
				t.Fatalf("axes %v", g.Axes)
			}
		}
	}
	if math.Abs(g.Spacing[2]-0.5) > 1e-6 || g.Origin != [3]float64{7, 0, 0} {
		t.Errorf("%+v", g)
	}
}

func TestPlaceOfSlices(t *testing.T) {
	none := func() map[string]object { return each(series(0, 1, 2), 0x00200032, "", nil) }
	tilted := map[string]object{}
	for i := range 3 {
		tilted[fmt.Sprint(i)] = basic(0, 1, 2, 3, 4).with(0x00200032, "DS", fmt.Sprintf("0\\%g\\%d", 0.2*float64(i), i))
	}
	other := series(0, 1, 2)
	other["slice02"] = other["slice02"].with(0x00280030, "DS", "0.4\\0.4")
	for name, c := range map[string]struct {
		files              map[string]object
		z                  float64
		withheld, warnings string // parts of them
	}{
		"regular":                   {series(0, 1, 2), 1, "", ""},
		"rounded positions":         {series(0, 0.061, 0.121, 0.182, 0.243), 0.06075, "", ""},
		"one is missing":            {series(0, 1, 3, 4), 0, "slices are missing by their positions: 1, the first between slice03 and slice02", "slices are missing"},
		"uneven":                    {series(0, 1, 2.4, 3.4), 0, "the distances between slices differ: 1 to 1.4 mm, the largest behind slice03", ""},
		"thickness":                 {each(series(0, 1, 2), 0x00180050, "DS", "2"), 1, "", "SliceThickness is 2 mm, but the slices are 1 mm apart"},
		"spacing that contradicts":  {each(series(0, 1, 2), 0x00180088, "DS", "2"), 0, "SpacingBetweenSlices is 2 mm, but the positions are 1 mm apart", ""},
		"tilted gantry":             {tilted, 0, "not at right angles", ""},
		"different pixels":          {other, 0, "different PixelSpacing", ""},
		"no position":               {none(), 0, "distance between slices is not stated", "ordered by InstanceNumber"},
		"no position, spacing":      {each(none(), 0x00180088, "DS", "0.7"), 0.7, "", "ordered by InstanceNumber"},
		"no position, thickness":    {each(none(), 0x00180050, "DS", "0.7"), 0.7, "", "taken from SliceThickness"},
		"no PixelSpacing":           {each(series(0, 1, 2), 0x00280030, "", nil), 0, "the size in the plane is incomplete", ""},
		"PixelSpacing of 1 mm":      {each(series(0, 1, 2), 0x00280030, "DS", "1\\1"), 0, "exactly 1 mm is a default", ""},
		"different slopes":          {withSlope(series(0, 1, 2)), 1, "", "different RescaleSlope"},
		"two, of different heights": {series(0, 3), 3, "", ""},
		"detector and object":       {each(series(0, 1, 2), 0x00181164, "DS", "0.5\\0.5"), 1, "", "ImagerPixelSpacing is [0.5 0.5] mm, which is measured at the detector and not in the object; PixelSpacing, [0.3 0.2] mm, is taken"},
		"detector, reconstructed":   {each(series(0, 1, 2), 0x00181164, "DS", "0.3\\0.2"), 1, "", ""},
	} {
		r, err := Open(t.Context(), folder(t, c.files))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		i, _ := whole(t, r)
		g := i.Grid
		w := strings.Join(i.Warnings, "; ")
		if math.Abs(g.Spacing[2]-c.z) > 1e-9 || (g.Calibration.Withheld == "") != (c.withheld == "") || !strings.Contains(g.Calibration.Withheld, c.withheld) {
			t.Errorf("%s: %v mm, withheld %q", name, g.Spacing, g.Calibration.Withheld)
		}
		if (w == "") != (c.warnings == "") || !strings.Contains(w, c.warnings) {
			t.Errorf("%s: warnings %q", name, w)
		}
		if withheld := g.Calibration.Source == volume.Unknown; withheld && g.Spacing != [3]float64{} {
			t.Errorf("%s: %+v", name, g)
		}
	}
}

// withSlope gives every slice a slope of its own.
func withSlope(files map[string]object) map[string]object {
	for name, o := range files {
		files[name] = o.with(0x00281053, "DS", name[len(name)-1:])
	}
	return files
}

func TestSlopesOfSlicesAreApplied(t *testing.T) {
	files := series(0, 1, 2)
	for name, o := range files {
		files[name] = o.with(0x00281053, "DS", "0.5").with(0x00281052, "DS", name[len(name)-1:])
	}
	r, err := Open(t.Context(), folder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	_, got := whole(t, r)
	want := little([]float32{3, 3, 3, 3, 2.5, 2, 2, 2, 2, 1, 1, 1})
	if !bytes.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestFoldersThatAreNoVolume(t *testing.T) {
	change := func(name string, tag uint32, vr string, value any) map[string]object {
		files := series(0, 1, 2)
		files[name] = files[name].with(tag, vr, value)
		return files
	}
	for want, files := range map[string]map[string]object{
		"slice01 and slice02 lie at the same place: keep one of each":                              series(0, 1, 1),
		"the folder holds 2 series (2 files like slice01; 1 file like slice03)":                    change("slice03", 0x0020000e, "UI", "1.2.9"),
		"slice01 and slice03 state no position and the same InstanceNumber":                        each(each(series(0, 1, 2), 0x00200032, "", nil), 0x00200013, "IS", "2"),
		"slice01 and slice03 are turned against one another":                                       change("slice03", 0x00200037, "DS", "0\\1\\0\\0\\0\\1"),
		"of slice01 and slice03 only one states ImagePositionPatient":                              change("slice03", 0x00200032, "", nil),
		"the files differ: slice01 is 2 x 2, 1 slices, 16 of 16 bits, 1 channels, slice03 is":      change("slice03", 0x00280101, "US", uint16(15)),
		"slice02: its pixels do not lie as the transfer syntax 1.2.840.10008.1.2.1":                change("slice02", 0x7fe00010, "OB", [][]byte{nil}),
		"slice01 holds 3 slices itself: open it alone":                                             {"slice01": multiframe(3), "slice02": multiframe(3)},
		"no DICOM images in the folder":                                                            {"a": basic(0).with(0x7fe00010, "", nil)},
		"the slices state neither ImagePositionPatient nor InstanceNumber: their order is unknown": each(each(series(0, 1, 2), 0x00200032, "", nil), 0x00200013, "", nil),
	} {
		if strings.Contains(want, "the same InstanceNumber") {
			files["slice03"] = files["slice03"].with(0x00200013, "IS", "1")
			files["slice01"] = files["slice01"].with(0x00200013, "IS", "1")
		}
		_, err := Open(t.Context(), folder(t, files))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestOtherFilesInTheFolder(t *testing.T) {
	dir := folder(t, series(0, 1, 2))
	for name, text := range map[string]string{"notes.txt": "no image", "DICOMDIR": string(basic(0).with(0x7fe00010, "", nil).bytes()), ".hidden": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	i, _ := whole(t, r)
	if len(i.Warnings) != 1 || i.Warnings[0] != "left out, as no DICOM images: DICOMDIR, notes.txt" || i.Grid.N[2] != 3 {
		t.Errorf("%v, %q", i.Grid.N, i.Warnings)
	}
	for k := range 3 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.tif", k)), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !IsFolder(dir) || IsFolder(t.TempDir()) || IsFolder(filepath.Join(dir, "absent")) {
		t.Error("what a folder is")
	}
	if err := os.WriteFile(filepath.Join(dir, "5.tif"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if IsFolder(dir) {
		t.Error("more TIFF than DICOM files")
	}
}

// multiframe is an object of n frames of 1 x 2 bytes whose groups place them from the last to the first.
func multiframe(n int) object {
	var perFrame []item
	var pixels []byte
	for i := range n {
		perFrame = append(perFrame, item{{0x00209113, "SQ", item{{0x00200032, "DS", fmt.Sprintf("0\\0\\%d", 2*(n-i))}}}})
		pixels = append(pixels, byte(10*i), byte(10*i+1))
	}
	shared := item{
		{0x00209116, "SQ", item{{0x00200037, "DS", "1\\0\\0\\0\\1\\0"}}},
		{0x00289110, "SQ", item{{0x00180050, "DS", "2"}, {0x00280030, "DS", "0.3\\0.2"}}},
		{0x00289145, "SQ", item{{0x00281052, "DS", "-5"}, {0x00281053, "DS", "1"}}},
	}
	return basic(0).with(0x00200032, "", nil).with(0x00200037, "", nil).with(0x00280030, "", nil).
		with(0x00280008, "IS", fmt.Sprint(n)).with(0x00280010, "US", uint16(1)).
		with(0x00280100, "US", uint16(8)).with(0x00280101, "US", uint16(8)).with(0x00280102, "US", uint16(7)).
		with(0x52009229, "SQ", []item{shared}).with(0x52009230, "SQ", perFrame).with(0x7fe00010, "OB", pixels)
}

func TestFrames(t *testing.T) {
	for _, syntax := range []string{explicitLittle, implicitLittle, deflatedLittle} {
		i, got := read(t, multiframe(3).as(syntax))
		g := i.Grid
		if !bytes.Equal(got, little([]int16{15, 16, 5, 6, -5, -4})) || g.Spacing != [3]float64{0.2, 0.3, 2} || g.Origin != [3]float64{0, 0, 2} || i.Type != imagefile.Int16 || len(i.Warnings) > 0 {
			t.Errorf("%v, %+v", got, i)
		}
	}
	plain := basic(5).with(0x00280008, "IS", "3").with(0x7fe00010, "OW", make([]uint16, 12))
	for name, c := range map[string]struct {
		o        object
		z        float64
		warnings int
	}{
		"offsets":         {plain.with(0x3004000c, "DS", "0\\4\\8"), 4, 0},
		"no positions":    {plain, 0, 0},
		"between":         {plain.with(0x00180088, "DS", "3"), 3, 0},
		"thickness alone": {plain.with(0x00180050, "DS", "3"), 3, 1},
	} {
		if i, _ := read(t, c.o); i.Grid.Spacing[2] != c.z || len(i.Warnings) != c.warnings {
			t.Errorf("%s: %v, %q", name, i.Grid.Spacing, i.Warnings)
		}
	}
}

// A radiograph's size holds at the detector, unless the file says that it was carried over to the object.
func TestRadiographs(t *testing.T) {
	plain := basic(0, 1, 2, 3, 4).with(0x00200032, "", nil).with(0x00200037, "", nil)
	same := plain.with(0x00181164, "DS", "0.3\\0.2")
	for name, c := range map[string]struct {
		o        object
		x        float64
		withheld string
	}{
		"no word of a detector": {plain, 0.2, ""},
		"at the detector alone": {same.with(0x00280030, "", nil), 0, "only ImagerPixelSpacing is stated"},
		"repeated":              {same, 0, "PixelSpacing repeats ImagerPixelSpacing"},
		"calibrated":            {same.with(0x00280a02, "CS", "GEOMETRY"), 0.2, ""},
		"magnified":             {plain.with(0x00181164, "DS", "0.6\\0.4"), 0.2, ""},
	} {
		i, _ := read(t, c.o)
		g := i.Grid
		if g.Spacing[0] != c.x || (c.withheld == "") != (g.Calibration.Withheld == "") || !strings.Contains(g.Calibration.Withheld, c.withheld) {
			t.Errorf("%s: %v, withheld %q", name, g.Spacing, g.Calibration.Withheld)
		}
	}
}

// enhanced is an object of frames of 1 x 2 bytes, each with the given groups; pixels count up.
func enhanced(groups ...item) object {
	var pixels []byte
	for i := range groups {
		pixels = append(pixels, byte(10*i), byte(10*i+1))
	}
	return multiframe(len(groups)).with(0x52009230, "SQ", groups).with(0x7fe00010, "OB", pixels)
}

func placed(z float64, more ...field) item {
	return append(item{{0x00209113, "SQ", item{{0x00200032, "DS", fmt.Sprintf("0\\0\\%g", z)}}}}, more...)
}

// Frames that come in any order, each with its own rescaling, lie at their places in one volume.
func TestFramesInAnyOrder(t *testing.T) {
	slope := func(s string) field {
		return field{0x00289145, "SQ", item{{0x00281052, "DS", "1"}, {0x00281053, "DS", s}}}
	}
	i, got := read(t, enhanced(placed(4, slope("2")), placed(0, slope("1")), placed(6, slope("1")), placed(2, slope("3"))))
	want := little([]int16{11, 12, 91, 94, 1, 3, 21, 22})
	if !bytes.Equal(got, want) || i.Grid.Spacing[2] != 2 || i.Grid.Origin != [3]float64{0, 0, 0} || len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "different RescaleSlope") {
		t.Errorf("%v, %+v", imagefile.Values(got, i.Type), i)
	}
	r, err := Open(t.Context(), save(t, enhanced(placed(4), placed(0), placed(8), placed(2)).bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if w := r.Info().Grid.Calibration.Withheld; !strings.Contains(w, "missing by their positions: 1, the first between f.dcm frame 1 and f.dcm frame 3") {
		t.Errorf("%q", w)
	}
}

// Of frames that lie at each place equally often the first are read: they are the first of a series.
func TestFramesAtTheSamePlaces(t *testing.T) {
	i, got := read(t, enhanced(placed(2), placed(0), placed(0), placed(2), placed(2), placed(0)))
	if !bytes.Equal(got, little([]int16{5, 6, -5, -4})) || i.Grid.N[2] != 2 || len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "3 frames at each place") {
		t.Errorf("%v, %+v", imagefile.Values(got, i.Type), i)
	}
	if _, err := Open(t.Context(), save(t, enhanced(placed(2), placed(0), placed(0)).bytes())); err == nil || !strings.Contains(err.Error(), "lie at the same place") {
		t.Errorf("%v", err)
	}
}

func TestSegments(t *testing.T) {
	of := func(n uint16) field { return field{0x0062000a, "SQ", item{{0x0062000b, "US", n}}} }
	o := enhanced(placed(0, of(2)), placed(0, of(1)), placed(2, of(1)), placed(2, of(2)), placed(4, of(1))).
		with(0x00620002, "SQ", []item{{{0x00620004, "US", uint16(1)}, {0x00620005, "LO", "clot"}}})
	i, got := read(t, o)
	if !bytes.Equal(got, little([]int16{5, 6, 15, 16, 35, 36})) || len(i.Warnings) != 1 || i.Warnings[0] != "the file holds 2 segments: number 1 (\"clot\") is read" {
		t.Errorf("%v, %+v", imagefile.Values(got, i.Type), i)
	}
}
