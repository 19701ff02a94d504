package slide

import (
	"slices"
	"testing"

	"explant/analysis/phantom"
	"explant/analysis/result"
	"explant/volume/parallel"
)

// A slide under the protocol of its own stain is measured, and under that of another it is refused, as far as the
// colours differ: Carstairs' stain and martius scarlet blue have the same three, and phosphotungstic acid
// haematoxylin and DAB on haematoxylin are both blue and brown.
func TestSlidesOfAnotherStainAreRefused(t *testing.T) {
	all := map[string]Params{phantom.SlideHE: HE(), phantom.SlideMSB: MSB(), phantom.SlideCarstairs: Carstairs(), phantom.SlideDAB: DAB(), phantom.SlidePSR: PSR(), phantom.SlidePTAH: PTAH()}
	alike := map[string]string{phantom.SlideMSB: phantom.SlideCarstairs, phantom.SlideCarstairs: phantom.SlideMSB, phantom.SlideDAB: phantom.SlidePTAH, phantom.SlidePTAH: phantom.SlideDAB}
	for _, kind := range phantom.SlideKinds {
		im, _, _, err := phantom.DefaultSlide(kind, 400, 400, 5).Make(t.Context(), parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		m := fromImage(im)
		for name, p := range all {
			f, _ := labelled(t, m, p, tileSize, 0)
			own := name == kind || alike[kind] == name
			classes := slices.ContainsFunc(f.Measurements, func(v result.Measurement) bool { return v.Metric == MetricFraction })
			if slices.Contains(ids(f), "wrong-stain") == own || classes != own {
				t.Errorf("%s slide by the protocol of %s: flags %v, classes measured %t", kind, name, ids(f), classes)
			}
			if p.CheckStain = false; !own && kind == phantom.SlideHE && name == phantom.SlideMSB {
				if f, _ = labelled(t, m, p, tileSize, 0); slices.Contains(ids(f), "wrong-stain") || composition(t, f, "fibrin").Value < 20 {
					t.Errorf("unchecked: flags %v", ids(f))
				}
			}
		}
	}
}

// Real slides: haematoxylin and eosin by the protocol of martius scarlet blue, and each by its own.
func TestRealSlidesAreRecognised(t *testing.T) {
	for _, c := range []struct {
		file  string
		p     Params
		wrong bool
	}{
		{"hdab_ecm_alex_pan_06.jpg", DAB(), false}, {"hdab_ecm_native_trop_02.jpg", DAB(), false}, {"psr_liver_tile02.jpg", PSR(), false},
		{"hdab_ecm_alex_pan_06.jpg", MSB(), true}, {"hdab_ecm_native_trop_02.jpg", Carstairs(), true}, {"psr_liver_tile02.jpg", HE(), true}, {"psr_liver_tile02.jpg", DAB(), true},
	} {
		f, _ := labelled(t, sample(t, c.file), c.p, tileSize, 0)
		if slices.Contains(ids(f), "wrong-stain") != c.wrong {
			t.Errorf("%s by %s: flags %v, %v %% strange", c.file, c.p.Stain.Name, ids(f), f.Diagnostics["stain_strange_percent"])
		}
	}
}
