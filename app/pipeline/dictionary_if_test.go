package pipeline

import (
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/phantom/micrograph"
	"explant/analysis/result"
	"explant/volume/parallel"
)

// measuredFluorescence runs if-net on the immunofluorescence phantom with its control.
func measuredFluorescence(t *testing.T) ([]result.Measurement, map[[3]string]float64) {
	t.Helper()
	dir := t.TempDir()
	made, err := MakePhantom(t.Context(), "if", dir, PhantomOptions{Size: dictionaryPixels, Seed: dictionarySeed}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	res := analyzed(t, Job{Input: made.Image, Controls: []string{filepath.Join(dir, "control.ome.tif")}, Protocol: rules(t, "if-net"), Out: filepath.Join(dir, "result")})
	var facts micrograph.IFTruth
	readJSON(t, filepath.Join(dir, "truth.json"), &facts)
	const field = "field outside fibres (mm2)"
	mm2 := facts.TissueUM2 / 1e6
	truth := map[[3]string]float64{
		{"h.cells", "", field}:                            float64(facts.Nuclei.Intact) / mm2,
		{"net.area", "", field}:                           100 * facts.NETs.VisibleUM2 / facts.TissueUM2,
		{"net.area", "area", ""}:                          facts.NETs.VisibleUM2 / 1e6,
		{"net.ratio", "", "NETs and intact nuclei (mm2)"}: facts.NETs.Percent,
		{"net.n", "", field}:                              float64(facts.NETs.N) / mm2,
	}
	for marker, structure := range map[string]string{"h3cit": "marker:h3cit", "mpo": "marker:mpo", "cd61": "platelet"} {
		truth[[3]string{"if.pos", marker, field}] = 100 * facts.Structure(structure).Share
	}
	dna := 0.0 // outside of intact nuclei
	for _, structure := range []string{"nucleus:crushed", "dna:smeared"} {
		dna += facts.Structure(structure).AreaUM2
	}
	truth[[3]string{"net.dna", "", field}] = 100 * (dna + facts.NETs.VisibleUM2) / facts.TissueUM2
	for _, o := range facts.Overlap {
		a, b := markerOf[o.A], markerOf[o.B]
		truth[[3]string{"co.manders", a + " in " + b, ""}] = o.M1
		truth[[3]string{"co.manders", b + " in " + a, ""}] = o.M2
	}
	return append(res.Measurements, measuredLikes(t, made.Image)...), truth
}

// measuredLikes looks for what looks like NETs in the DNA of a field alone.
func measuredLikes(t *testing.T, field string) (likes []result.Measurement) {
	t.Helper()
	sets := []string{"segment.colocalisation=[]"}
	for _, marker := range []string{"h3cit", "mpo", "ne", "fibrin", "cd61"} {
		sets = append(sets, "segment.markers."+marker+"=null")
	}
	for _, m := range analyzed(t, Job{Input: field, Protocol: rules(t, "if-dna", sets...)}).Measurements {
		if strings.HasPrefix(m.Metric, "net.like") {
			likes = append(likes, m)
		}
	}
	return likes
}

// An expert counted 12 and 4 NETs in these fields, which show all DNA in blue and DNA outside of living cells in green.
func TestNETLikeObjectsOfFieldsThatAnExpertCounted(t *testing.T) {
	for name, want := range map[string]float64{"1Per2h006": 12, "1PerNEi2h004": 4} {
		for _, mm := range []float64{0.0002, 0.0006} {
			res := analyzed(t, Job{
				Input: sample(t, "if_nets/fiok2020_"+name+".jpg"), Protocol: rules(t, "if-dna"), Channels: []string{"dna=3", "sytox=2"}, Spacing: [3]float64{mm, mm, 0},
			})
			for _, m := range res.Measurements {
				if m.Metric == "net.like.n" {
					t.Logf("%s in pixels of %g µm: %g, the expert counted %g", name, 1000*mm, *m.Numerator, want)
					within(t, "NET-like objects of "+name, *m.Numerator, want, 2)
				}
			}
			value(t, res, "net.like.n", "", "")
		}
	}
}

var markerOf = map[string]string{"DNA": "dna", "H3Cit": "h3cit", "MPO": "mpo", "fibrin(ogen)": "fibrin", "CD61": "cd61"}
