package pipeline

import (
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/protocol"
	"explant/analysis/stain"
	"explant/volume/parallel"
)

// stainedPNG writes a picture of n x n pixels: glass, and patches of the amounts of one stain each.
func stainedPNG(t *testing.T, p stain.Profile, n int, stains ...int) string {
	t.Helper()
	im := image.NewNRGBA(image.Rect(0, 0, n, n))
	for y := range n {
		for x := range n {
			var amounts [3]float64
			if x > n/3 {
				amounts[stains[(x/16+y/16)%len(stains)]] = 0.5 + float64((x+y)%16)/50
			}
			od := p.Compose(amounts)
			level := func(c int) uint8 { return uint8(math.Round(stain.Level(od[c], 244))) }
			im.SetNRGBA(x, y, color.NRGBA{level(0), level(1), level(2), 255})
		}
	}
	path := filepath.Join(t.TempDir(), "slide.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, im); err != nil {
		t.Fatal(err)
	}
	return path
}

// A profile from slides and one from controls hold the directions that the slides were made with, and protocols
// take them by the name of their file.
func TestStainProfilesAreMadeAndUsed(t *testing.T) {
	const close = 0.6 // degrees: grey levels are whole numbers
	rules, err := protocol.Resolve("slide-msb", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	own := rules.Slide.Stain
	own.Stains = []stain.Stain{{Name: "y", OD: [3]float64{0.10, 0.28, 0.9548}}, {Name: "r", OD: [3]float64{0.17, 0.76, 0.6273}}, {Name: "b", OD: [3]float64{0.76, 0.59, 0.2724}}}
	from := map[string]Staining{
		"slide": {Slides: []string{stainedPNG(t, own, 200, 0, 1, 2)}},
		"laboratory": {Controls: []string{
			"martius-yellow=" + stainedPNG(t, own, 120, 0), "crystal-scarlet=" + stainedPNG(t, own, 120, 1), "methyl-blue=" + stainedPNG(t, own, 120, 2),
		}},
	}
	for origin, s := range from {
		s.Protocol, s.Version, s.Name, s.Output = rules, 3, "our-msb", filepath.Join(t.TempDir(), "our.yaml")
		made, found, err := Stain(t.Context(), s, Limits{}, parallel.Discard{})
		if err != nil || made.Origin != origin || len(found) != 3 || !strings.Contains(made.Source, "sha256") {
			t.Fatalf("%s: %+v, %v", origin, made, err)
		}
		used, err := protocol.Resolve("slide-msb", os.ReadFile, []string{"segment.stain=" + s.Output})
		if err != nil || used.Slide.Stain.Name != "our-msb" || used.Slide.Stain.Version != 3 {
			t.Fatalf("%s: %v, profile %+v", origin, err, used.Slide)
		}
		for k, dye := range used.Slide.Stain.Stains {
			if by := stain.Angle(dye.OD, own.Stains[k].OD); by > close {
				t.Errorf("%s: %s is %.2f degrees off", origin, dye.Name, by)
			}
		}
		if _, _, err := Stain(t.Context(), s, Limits{}, parallel.Discard{}); err == nil {
			t.Errorf("%s: a profile that exists is replaced", origin)
		}
	}
	for _, bad := range []Staining{
		{Protocol: rules, Version: 1, Output: "x.yaml"}, {Protocol: rules, Version: 1, Output: "x.txt", Slides: []string{"a"}},
		{Protocol: rules, Version: 0, Output: "x.yaml", Slides: []string{"a"}}, {Protocol: rules, Version: 1, Output: "x.yaml", Controls: []string{"dab=a"}},
		{Protocol: protocol.Protocol{}, Version: 1, Output: "x.yaml", Slides: []string{"a"}},
	} {
		if err := bad.Check(); err == nil {
			t.Errorf("%+v passes", bad)
		}
	}
}
