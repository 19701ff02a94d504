package slide

import (
	"image"
	"math"
	"testing"

	"explant/analysis/result"
	"explant/volume/parallel"
)

// points is how far from a published area share a result may be, in percentage points of the frame.
const points = 2.0

// labelled analyses m and returns its findings and its whole label image.
func labelled(t testing.TB, m *memory, p Params, side, workers int) (result.Findings, []uint8) {
	t.Helper()
	return labelledAt(t, m, p, 0, side, workers)
}

// labelledAt is labelled of pixels of a known size.
func labelledAt(t testing.TB, m *memory, p Params, spacingMM float64, side, workers int) (result.Findings, []uint8) {
	t.Helper()
	labels := make([]uint8, m.w*m.h)
	f, err := analyze(t.Context(), m, p, m.grid(spacingMM), side, parallel.Options{Workers: workers}, parallel.Discard{}, func(r image.Rectangle, l []uint8) error {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			copy(labels[y*m.w+r.Min.X:y*m.w+r.Max.X], l[(y-r.Min.Y)*r.Dx():])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return f, labels
}

// find returns the measurement of a metric whose denominator starts with of.
func find(t testing.TB, f result.Findings, metric, of string) result.Measurement {
	t.Helper()
	for _, m := range f.Measurements {
		if m.Metric == metric && (of == "" || m.DenominatorName == of || m.DenominatorName == of+" (px)" || m.DenominatorName == of+" (mm2)") {
			return m
		}
	}
	t.Fatalf("no %s of %q among %d measurements", metric, of, len(f.Measurements))
	return result.Measurement{}
}

// The published shares of the whole frame, all with the built-in defaults: DAB from the published mask
// panels of DAB_analyzer, collagen from the published mask of liverquant (HSV hue within 10 of red).
func TestPublishedAreaShares(t *testing.T) {
	for _, c := range []struct {
		file string
		p    Params
		want float64
	}{
		{"hdab_ecm_alex_pan_06.jpg", DAB(), 47.96},
		{"hdab_ecm_native_trop_02.jpg", DAB(), 7.29},
		{"psr_liver_tile02.jpg", PSR(), 17.57},
	} {
		t.Run(c.file, func(t *testing.T) {
			f, _ := labelled(t, sample(t, c.file), c.p, tileSize, 0)
			region, tissue := find(t, f, MetricFraction, "region"), find(t, f, MetricFraction, "tissue")
			t.Logf("of region %.2f %% (published %.2f), of tissue %.2f %%, diagnostics %v", region.Value, c.want, tissue.Value, f.Diagnostics)
			if region.ULo != nil {
				t.Logf("interval %.3f to %.3f", *region.ULo, *region.UHi)
			}
			for _, g := range f.Flags {
				t.Log(g.ID, g.Text)
			}
			if math.Abs(region.Value-c.want) > points {
				t.Errorf("%.2f %% of the frame, published %.2f", region.Value, c.want)
			}
		})
	}
}

// The rule in optical density must agree with the published mask pixel by pixel as far as two rules on
// different quantities can.
func TestCollagenOverlapsThePublishedMask(t *testing.T) {
	const least = 0.92 // Dice measured 0.926; the published rule itself, run on unsmoothed pixels, gives 0.89
	m := sample(t, "psr_liver_tile02.jpg")
	mask := sample(t, "psr_liver_tile02_reference_mask.jpg")
	_, labels := labelled(t, m, PSR(), tileSize, 0)
	var both, sum int
	for i, l := range labels {
		ours, theirs := l == firstValue, mask.rgb[3*i] > 127
		if ours && theirs {
			both += 2
		}
		if ours {
			sum++
		}
		if theirs {
			sum++
		}
	}
	dice := float64(both) / float64(sum)
	t.Logf("Dice with the published mask %.4f", dice)
	if dice < least {
		t.Errorf("Dice %.4f, at least %.2f wanted", dice, least)
	}
}
