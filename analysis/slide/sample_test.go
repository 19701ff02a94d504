package slide

import (
	"context"
	"image"
	"math"
	"slices"
	"testing"

	"explant/analysis/stain"
	"explant/volume/parallel"
)

// tinted is a slide whose right half holds one dye of the given direction, as strong as collagen.
func tinted(dye [3]float64, w int) *memory {
	p := stain.Profile{Stains: []stain.Stain{{OD: dye}, {OD: [3]float64{0, 0, 1}}, {OD: [3]float64{0, 1, 0}}}}
	return patches(w, w, p, [3]float64{244, 242, 246}, func(x, y int) [3]float64 {
		if x < w/2 {
			return [3]float64{}
		}
		return [3]float64{0.55 + float64(y%7)/40}
	})
}

func TestTurnedFindsTheSlidesOwnDirection(t *testing.T) {
	const close = 0.3 // degrees: noise of one grey level
	p := Carstairs()
	own := p.Stain.Stains[2].OD
	sin, cos := math.Sincos(4 * math.Pi / 180) // in the plane of red and green
	near := [3]float64{cos*own[0] - sin*own[1], sin*own[0] + cos*own[1], own[2]}
	for _, c := range []struct {
		name string
		dye  [3]float64
		size int
		want [3]float64
	}{
		{"a direction near the profile's", near, 160, near},
		{"no pixel near the profile's", p.Stain.Stains[0].OD, 160, own},
		{"a field too small to tell", near, 20, own},
	} {
		m := tinted(c.dye, c.size)
		p.TurnStains = []string{"aniline-blue"}
		seen, err := look(t.Context(), tiling{m, m.w, m.h, 64}, p, [3]float64{244, 242, 246}, parallel.Options{Workers: 2}, parallel.Discard{})
		got, turns := seen.profile, seen.turns
		if err != nil || len(turns) != 1 || turns[0].Name != "aniline-blue" {
			t.Fatalf("%s: turns %+v, error %v", c.name, turns, err)
		}
		if by := stain.Angle(got.Stains[2].OD, c.want); by > close {
			t.Errorf("%s: %v is %.2f degrees away", c.name, got.Stains[2].OD, by)
		}
		if by := stain.Angle(c.want, own); math.Abs(turns[0].Degree-by) > close {
			t.Errorf("%s: said to be turned by %.2f degrees, drawn %.2f", c.name, turns[0].Degree, by)
		}
		if got.Stains[0] != p.Stain.Stains[0] || p.Stain.Stains[2].OD != own {
			t.Errorf("%s: another stain, or the protocol's, was turned", c.name)
		}
	}
}

func TestTurnsAreReported(t *testing.T) {
	m := tinted(Carstairs().Stain.Stains[2].OD, 160)
	f, _ := labelled(t, m, Carstairs(), 64, 2)
	for _, key := range []string{"turned_deg", "sample_px", "red_od", "green_od", "blue_od"} {
		if _, ok := f.Diagnostics["stain_aniline-blue_"+key]; !ok {
			t.Errorf("no %s in %v", key, f.Diagnostics)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := look(ctx, tiling{m, m.w, m.h, 64}, Carstairs(), [3]float64{255, 255, 255}, parallel.Options{}, parallel.Discard{}); err == nil {
		t.Error("a cancelled search ends well")
	}
}

// The windows do not depend on tiles, do not overlap and hold little of a large slide.
func TestWindowsOfTheSample(t *testing.T) {
	for _, n := range [][2]int{{1, 1}, {50, 3000}, {700, 500}, {20000, 12000}, {100000, 900}} {
		a := tiling{nil, n[0], n[1], 512}.windows()
		if b := (tiling{nil, n[0], n[1], 100}).windows(); !slices.Equal(a, b) {
			t.Errorf("%v: the windows depend on the tiles", n)
		}
		px := 0
		for i, r := range a {
			px += r.Dx() * r.Dy()
			if r.Empty() || !r.In(image.Rect(0, 0, n[0], n[1])) || i > 0 && r.Overlaps(a[i-1]) {
				t.Errorf("%v: window %v", n, r)
			}
		}
		if n[0] >= 20000 && n[1] >= 12000 && px*100 > n[0]*n[1] {
			t.Errorf("%v: %d pixels are more than 1 %%", n, px)
		}
	}
}
