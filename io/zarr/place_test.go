package zarr

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestCalibration(t *testing.T) {
	um := func(v ...float64) (out [3]float64) {
		for a, x := range v {
			out[a] = x / 1000
		}
		return out
	}
	mixed := axesOf("zyx", "micrometer")
	mixed[0]["unit"] = "millimeter"
	mixed[1]["unit"] = "nanometer"
	half := axesOf("zyx", "micrometer")
	delete(half[1], "unit")
	flat := axesOf("zyx", "micrometer")
	delete(flat[0], "unit")
	affine := ome(axesOf("zyx", "micrometer"), object{"path": "0", "coordinateTransformations": []object{{"type": "affine"}}})
	stored := ome(axesOf("zyx", "micrometer"), object{"path": "0", "coordinateTransformations": []object{{"type": "scale", "path": "scales"}}})
	twice := ome(axesOf("zyx", "nanometer"), level("0", []float64{1, 2, 3}, []float64{10, 0, 0}))
	twice["multiscales"].([]object)[0]["coordinateTransformations"] = []object{{"type": "scale", "scale": []float64{100, 100, 100}}, {"type": "translation", "translation": []float64{0, 0, 7}}}
	for name, c := range map[string]struct {
		attrs    object
		spacing  [3]float64
		origin   [3]float64
		withheld string
	}{
		"micrometres":         {ome(axesOf("zyx", "micrometer"), level("0", []float64{30, 20, 20}, []float64{300, -20, 0})), um(20, 20, 30), um(0, -20, 300), ""},
		"millimetres":         {ome(axesOf("zyx", "millimeter"), level("0", []float64{.03, .02, .02}, nil)), um(20, 20, 30), um(), ""},
		"three units":         {ome(mixed, level("0", []float64{.03, 20000, 20}, nil)), um(20, 20, 30), um(), ""},
		"pyramid scaled too":  {twice, um(.3, .2, .1), um(7e-3, 0, 1), ""},
		"no unit":             {ome(axesOf("zyx", ""), level("0", []float64{30, 20, 20}, []float64{300, -20, 0})), um(), um(), "size 20 has no unit"},
		"y without unit":      {ome(half, level("0", []float64{30, 20, 20}, nil)), um(), um(), "unknown unit"},
		"z without unit":      {ome(flat, level("0", []float64{30, 20, 20}, nil)), um(), um(), "size 30 has no unit"},
		"seconds":             {ome(axesOf("zyx", "second"), level("0", []float64{30, 20, 20}, nil)), um(), um(), `unknown unit "second"`},
		"pixels":              {ome(axesOf("zyx", "pixel"), level("0", []float64{1, 1, 1}, nil)), um(), um(), "unit pixel"},
		"1 mm":                {ome(axesOf("zyx", "millimeter"), level("0", []float64{1, 1, 1}, nil)), um(), um(), "exactly 1 mm"},
		"parsecs":             {ome(axesOf("zyx", "parsec"), level("0", []float64{3, 2, 2}, nil)), um(), um(), "not a voxel size"},
		"no scale":            {ome(axesOf("zyx", "micrometer"), level("0", nil, nil)), um(), um(), "states no voxel size"},
		"negative":            {ome(axesOf("zyx", "micrometer"), level("0", []float64{30, -20, 20}, nil)), um(), um(), "is not a length"},
		"two numbers":         {ome(axesOf("zyx", "micrometer"), level("0", []float64{20, 20}, nil)), um(), um(), "its scale has 2 numbers for 3 axes"},
		"affine":              {affine, um(), um(), `type "affine" is not read`},
		"scales in an array":  {stored, um(), um(), "its scale lies in an array of its own"},
		"an origin that is ∞": {ome(axesOf("zyx", "meter"), level("0", []float64{3e-5, 2e-5, 2e-5}, []float64{1e308, 0, 0})), um(20, 20, 30), um(), ""},
	} {
		dir := t.TempDir()
		bytesOf(4, 5, 6).write(t, filepath.Join(dir, "0"))
		group(t, dir, 2, c.attrs)
		i, _ := whole(t, dir)
		g := i.Grid
		if !near(g.Spacing, c.spacing) || !near(g.Origin, c.origin) {
			t.Errorf("%s: spacing %v, origin %v", name, g.Spacing, g.Origin)
		}
		if w := g.Calibration.Withheld; (w == "") != (c.withheld == "") || !strings.Contains(w, c.withheld) {
			t.Errorf("%s: withheld %q", name, w)
		}
	}
}
