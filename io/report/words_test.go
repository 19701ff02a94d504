package report

import (
	"slices"
	"testing"

	"explant/analysis/result"
	"explant/volume"
)

func TestUnit(t *testing.T) {
	for ucum, want := range map[string]string{
		"mm3": "mm³", "um": "µm", "%": "%", "1": "", "/mm3": "per mm³", "1/mm2": "per mm²", "{cell}/mm2": "cells/mm²", "%/h": "% per hour",
		"[arb'U]": "a.u.", "{voxel}": "voxels", "h": "h", "mm[Hg]": "mmHg", "mL/min": "mL/min", "": "",
	} {
		if got := Unit(ucum); got != want {
			t.Errorf("%q: %q, want %q", ucum, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		v      float64
		digits int
		want   string
	}{
		{6.4213, 2, "6.42"}, {1234.5, 0, "1234"}, {12345.6, 1, "12\u202f345.6"}, {-0.04, 1, "0.0"}, {-2.5, 1, "−2.5"},
		{1234567, 0, "1\u202f234\u202f567"}, {2.5e-7, 3, "2.50\u202f×\u202f10⁻⁷"}, {-3e12, 0, "−3.00\u202f×\u202f10¹²"}, {0, 2, "0.00"},
	} {
		if got := Number(c.v, c.digits); got != c.want {
			t.Errorf("%g with %d digits: %q, want %q", c.v, c.digits, got, c.want)
		}
	}
}

// A value carries as many digits as its interval deserves.
func TestDigitsFollowTheInterval(t *testing.T) {
	for _, c := range []struct {
		m               result.Measurement
		value, interval string
	}{
		{measure("a", "", 6.4213, 0.573, "%"), "6.42", "5.85 to 6.99"}, {measure("a", "", 1234.56, 120, "um"), "1235", "1115 to 1355"},
		{measure("a", "", 0.0123456, 0.00031, "1"), "0.01235", "0.01204 to 0.01266"}, {measure("a", "", 62.14, 0, "um"), "62.1", ""},
		{measure("a", "", 12, 0, "1"), "12", ""}, {measure("a", "", 1, 0, "{bool}"), "yes", ""}, {measure("a", "", 0, 0, "{bool}"), "no", ""},
	} {
		if v, i := value(c.m), interval(c.m); v != c.value || i != c.interval {
			t.Errorf("%g: %q, %q, want %q, %q", c.m.Value, v, i, c.value, c.interval)
		}
	}
}

func TestFreeDropsZeros(t *testing.T) {
	for v, want := range map[float64]string{0.021: "0.021", 0.5: "0.5", 352.777: "353", 20: "20", 1.25: "1.25", 0.1234: "0.123", 12.04: "12.0"} {
		if got := free(v); got != want {
			t.Errorf("%g: %q, want %q", v, got, want)
		}
	}
}

func TestParseBin(t *testing.T) {
	for _, c := range []struct {
		part, name string
		lo, hi     float64
		unit       string
	}{
		{"0..0.32 mm", "", 0, 0.32, "mm"}, {"25..50 um", "", 25, 50, "um"}, {"fibrin -20..0 um", "fibrin", -20, 0, "um"}, {"0.1-0.2", "", 0.1, 0.2, ""},
		{"bin 3", "", 2.5, 3.5, ""}, {"deposit: bin 3 of 20", "deposit", 2.5, 3.5, ""}, {"0..12 voxels", "", 0, 12, "voxels"},
	} {
		name, lo, hi, unit, ok := parseBin(c.part)
		if !ok || name != c.name || lo != c.lo || hi != c.hi || unit != c.unit {
			t.Errorf("%q: %q %g %g %q %v", c.part, name, lo, hi, unit, ok)
		}
	}
	for _, part := range []string{"", "centroid", "inlet half", "beyond 300 um", "p95", "5..2 mm", "marker:dab"} {
		if _, _, _, _, ok := parseBin(part); ok {
			t.Errorf("%q is taken for a bin", part)
		}
	}
}

func TestPart(t *testing.T) {
	for in, want := range map[string]string{
		"0..50 um": "0 to 50\u202fµm", "fibrin 0..0.5 mm": "fibrin 0 to 0.5\u202fmm", "beyond 300 um": "beyond 300 µm", "bin 3": "bin 3", "column 1": "column 1", "": "",
	} {
		if got := part(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestDetails(t *testing.T) {
	m := measure("dep.n", "", 10, 0, "1")
	m.NObject, m.NField = result.N(10), result.N(2)
	m.Numerator, m.Denominator, m.DenominatorName = f(0.884), f(11.8), "blood-side space (mm3)"
	if got := details(m); !slices.Equal(got, []string{"0.884 / 11.8\u202fmm³ blood-side space", "2 fields"}) {
		t.Errorf("%q", got)
	}
	m.Numerator, m.DenominatorName, m.NField = nil, "blood_side_space in the bin (share)", nil
	if got := details(m); !slices.Equal(got, []string{"of blood side space in the bin"}) {
		t.Errorf("%q", got)
	}
}

func TestCurvesLeaveTheRest(t *testing.T) {
	all := []result.Measurement{measure("prof.axis", "centroid", 0.3, 0, "1"), measure("dep.vf", "", 5, 1, "%"), measure("zone", "1..2 mm", 5, 1, "%")}
	for _, part := range []string{"3..4 mm", "0..1 mm", "2..3 mm", "1..2 mm"} {
		all = append(all, measure("prof.axis", part, 1, 0, "%"))
	}
	found, rest := curves(all)
	if len(found) != 1 || len(found[0].series) != 1 || found[0].series[0].bins[3].lo != 3 || found[0].axis() != "Position along the flow axis (mm)" {
		t.Errorf("curves %+v", found)
	}
	if names := inOrder(rest); len(rest) != 3 || !slices.Contains(names, "zone") {
		t.Errorf("rest %v", rest)
	}
}

func TestCardOfPartsOfAWhole(t *testing.T) {
	got := cardsOf([]result.Measurement{measure("dep.n", "", 10, 0, "1"), measure("dep.n", "touching a face", 3, 0, "1")}, nil)
	if len(got) != 1 || got[0].Value != "10" || !slices.Contains(got[0].Notes, "touching a face 3") {
		t.Errorf("%+v", got)
	}
}

func TestScaleBar(t *testing.T) {
	for _, c := range []struct {
		p          Picture
		part, text string
	}{
		{Picture{Width: 7.2, Height: 10, Calibrated: true}, "0.13889", "1 mm"}, {Picture{Width: 0.6, Height: 1, Calibrated: true}, "0.16667", "100 µm"},
		{Picture{Width: 1200, Height: 900}, "0.16667", "200 px"}, {Picture{Width: 8, Height: 1, Calibrated: true}, "0.25000", "2 mm"},
	} {
		if part, text := scaleBar(c.p); part != c.part || text != c.text {
			t.Errorf("%g mm: %s %s, want %s %s", c.p.Width, part, text, c.part, c.text)
		}
	}
}

func TestBinned(t *testing.T) {
	for part, want := range map[string]bool{"": false, "max": false, "deposit:count": false, "0..0.5 mm": true, "−1 mm": false, "-0.58..-0.13 mm": true, "bin 3 of 20": true} {
		if got := Binned(result.Measurement{Part: part}); got != want {
			t.Errorf("%q: %v", part, got)
		}
	}
}

func TestScaleUncertaintyIsTold(t *testing.T) {
	told := func(relative float64) string {
		for _, f := range imageFacts(result.Image{Calibration: volume.Calibration{Source: volume.Header, Relative: relative}}) {
			if f.Name == "Uncertainty of that size" {
				return f.Value
			}
		}
		return ""
	}
	if got := told(0.00019); got != "± 0.019\u202f% of a length (1 SD)" {
		t.Errorf("%q", got)
	}
	if got := told(0); got != "" {
		t.Errorf("unknown: %q", got)
	}
}

func TestPartsAndWholesAreNamedForPeople(t *testing.T) {
	for _, c := range [][4]string{
		{"8.192..9.216 mm", "blood-side space (mm3)", "8.19 to 9.22\u202fmm", "blood-side space"},
		{"-0.93..-0.52 mm", "lumen without deposit (mm2)", "−0.93 to −0.52\u202fmm", "lumen without deposit"},
		{"fibrin", "tissue of region (share)", "fibrin", "tissue of region"},
		{"", "", "", ""},
	} {
		if part, whole := Named(c[0], c[1]); part != c[2] || whole != c[3] {
			t.Errorf("%q of %q are %q of %q, want %q of %q", c[0], c[1], part, whole, c[2], c[3])
		}
	}
}
