package slide

import (
	"math"
	"testing"

	"explant/analysis/phantom"
	"explant/volume/parallel"
)

// The area shares of phantoms of five seeds, with the built-in defaults: stain vectors turned by up to 5
// degrees from the profile, uneven light, noise, JPEG. The tolerances are in percentage points, and hold
// what the protocols are known to miss: DAB weaker than the threshold (up to 13 % of it), collagen that
// gains half a pixel at its borders (up to 15 %), and fibre outlines that count as tissue.
func TestPhantomsGiveTheirShares(t *testing.T) {
	const (
		n           = 640
		ofRegion    = 1.0
		ofTissue    = 5.0
		tissue      = 1.5
		withDefects = 3.5 // of the tissue's share: folds, bubbles and the rim of ink count as tissue
	)
	for _, kind := range []struct {
		name, class string
		p           Params
	}{{phantom.SlideDAB, "marker:dab", DAB()}, {phantom.SlidePSR, "collagen", PSR()}} {
		for seed := range uint64(5) {
			s := phantom.DefaultSlide(kind.name, n, n, seed)
			s.JPEGQuality = 92
			for _, clean := range []bool{true, false} {
				if s.Clean = clean; !clean && seed > 2 {
					continue // three seeds with artefacts are enough
				}
				im, _, truth, err := s.Make(t.Context(), parallel.Options{}, nil)
				if err != nil {
					t.Fatal(err)
				}
				f, _ := labelled(t, fromImage(im), kind.p, tileSize, 0)
				want := truth.Area(kind.class)
				for _, c := range []struct {
					metric, of  string
					truth, most float64
				}{
					{MetricFraction, "region", want.RegionPercent, ofRegion}, {MetricFraction, "tissue", want.TissuePercent, ofTissue},
					{MetricTissue, "region", 100 * truth.TissuePX / truth.RegionPX, map[bool]float64{true: tissue, false: withDefects}[clean]},
				} {
					got := find(t, f, c.metric, c.of).Value
					t.Logf("%s seed %d clean %t: %s of %s %.2f %%, true %.2f", kind.name, seed, clean, c.metric, c.of, got, c.truth)
					if math.Abs(got-c.truth) > c.most {
						t.Errorf("%s seed %d clean %t: %s of %s is more than %.1f points off", kind.name, seed, clean, c.metric, c.of, c.most)
					}
				}
			}
		}
	}
}
