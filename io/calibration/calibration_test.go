package calibration

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"explant/volume"
)

// tolerance is relative: the sizes pass through a few multiplications only.
const tolerance = 1e-12

func near(a, b float64) bool { return math.Abs(a-b) <= tolerance*math.Max(math.Abs(a), math.Abs(b)) }

func TestPerUnit(t *testing.T) {
	for mm, spellings := range map[float64][]string{
		1000: {"m", "meter", "metres"},
		10:   {"cm", "centimeter", "Centimetres", "centimetre "},
		1:    {"mm", "MM", "millimeter", "millimetres", "mm\x00"},
		1e-3: {"um", "µm", "μm", `\u00B5m`, `\u00b5m`, "\xb5m", "Âµm", "micron", "Microns", "micrometer", "micrometres", "Mikrometer", "mikron", "mu"},
		1e-6: {"nm", "nanometers"},
		1e-9: {"pm", "picometers"},
		1e-7: {"Å", "\u212b", "angstroms"},
		25.4: {"in", "inch", "inches", "Inch", `"`},
	} {
		for _, s := range spellings {
			if got, ok := PerUnit(s); !ok || got != mm {
				t.Errorf("%q is %v mm (%v), not %v", s, got, ok, mm)
			}
		}
	}
	for _, s := range []string{"", " ", "pixel", "pixels", "px", "sec", "furlong", "s"} {
		if mm, ok := PerUnit(s); ok {
			t.Errorf("%q is %v mm", s, mm)
		}
	}
}

func TestApply(t *testing.T) {
	um := func(x, y, z float64) [3]float64 { return [3]float64{x / 1000, y / 1000, z / 1000} }
	for name, c := range map[string]struct {
		s        Statement
		nz       int
		spacing  [3]float64
		stated   [3]float64
		withheld string // a part of the reason
		warnings int
	}{
		"slide in cm":             {Resolution(20000, 20000, 3), 1, um(0.5, 0.5, 0), um(0.5, 0.5, 0), "", 0},
		"slide in inch":           {Resolution(50800, 50800, 2), 1, um(0.5, 0.5, 0), um(0.5, 0.5, 0), "", 0},
		"72 dpi":                  {Resolution(72, 72, 2), 1, [3]float64{}, um(25400./72, 25400./72, 0), "72 dots", 0},
		"72 dpi in cm, cut short": {Resolution(28.34, 28.34, 3), 1, [3]float64{}, um(10000/28.34, 10000/28.34, 0), "72 dots", 0},
		"96 dpi in cm":            {Resolution(37.79, 37.79, 3), 40, [3]float64{}, um(10000/37.79, 10000/37.79, 0), "96 dots", 0},
		"72 dpi in whole cm":      {Resolution(28, 28, 3), 40, [3]float64{}, um(10000./28, 10000./28, 0), "72 dots", 0},
		"96 dpi in whole cm":      {Resolution(38, 38, 3), 40, [3]float64{}, um(10000./38, 10000./38, 0), "96 dots", 0},
		"200 µm, a scan":          {Resolution(50, 50, 3), 40, um(200, 200, 0), um(200, 200, 0), "between slices", 0},
		"beyond all numbers":      {Statement{Size: [3]float64{1e308, 1e308, 1e308}, Unit: "m"}, 9, [3]float64{}, [3]float64{}, "not a length", 0},
		"infinite":                {Statement{Size: [3]float64{math.Inf(1), 2, 3}, Unit: "um"}, 9, [3]float64{}, [3]float64{}, "not a length", 0},
		"1e300":                   {Statement{Size: [3]float64{1e300, 1e300, 1}, Unit: "mm"}, 1, [3]float64{}, [3]float64{1e300, 1e300, 0}, "not a voxel size", 0},
		"z not a number":          {Statement{Size: [3]float64{2, 2, math.NaN()}, Unit: "um"}, 9, [3]float64{}, [3]float64{}, "not a length", 0},
		"z of a picture":          {Statement{Size: [3]float64{2, 2, math.NaN()}, Unit: "um"}, 1, um(2, 2, 0), um(2, 2, 0), "", 0},
		"z in pixels":             {Statement{Size: [3]float64{2, 2, 1}, Unit: "um", UnitZ: "pixel"}, 9, [3]float64{}, [3]float64{}, "pixel", 0},
		"300 dpi":                 {Resolution(300, 300, 2), 1, [3]float64{}, um(25400./300, 25400./300, 0), "300 dots", 0},
		"fractional dpi":          {Resolution(72.8, 72.8, 2), 1, [3]float64{}, um(25400/72.8, 25400/72.8, 0), "too large", 0},
		"no unit":                 {Resolution(72, 72, 1), 1, [3]float64{}, [3]float64{}, "no unit", 0},
		"writer knows nothing":    {Resolution(1, 1, 1), 1, [3]float64{}, [3]float64{}, "states no", 0},
		"zero resolution":         {Resolution(0, 0, 3), 1, [3]float64{}, [3]float64{}, "states no", 0},
		"a metre a pixel":         {Resolution(0.01, 0.01, 3), 1, [3]float64{}, um(1e6, 1e6, 0), "not a voxel size", 0},
		"60 µm, a slide":          {Statement{Size: [3]float64{60, 60}, Unit: "µm"}, 1, [3]float64{}, um(60, 60, 0), "too large", 0},
		"60 µm, a scan":           {Statement{Size: [3]float64{60, 60, 60}, Unit: "µm"}, 9, um(60, 60, 60), um(60, 60, 60), "", 0},
		"slices unknown":          {Resolution(500, 500, 3), 9, um(20, 20, 0), um(20, 20, 0), "between slices", 0},
		"1 mm cubes":              {Statement{Size: [3]float64{1, 1, 1}, Unit: "mm"}, 9, [3]float64{}, [3]float64{1, 1, 1}, "default", 0},
		"1 µm cubes":              {Statement{Size: [3]float64{1, 1, 1}, Unit: "um"}, 9, um(1, 1, 1), um(1, 1, 1), "", 1},
		"1 pixel":                 {Statement{Size: [3]float64{1, 1, 1}, Unit: "pixels"}, 9, [3]float64{}, [3]float64{}, "pixel", 0},
		"unknown unit":            {Statement{Size: [3]float64{1, 1, 1}, Unit: "cubits"}, 9, [3]float64{}, [3]float64{}, "cubits", 0},
		"two units":               {Statement{Size: [3]float64{20, 20, 0.04}, Unit: "um", UnitZ: "mm"}, 9, um(20, 20, 40), um(20, 20, 40), "", 0},
		"not square":              {Statement{Size: [3]float64{0.5, 0.6}, Unit: "um"}, 1, um(0.5, 0.6, 0), um(0.5, 0.6, 0), "", 1},
		"negative":                {Statement{Size: [3]float64{-1, 2, 3}, Unit: "um"}, 9, [3]float64{}, [3]float64{}, "not a length", 0},
		"not a number":            {Statement{Size: [3]float64{math.NaN(), 2, 3}, Unit: "um"}, 9, [3]float64{}, [3]float64{}, "not a length", 0},
		"only across":             {Statement{Size: [3]float64{0, 0, 5}, Unit: "um"}, 9, [3]float64{}, um(0, 0, 5), "incomplete", 0},
		"smaller than an atom":    {Statement{Size: [3]float64{0.01, 0.01}, Unit: "nm"}, 1, [3]float64{}, um(1e-5, 1e-5, 0), "not a voxel size", 0},
	} {
		t.Run(name, func(t *testing.T) {
			g := volume.Grid{N: [3]int{10, 10, c.nz}}
			c.s.Apply(&g)
			k := g.Calibration
			for a := range 3 {
				if !near(g.Spacing[a], c.spacing[a]) || !near(k.Stated[a], c.stated[a]) {
					t.Fatalf("spacing %v, stated %v", g.Spacing, k.Stated)
				}
			}
			if (c.withheld == "") != (k.Withheld == "") || !strings.Contains(k.Withheld, c.withheld) || len(k.Warnings) != c.warnings {
				t.Errorf("withheld %q, warnings %q", k.Withheld, k.Warnings)
			}
			if (k.Source == volume.Header) != (c.spacing[0] > 0) {
				t.Errorf("source %q", k.Source)
			}
		})
	}
}

func TestImageJ(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		x        float64
		unit     int
		spacing  [3]float64
		withheld string
	}{
		"microns":         {"ImageJ=1.44d\nimages=33\nslices=33\nunit=um\nspacing=0.5\nloop=false\n", 4, 1, [3]float64{0.00025, 0.00025, 0.0005}, ""},
		"escaped":         {"ImageJ=1.49v\nimages=33\nunit=\\u00B5m\nspacing=0.5\n", 4, 1, [3]float64{0.00025, 0.00025, 0.0005}, ""},
		"carriage return": {"ImageJ=1.49v\r\nimages=33\r\nunit=micron\r\nspacing=20\r\n", 0.05, 1, [3]float64{0.02, 0.02, 0.02}, ""},
		"flipped":         {"ImageJ=1.49v\nunit=um\nspacing=-20\n", 0.05, 1, [3]float64{0.02, 0.02, 0.02}, ""},
		"no spacing":      {"ImageJ=1.53c\nimages=33\nunit=um\n", 0.05, 1, [3]float64{0.02, 0.02, 0}, "between slices"},
		"100 per inch":    {"ImageJ=1.52p\nimages=100\nunit=inch\n", 100, 2, [3]float64{}, "100 dots"},
		"blank unit":      {"ImageJ=1.53t\nunit= \nspacing=1.953125\n", 0.512, 1, [3]float64{}, "no unit"},
		"pixels":          {"ImageJ=1.53t\nunit=pixel\nspacing=1\n", 1, 1, [3]float64{}, "pixel"},
		"spacing alone":   {"ImageJ=1.53t\nimages=9\nspacing=3\n", 0, 1, [3]float64{}, "no unit"},
		"tags and depth":  {"ImageJ=1.53t\nimages=9\nspacing=3\n", 500, 3, [3]float64{}, "pixel"},
	} {
		t.Run(name, func(t *testing.T) {
			s, ok := ImageJ(c.text, c.x, c.x, c.unit)
			if !ok {
				t.Fatal("not taken for ImageJ")
			}
			g := volume.Grid{N: [3]int{10, 10, 33}}
			s.Apply(&g)
			for a := range 3 {
				if !near(g.Spacing[a], c.spacing[a]) {
					t.Fatalf("spacing %v", g.Spacing)
				}
			}
			if w := g.Calibration.Withheld; (c.withheld == "") != (w == "") || !strings.Contains(w, c.withheld) {
				t.Errorf("withheld %q", w)
			}
		})
	}
	if _, ok := ImageJ("a picture", 1, 1, 1); ok {
		t.Error("any text is taken for ImageJ")
	}
}

func TestParse(t *testing.T) {
	for in, want := range map[string][3]float64{
		"20um": {0.02, 0.02, 0.02}, "20 µm": {0.02, 0.02, 0.02}, "0.02mm": {0.02, 0.02, 0.02}, "20.um": {0.02, 0.02, 0.02},
		"20um,20um,40um": {0.02, 0.02, 0.04}, "2e1um, 20um , 0.04 mm": {0.02, 0.02, 0.04}, "1mm": {1, 1, 1},
	} {
		if got, err := ParseSpacing(in); err != nil || !near(got[0], want[0]) || !near(got[1], want[1]) || !near(got[2], want[2]) {
			t.Errorf("%q is %v, %v", in, got, err)
		}
	}
	for in, part := range map[string]string{
		"20": "no unit", "": "not a number", "um": "not a number", "20um,20um": "2 sizes", "20um,20um,40": "no unit",
		"0um": "between", "-3um": "between", "1m": "between", "20 pixels": "not known", "0,5um": "no unit", "nanum": "not a number", "infmm": "not a number",
		"20um20": "not a number",
	} {
		if v, err := ParseSpacing(in); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is %v, error %v", in, v, err)
		}
	}
	if got, err := ParsePixelSize("0.5um,0.6um"); err != nil || !near(got[0], 0.0005) || !near(got[1], 0.0006) || got[2] != 0 {
		t.Errorf("%v %v", got, err)
	}
	if _, err := ParsePixelSize("1um,1um,1um"); err == nil {
		t.Error("three pixel sizes")
	}
}

func TestOverride(t *testing.T) {
	g := volume.Grid{N: [3]int{10, 10, 5}}
	Resolution(500, 500, 3).Apply(&g)
	Override(&g, [3]float64{0.02, 0.02, 0.04}, "--spacing")
	if g.Spacing != [3]float64{0.02, 0.02, 0.04} || g.Calibration.Source != volume.Typed || len(g.Calibration.Warnings) != 0 || !g.Calibrated() {
		t.Errorf("%+v", g)
	}
	Resolution(500, 500, 3).Apply(&g)
	Override(&g, [3]float64{0.03, 0.02, 0}, "--pixel-size")
	if c := g.Calibration; len(c.Warnings) != 1 || c.Withheld == "" || g.Calibrated() || c.Stated[0] != 0.02 {
		t.Errorf("%+v", c)
	}
	g = volume.Grid{N: [3]int{10, 10, 1}}
	if Override(&g, [3]float64{0.02, 0.02, 0.02}, "--spacing"); g.Spacing[2] != 0 || !g.Calibrated() {
		t.Errorf("a picture with a spacing along z: %v", g.Spacing)
	}
}

func FuzzCalibration(f *testing.F) {
	f.Add("ImageJ=1.44d\nunit=um\nspacing=0.5\n", 4.0, 1, "20um,20um,40um", 5)
	f.Add("ImageJ=\nunit=\\u00B5m\nspacing=nan\n", math.Inf(1), 3, "-1e308 mm", 1)
	f.Fuzz(func(t *testing.T, text string, x float64, unit int, typed string, nz int) {
		g := volume.Grid{N: [3]int{4, 4, nz}}
		s, ok := ImageJ(text, x, x, unit)
		if !ok {
			s = Resolution(x, x, unit)
		}
		s.Apply(&g)
		for a, v := range g.Spacing {
			if v < 0 || v > largest || math.IsNaN(v) || v > 0 && g.Calibration.Source != volume.Header {
				t.Errorf("spacing %v along %d from %q", v, a, text)
			}
		}
		if v, err := ParseSpacing(typed); err == nil && !(v[0] >= smallest && v[0] <= largest) {
			t.Errorf("%q is %v", typed, v)
		}
	})
}

func ExampleParseSpacing() {
	mm, _ := ParseSpacing("20um,20um,40um")
	_, err := ParseSpacing("20")
	fmt.Println(mm, err)
	// Output: [0.02 0.02 0.04] spacing "20": "20" has no unit: write for example 20um
}

func TestPercent(t *testing.T) {
	for typed, want := range map[string]float64{"0.2%": 0.002, " 5 % ": 0.05, "0%": 0} {
		if got, err := Percent(typed); err != nil || math.Abs(got-want) > 1e-15 {
			t.Errorf("%q is %v, %v, want %v", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "%", "0.002", "two %"} {
		if _, err := Percent(typed); err == nil {
			t.Errorf("%q was taken", typed)
		}
	}
}
