package pipeline

import (
	"math"
	"strings"
	"testing"
)

// The mean fibre diameter of the electrospun sample is 84 nm with an SD of 17 nm by the SIMPoly-like program that it comes from:
// within 10 % and within the SD, its scale from the microscope's tag as from the burnt-in bar.
func TestElectrospunFibresHaveTheirDiameter(t *testing.T) {
	for _, bar := range []float64{0, 1e-3} {
		res := analyzed(t, Job{Input: sample(t, "sem/electrospun_fibresem_01.tif"), Protocol: rules(t, "sem-fibrin"), ScaleBar: bar})
		mean, sd := value(t, res, "sem.fd", "mean", ""), value(t, res, "sem.fd", "standard deviation", "")
		if math.Abs(mean-84) > 8.4 || math.Abs(sd-17) > 5 {
			t.Errorf("mean %.1f nm, sd %.1f nm; 84 and 17 are published", mean, sd)
		}
		if bar > 0 && math.Abs(res.Image.SpacingMM[0]/9.766e-6-1) > 0.01 {
			t.Errorf("a pixel is %.4g nm by the bar, 9.766 by the tag", 1e6*res.Image.SpacingMM[0])
		}
	}
}

// The ticks of the cellulose sample are 353 px apart for 10 µm.
func TestTicksGiveTheScale(t *testing.T) {
	res := analyzed(t, Job{Input: sample(t, "sem/cellulose_K1.jpg"), Protocol: rules(t, "sem-fibrin"), ScaleBar: 1e-2})
	if px := 1e-2 / res.Image.SpacingMM[0]; math.Abs(px-353) > 1 || !strings.Contains(res.Image.Calibration.Field, "11 ticks") {
		t.Errorf("10 µm are %.1f px by %s", px, res.Image.Calibration.Field)
	}
}

func TestScaleBarsThatCannotBe(t *testing.T) {
	p := rules(t, "sem-fibrin")
	for _, j := range []Job{
		{Protocol: rules(t, "if-net"), ScaleBar: 1e-3}, {Protocol: p, ScaleBar: 1e-3, Spacing: [3]float64{1e-5, 1e-5, 0}},
	} {
		if err := j.Check(); err == nil || !strings.Contains(err.Error(), "--scale-bar") {
			t.Errorf("%+v: %v", j.Spacing, err)
		}
	}
}
