package report

import (
	"testing"

	"explant/analysis/result"
)

func TestLineReadsAsPeopleSayIt(t *testing.T) {
	f := func(v float64) *float64 { return &v }
	for want, m := range map[string]result.Measurement{
		"Burden 7.42 % (7.08 to 7.75) of blood-side space": {Metric: "dep.vf", Value: 7.4151, Unit: "%", ULo: f(7.078), UHi: f(7.753), DenominatorName: "blood-side space (mm3)"},
		"Positive area, collagen 17.4 % of region":         {Metric: "h.area.c", Part: "collagen", Value: 17.36, Unit: "%", DenominatorName: "region (mm2)"},
		"Deposits 157": {Metric: "dep.n", Value: 157, Unit: "1"},
		"Detection floor, sphere, diameter 68.8 µm": {Metric: "dep.floor", Part: "sphere, diameter", Value: 68.75, Unit: "um"},
	} {
		if got := Line(m); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
