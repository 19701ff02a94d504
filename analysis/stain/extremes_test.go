package stain

import (
	"math"
	"math/rand/v2"
	"testing"
)

// turnedBy is p with its stains turned away from each other, by the given degrees each, in their plane.
func turnedBy(p Profile, degrees float64) Profile {
	a, b := p.Stains[0].OD, p.Stains[1].OD
	apart := Angle(a, b) * math.Pi / 180
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	away := func(v, from [3]float64) (out [3]float64) {
		for c := range out {
			across := (v[c]*math.Cos(apart) - from[c]) / math.Sin(apart)
			out[c] = cos*v[c] + sin*across
		}
		return out
	}
	q := p
	q.Stains = []Stain{{p.Stains[0].Name, away(a, b)}, {p.Stains[1].Name, away(b, a)}}
	return q
}

// The extremes are the slide's own stains, where its crowds hold some of the other stain.
func TestExtremesFindTheSlidesOwnStains(t *testing.T) {
	const close, most = 1.5, 10.0 // degrees
	p := builtin(t, "hdab")
	own := turnedBy(p, 4)
	got, all, ok := p.Extremes(mixtures(own, 5000, mostlyOne(2, 0.2)), most)
	if !ok || len(all) != 2 {
		t.Fatalf("%t, %v", ok, all)
	}
	for k, s := range own.Stains {
		if by := Angle(got.Stains[k].OD, s.OD); by > close {
			t.Errorf("%s is %.2f degrees off", s.Name, by)
		}
		if by := Angle(got.Stains[k].OD, p.Stains[k].OD); math.Abs(by-all[k].Degree) > 1e-9 || !all[k].Own {
			t.Errorf("%s: turned by %.2f degrees, told %+v", s.Name, by, all[k])
		}
	}
}

// What is not believed leaves the profile as it is: stains that are far from it, a slide of one stain, stains
// that are collinear, and a profile of three.
func TestExtremesAreDoubted(t *testing.T) {
	const most = 10.0
	p := builtin(t, "hdab")
	oneOnly := func(r *rand.Rand) [3]float64 { return [3]float64{0, 0.4 + 0.4*r.Float64()} }
	for name, c := range map[string]struct {
		p   Profile
		ods [][3]float64
	}{
		"far":      {p, mixtures(turnedBy(p, 14), 5000, mostlyOne(2, 0))},
		"one":      {p, mixtures(p, 5000, oneOnly)},
		"few":      {p, mixtures(p, FewPixels-1, mostlyOne(2, 0))},
		"together": {p, mixtures(turnedBy(p, -7), 5000, mostlyOne(2, 0))},
		"three":    {builtin(t, "msb"), mixtures(builtin(t, "msb"), 5000, mostlyOne(3, 0))},
	} {
		got, _, ok := c.p.Extremes(c.ods, most)
		if ok || got.Stains[0] != c.p.Stains[0] || got.Stains[1] != c.p.Stains[1] {
			t.Errorf("%s: %t, %v", name, ok, got.Stains)
		}
	}
}

// Of two stains that come out collinear, the one that fewer pixels show keeps the profile's direction.
func TestTurnedDoubtsTheStainThatHardlyShows(t *testing.T) {
	p := builtin(t, "hdab")
	own := turnedBy(p, -6)
	got, all := p.Turned(mixtures(own, 8000, func(r *rand.Rand) [3]float64 {
		a := mostlyOne(2, 0)(r)
		if a[0] > 0 && r.IntN(4) > 0 { // a quarter of the haematoxylin
			a = [3]float64{0, a[0]}
		}
		return a
	}), []string{"haematoxylin", "dab"}, 10)
	if all[0].Own || got.Stains[0] != p.Stains[0] {
		t.Errorf("haematoxylin: %+v", all[0])
	}
	if by := Angle(got.Stains[1].OD, own.Stains[1].OD); !all[1].Own || by > 1 {
		t.Errorf("dab: %+v, %.2f degrees off", all[1], by)
	}
}
