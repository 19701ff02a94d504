package pipeline

import (
	"math"
	"path/filepath"
	"testing"

	"explant/analysis/result"
)

// TestTissueEqualsPublishedMasks holds tissue and section against the masks that histolab publishes for its
// own images: grey threshold, dilation by a disc of 5 pixels of the 1/10 thumbnail (25 µm; 2 pixels of a
// tile), holes filled. The pixel size of the tiles is not published; that of a level 2 is taken as 4 µm, and
// reach and least area are set to what a disc of 2 pixels means there.
func TestTissueEqualsPublishedMasks(t *testing.T) {
	const points = 2.0
	for _, c := range []struct {
		file, metric string
		pixelMM      float64
		sets         []string
		want         float64 // % of the region
	}{
		{"histology/he_tcga_lung.png", "h.tissue", 0, nil, 75.961},
		{"histology/he_tile_level2.png", "h.section", 0.004, []string{"segment.section_reach_um=5", "segment.section_least_mm2=0.005"}, 78.120},
		{"wsi/CMU-1-Small-Region.svs", "h.section", 0, nil, 46.967},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			job := Job{Input: sample(t, c.file), Protocol: rules(t, "slide-he", c.sets...), Spacing: [3]float64{c.pixelMM, c.pixelMM, 0}}
			got := value(t, analyzed(t, job), c.metric, "tissue", "region")
			t.Logf("%s %.2f %%, published %.2f", c.metric, got, c.want)
			if math.Abs(got-c.want) > points {
				t.Errorf("%s %.2f %%, published %.2f", c.metric, got, c.want)
			}
		})
	}
}

// TestSlidesWithoutGlassHaveNoComposition: these tiles hold no clear glass, so that a pale or tinted background
// would be read as stained tissue.
func TestSlidesWithoutGlassHaveNoComposition(t *testing.T) {
	for _, name := range []string{"he_torchstain_source.png", "he_torchstain_target.png", "he_stardist_histo.jpg"} {
		res := analyzed(t, Job{Input: sample(t, "histology/"+name), Protocol: rules(t, "slide-he")})
		for _, metric := range []string{"h.comp", "h.area.c", "h.tissue", "h.od"} {
			if has(res, metric) {
				t.Errorf("%s: %s is measured without glass", name, metric)
			}
		}
		if !flagged(res, "no-glass") || flagged(res, "unclassified") {
			t.Errorf("%s: flags %v", name, res.Flags)
		}
	}
}

func flagged(res result.Result, id string) bool {
	for _, f := range res.Flags {
		if f.ID == id {
			return true
		}
	}
	return false
}
