package stack

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/volume"
)

const skyscanLog = "[System]\n[User]\nUser Name=x\n[Reconstruction]\nSection to Section Step=1\nSections Count=4\n" +
	"Result Image Width (pixels)=3\nResult Image Height (pixels)=2\nPixel Size (um)=8.5\n[File name convention]\nFilename Prefix=rec_\n"

func TestSkyScanLog(t *testing.T) {
	for name, c := range map[string]struct {
		log, where string
		by         int // step of the numbers
		spacing    [3]float64
		withheld   string
		warning    string
	}{
		"inside":    {skyscanLog, "scan/rec.log", 1, [3]float64{0.0085, 0.0085, 0.0085}, "", ""},
		"beside":    {skyscanLog, "any.log", 1, [3]float64{0.0085, 0.0085, 0.0085}, "", ""},
		"of step 2": {strings.Replace(skyscanLog, "Step=1", "Step=2", 1), "scan/rec.log", 2, [3]float64{0.0085, 0.0085, 0.017}, "", ""},
		"thinned":   {skyscanLog, "scan/rec.log", 2, [3]float64{0.0085, 0.0085, 0}, "numbered in steps of 2", ""},
		"scaled":    {strings.Replace(skyscanLog, "=3", "=6", 1), "scan/rec.log", 1, [3]float64{}, "6 x 2 pixels, but these have 3 x 2", ""},
		"a part":    {strings.Replace(skyscanLog, "Count=4", "Count=9", 1), "scan/rec.log", 1, [3]float64{0.0085, 0.0085, 0.0085}, "", "about 9 slices, the folder has 4"},
		"damaged":   {strings.Replace(skyscanLog, "8.5", "?", 1), "scan/rec.log", 1, [3]float64{}, "states no voxel size", "Pixel Size (um)"},
		"too large": {strings.Replace(skyscanLog, "8.5", "85000", 1), "scan/rec.log", 1, [3]float64{}, "not a voxel size", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			folder := filepath.Join(dir, "scan")
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			for z := range 4 {
				put(t, folder, fmt.Sprintf("rec_%d.png", 10+z*c.by), 3, 0)
			}
			if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(c.where)), []byte(c.log), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := Open(t.Context(), folder, openPNG)
			if err != nil {
				t.Fatal(err)
			}
			i := r.Info()
			k := i.Grid.Calibration
			if i.Grid.Spacing != c.spacing || (k.Source == volume.Header) != (c.spacing[0] > 0) || !strings.Contains(k.Withheld, c.withheld) || (k.Withheld == "") != (c.withheld == "") {
				t.Errorf("%v, %+v", i.Grid.Spacing, k)
			}
			text := strings.Join(i.Warnings, "\n")
			if !strings.Contains(text, c.warning) || name != "damaged" && strings.Contains(text, "not read") || (c.warning == "") != (text == "") {
				t.Errorf("warnings %q", i.Warnings)
			}
			if name == "inside" && (k.Field != "SkyScan log rec.log: Pixel Size (um)" || !slices.Equal(i.Identifiers, []string{"SkyScan log User Name"})) {
				t.Errorf("%q, %q", k.Field, i.Identifiers)
			}
			if beside := LogBeside(folder); (beside != "") != (name == "beside") {
				t.Errorf("a log beside: %q", beside)
			}
		})
	}
}

func TestLogAgainstSlices(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "rec.log"), []byte(skyscanLog), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &Reader{folder: dir, names: []string{"rec_1.png", "rec_2.png"}}
	infos := sized(20, 20)
	for z := range infos {
		infos[z].Grid.N = [3]int{3, 2, 1}
	}
	r.describe(infos, nil)
	if g := r.Info().Grid; g.Spacing[2] != 0.0085 || !slices.Equal(g.Calibration.Warnings, []string{"the slices themselves say 20 µm"}) {
		t.Errorf("%+v", g)
	}
}
