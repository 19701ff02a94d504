package slide

import (
	"bytes"
	"context"
	"errors"
	"image"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"explant/analysis/result"
	"explant/analysis/stain"
	"explant/volume"
	"explant/volume/parallel"
)

// patches composes a slide of w x h pixels by Beer-Lambert: glass, with the amounts of the stains that
// amounts gives at a pixel, over glass of level i0, with noise of one grey level.
func patches(w, h int, p stain.Profile, i0 [3]float64, amounts func(x, y int) [3]float64) *memory {
	m := &memory{w, h, make([]uint8, 3*w*h)}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range w * h {
		od := p.Compose(amounts(i%w, i/w))
		for c := range od {
			m.rgb[3*i+c] = uint8(math.Round(min(max(stain.Level(od[c], i0[c])+r.NormFloat64(), 0), 255)))
		}
	}
	return m
}

// quarters has glass in every second band of h/4 rows, and in the others DAB on the left quarter.
func quarters(w, h int) *memory {
	return patches(w, h, builtin("hdab"), [3]float64{246, 241, 249}, func(x, y int) [3]float64 {
		switch {
		case y/(h/4)%2 == 0:
			return [3]float64{}
		case x < w/4:
			return [3]float64{0.1, 0.8, 0}
		}
		return [3]float64{0.3, 0.02, 0}
	})
}

func TestAreasOfAComposedSlide(t *testing.T) {
	const edge = 0.5 // points: tissue grows by one pixel at most at its six borders with glass, where smoothing thins it out
	m, p := quarters(600, 960), DAB()
	p.TurnStains, p.TurnExtremes = nil, false // the slide is composed with the profile's directions
	f, _ := labelled(t, m, p, 128, 2)
	for _, c := range []struct {
		metric, of string
		want       float64
	}{
		{MetricFraction, "tissue", 25}, {MetricFraction, "region", 12.5}, {MetricTissue, "region", 50},
	} {
		got := find(t, f, c.metric, c.of)
		if math.Abs(got.Value-c.want) > edge {
			t.Errorf("%s of %s: %.2f %%, drawn %.2f", c.metric, c.of, got.Value, c.want)
		}
		if math.Abs(*got.Numerator/(*got.Denominator)*100-got.Value) > 1e-9 || got.DenominatorName != c.of+" (px)" {
			t.Errorf("%s: %v of %v %s is not %v", c.metric, *got.Numerator, *got.Denominator, got.DenominatorName, got.Value)
		}
		if got.ULo == nil || *got.ULo > got.Value || *got.UHi < got.Value || *got.Coverage != 0.95 || got.Dominant == "" {
			t.Errorf("%s of %s has no proper interval: %+v", c.metric, c.of, got)
		}
	}
	if od := find(t, f, MetricOD, ""); math.Abs(od.Value-0.8) > 0.01 || !slices.Contains(od.Flags, "rank-only") {
		t.Errorf("median DAB %.3f OD with flags %v, drawn 0.8", od.Value, od.Flags)
	}
	for c, want := range []float64{245, 240, 248} { // less the offset of one grey level
		if got := f.Diagnostics[[]string{"glass_red_grey", "glass_green_grey", "glass_blue_grey"}[c]]; math.Abs(got-want) > 0.2 {
			t.Errorf("channel %d: glass at %.2f, drawn %v", c, got, want)
		}
	}
}

func TestTheBytesDoNotDependOnTilesOrWorkers(t *testing.T) {
	m := quarters(333, 257)
	for _, p := range []Params{DAB(), PSR(), otsu(DAB())} {
		want, labels := labelled(t, m, p, 512, 1)
		sameForTiles(t, m, p, want, labels)
	}
}

func sameForTiles(t *testing.T, m *memory, p Params, want result.Findings, labels []uint8) {
	t.Helper()
	for _, c := range [][2]int{{512, 8}, {64, 1}, {64, 2}, {37, 8}} {
		got, l := labelled(t, m, p, c[0], c[1])
		if !reflect.DeepEqual(got, want) || !bytes.Equal(l, labels) {
			t.Errorf("%s: tiles of %d pixels and %d workers differ", p.Stain.Name, c[0], c[1])
		}
	}
}

func otsu(p Params) Params {
	p.Rules = maps.Clone(p.Rules)
	for class, r := range p.Rules {
		r.Threshold = Otsu
		p.Rules[class] = r
	}
	return p
}

func TestLabelsComeInRowMajorOrder(t *testing.T) {
	m := quarters(200, 150)
	var at []image.Point
	n := 0
	_, err := analyze(t.Context(), m, DAB(), m.grid(0), 32, parallel.Options{Workers: 4}, parallel.Discard{}, func(r image.Rectangle, l []uint8) error {
		at, n = append(at, r.Min), n+len(l)
		return nil
	})
	if err != nil || n != 200*150 {
		t.Fatalf("%d labels, error %v", n, err)
	}
	if !slices.IsSortedFunc(at, func(a, b image.Point) int { return (a.Y-b.Y)*1000 + a.X - b.X }) {
		t.Errorf("tiles came as %v", at)
	}
}

func TestCalibrationDecidesAboutAreas(t *testing.T) {
	m := quarters(300, 240)
	var total [2]int
	for k, spacing := range []float64{0, 0.0005} {
		f, err := Analyze(t.Context(), m, DAB(), m.grid(spacing), parallel.Options{}, nil, func(image.Rectangle, []uint8) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range f.Measurements {
			if v.Unit == "mm2" {
				total[k]++
			}
		}
		of := "region (px)"
		if spacing > 0 {
			of = "region (mm2)"
		}
		tissue := find(t, f, MetricTissue, of)
		if tissue.DenominatorName != of {
			t.Errorf("the denominator is called %q, want %q", tissue.DenominatorName, of)
		}
		if spacing > 0 && math.Abs(*tissue.Denominator-300*240*spacing*spacing) > 1e-12 {
			t.Errorf("region of %v mm²", *tissue.Denominator)
		}
		withheld := slices.ContainsFunc(f.NotMeasured, func(w result.Withheld) bool {
			return w.Metric == MetricArea && strings.Contains(w.Reason, "uncalibrated")
		})
		if withheld == (spacing > 0) {
			t.Errorf("spacing %v: not measured %v", spacing, f.NotMeasured)
		}
	}
	if total != [2]int{0, 2} {
		t.Errorf("%v values in mm² without and with calibration", total)
	}
}

func ids(f result.Findings) []string {
	var v []string
	for _, g := range f.Flags {
		v = append(v, g.ID)
	}
	return v
}

func TestFlags(t *testing.T) {
	hdab := builtin("hdab")
	glass := [3]float64{246, 241, 249}
	plain := func(a [3]float64) func(x, y int) [3]float64 {
		return func(x, y int) [3]float64 {
			if x%60 < 30 {
				return [3]float64{}
			}
			return a
		}
	}
	close := DAB()
	close.Stain.Stains = []stain.Stain{{Name: "haematoxylin", OD: [3]float64{0.48, 0.6, 0.64}}, {Name: "dab", OD: [3]float64{0.4100872, 0.5751321, 0.70785}}}
	bare := DAB()
	bare.Exclude = nil // green is the colour of ink
	own := DAB()
	own.Stain.Origin = stain.Laboratory
	for _, c := range []struct {
		name string
		m    *memory
		p    Params
		want string
		not  bool
	}{
		{"borrowed vectors", quarters(300, 240), DAB(), "default-stain-vectors", false},
		{"own vectors", quarters(300, 240), own, "default-stain-vectors", true},
		{"close stains", quarters(300, 240), close, "stain-collinear", false},
		{"distinct stains", quarters(300, 240), DAB(), "stain-collinear", true},
		{"no glass", patches(240, 240, hdab, glass, func(x, y int) [3]float64 { return [3]float64{0.2, 0.3 + float64(x%20)/50, 0} }), DAB(), "no-glass", false},
		{"glass", quarters(300, 240), DAB(), "no-glass", true},
		{"glass on one side", patches(240, 240, hdab, glass, func(x, y int) [3]float64 { return [3]float64{0, float64(min(y/40, 1)), 0} }), DAB(), "few-glass-blocks", false},
		{"near the threshold", patches(240, 240, hdab, glass, plain([3]float64{0.1, 0.255, 0})), DAB(), "threshold-sensitive", false},
		{"far from the threshold", quarters(300, 240), DAB(), "threshold-sensitive", true},
		{"ink", patches(240, 240, hdab, glass, func(x, y int) [3]float64 {
			return [3]float64{float64(x / 40 % 2), float64(x / 40 % 2), -0.3 * float64(x/40%2)}
		}), DAB(), "ink", true},
		{"saturated", patches(240, 240, hdab, [3]float64{300, 250, 250}, plain([3]float64{0.3, 0.5, 0})), DAB(), "saturated", false},
		{"green ink", patches(240, 240, hdab, glass, plain([3]float64{0.4, 0.1, 0.6})), bare, "unmixing-residual", false},
	} {
		f, _ := labelled(t, c.m, c.p, 100, 2)
		if slices.Contains(ids(f), c.want) == c.not {
			t.Errorf("%s: flags %v", c.name, ids(f))
		}
	}
}

func TestBlackInkIsFlaggedAndExcluded(t *testing.T) {
	m := quarters(300, 240)
	for y := range 40 {
		clear(m.rgb[3*(y*m.w+100) : 3*(y*m.w+130)])
	}
	f, labels := labelled(t, m, DAB(), 100, 2)
	const rim = 0.2 // points: smoothing makes the outermost pixel lighter
	if want := 100 * 40 * 30 / (300.0 * 240); !slices.Contains(ids(f), "ink") || math.Abs(f.Diagnostics["ink_percent"]-want) > rim || labels[20*m.w+115] != DAB().inkValue() {
		t.Errorf("flags %v, ink %v %%, drawn %v", ids(f), f.Diagnostics["ink_percent"], want)
	}
}

func TestExtremeSlides(t *testing.T) {
	white := func(w, h int, v uint8) *memory {
		return &memory{w, h, bytes.Repeat([]uint8{v}, 3*w*h)}
	}
	for name, m := range map[string]*memory{
		"one pixel": white(1, 1, 240), "one row": white(70, 1, 200), "all black": white(50, 50, 0),
		"all saturated": white(50, 50, 255), "all glass": white(50, 50, 243), "all grey": white(50, 50, 100),
	} {
		for _, p := range []Params{DAB(), PSR(), otsu(DAB())} {
			f, _ := labelled(t, m, p, 16, 2)
			for _, v := range f.Measurements {
				if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) || v.Unit == "%" && (v.Value < 0 || v.Value > 100) {
					t.Errorf("%s: %s of %s is %v", name, v.Metric, v.Part, v.Value)
				}
			}
			for k, v := range f.Diagnostics {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s: %s is %v", name, k, v)
				}
			}
			if name == "all glass" && !slices.ContainsFunc(f.NotMeasured, func(w result.Withheld) bool { return w.Metric == MetricFraction }) {
				t.Errorf("a share of no tissue: %+v", f.Measurements)
			}
		}
	}
}

func TestErrorsAndCancellation(t *testing.T) {
	m := quarters(200, 150)
	boom := errors.New("boom")
	run := func(ctx context.Context, p Params, g volume.Grid, sink Sink) error {
		_, err := Analyze(ctx, m, p, g, parallel.Options{Workers: 2}, nil, sink)
		return err
	}
	keep := func(image.Rectangle, []uint8) error { return nil }
	if err := run(t.Context(), DAB(), m.grid(0), func(image.Rectangle, []uint8) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("a failing sink gives %v", err)
	}
	if err := run(t.Context(), DAB(), volume.Grid{N: [3]int{3, 3, 1}}, keep); err == nil {
		t.Error("a grid of another size passes")
	}
	if err := run(t.Context(), Params{}, m.grid(0), keep); err == nil {
		t.Error("empty rules pass")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, DAB(), m.grid(0), keep); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// For a mean, the jackknife gives the textbook standard error exactly.
func TestJackknifeOfAMean(t *testing.T) {
	v := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3}
	var sum, squares float64
	for _, x := range v {
		sum += x
	}
	n := float64(len(v))
	var left []float64
	for _, x := range v {
		left = append(left, (sum-x)/(n-1))
		squares += (x - sum/n) * (x - sum/n)
	}
	want := 2 * math.Sqrt(squares/(n-1)/n)
	if got, ok := jackknife(left); !ok || math.Abs(got-want) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
	if _, ok := jackknife(left[:minBlocks-1]); ok {
		t.Error("too few blocks give an interval")
	}
}

func TestAutomaticThresholdLiesBetweenTheModes(t *testing.T) {
	f, _ := labelled(t, quarters(300, 240), otsu(DAB()), 100, 2)
	if v := f.Diagnostics["threshold_marker:dab_od"]; v < 0.29 || v > 0.75 {
		t.Errorf("threshold %.3f for amounts of 0.02 and 0.8", v)
	}
	if v := find(t, f, MetricFraction, "tissue").Value; math.Abs(v-25) > 1 {
		t.Errorf("%.2f %% of the tissue, drawn 25", v)
	}
}

func BenchmarkAnalyze(b *testing.B) {
	m := quarters(2048, 2048)
	for _, c := range []struct {
		name    string
		p       Params
		workers int
	}{{"stain=dab/workers=1/px=4194304", DAB(), 1}, {"stain=dab/workers=2/px=4194304", DAB(), 2}, {"stain=psr/workers=1/px=4194304", PSR(), 1}, {"stain=carstairs/workers=1/px=4194304", Carstairs(), 1}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(m.rgb)))
			for b.Loop() {
				_, err := Analyze(b.Context(), m, c.p, m.grid(0), parallel.Options{Workers: c.workers}, nil, func(image.Rectangle, []uint8) error { return nil })
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestIntervalCombinesLevelsAndThreshold(t *testing.T) {
	left := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	class, _ := jackknife(left)
	for _, c := range []struct {
		lower, higher, phantom, want float64
		dominant                     string
	}{
		{4, 4, 0, class, "class"},
		{4 + 50*math.Sqrt(3), 4 - 50*math.Sqrt(3), 0, math.Hypot(class, 100), "border"},
		{4 + 30*math.Sqrt(3), 4 - 30*math.Sqrt(3), 40, math.Hypot(class, 100), "border"},
		{4, math.NaN(), 0, class, "class"},
	} {
		u, dominant, ok := spread{left, c.lower, c.higher, c.phantom}.expanded()
		if !ok || math.Abs(u-c.want) > 1e-12 || dominant != c.dominant {
			t.Errorf("%+v: %v %q %v", c, u, dominant, ok)
		}
	}
	if _, _, ok := (spread{left: left[:minBlocks-1]}).expanded(); ok {
		t.Error("an interval without enough replicates")
	}
}
