package curves

import (
	"image/color"
	"testing"

	"explant/analysis/result"
)

func profile() result.Result {
	var res result.Result
	add := func(metric, part string, v float64) {
		res.Measurements = append(res.Measurements, result.Measurement{Metric: metric, Part: part, Value: v, Unit: "%", ULo: result.F(v - 1), UHi: result.F(v + 1)})
	}
	add("dep.vf", "", 7)
	add("prof.axis", "1..2 mm", 20)
	add("prof.axis", "0..1 mm", 10)
	add("prof.axis", "2..3 mm", 5)
	add("prof.axis", "centroid", 0.4)
	add("dist.surf", "0..50 um", 1)
	return res
}

func TestCurvesAreFoundAndSorted(t *testing.T) {
	all := Of(profile())
	if len(all) != 1 {
		t.Fatalf("%d curves: %+v", len(all), all)
	}
	bins := all[0].Lines[0].Bins
	if len(bins) != 3 || bins[0].Value != 10 || bins[0].Row != 2 || bins[1].From != 1 || bins[2].To != 3 || all[0].Axis != "Position along the flow axis (mm)" {
		t.Errorf("%+v", all[0])
	}
}

// TestBinsAreWhereTheyAreDrawn points at each bar of a drawing.
func TestBinsAreWhereTheyAreDrawn(t *testing.T) {
	c := Of(profile())[0]
	white, black := color.RGBA{255, 255, 255, 255}, color.RGBA{A: 255}
	p := Draw(&c, 400, 200, 11, Ink{Ground: white, Text: black, Grid: color.RGBA{200, 200, 200, 255}, Lines: Palette}, 1)
	third := p.plot.Dx() / 3
	for k, want := range []float64{10, 20, 5} {
		x := p.plot.Min.X + third*k + third/2
		b, ok := p.Hit(x, p.plot.Max.Y-2)
		if !ok || b.Value != want {
			t.Errorf("bar %d: %+v %v", k, b, ok)
		}
		if got := p.Image.RGBAAt(x-6, p.plot.Max.Y-2); got == white {
			t.Errorf("bar %d is not drawn", k)
		}
	}
	if _, ok := p.Hit(1, 1); ok {
		t.Error("a bin beside the plot")
	}
	if p.Image.RGBAAt(p.plot.Min.X+third+6, p.plot.Min.Y+2) == white || p.Image.RGBAAt(p.plot.Min.X+6, p.plot.Min.Y+20) != white {
		t.Error("the marked bin does not stand out")
	}
	small := Draw(&c, 5, 5, 11, Ink{Ground: white, Text: black, Grid: black, Lines: Palette}, -1)
	if _, ok := small.Hit(2, 2); ok {
		t.Error("a bin in a picture without room")
	}
}

func TestTicksAreRound(t *testing.T) {
	got := nice(0, 23, 4)
	want := []float64{0, 10, 20, 30}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v, want %v", got, want)
		}
	}
}
