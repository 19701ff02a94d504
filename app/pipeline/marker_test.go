package pipeline

import (
	"math"
	"path/filepath"
	"testing"

	"explant/volume/parallel"
)

// What DAB shows is declared: the marker and the nuclei beside it come out near the truth under their names.
func TestDABSlideAsAMarker(t *testing.T) {
	dir := t.TempDir()
	made, err := MakePhantom(t.Context(), "dab", dir, PhantomOptions{Size: 768, Seed: 21}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := rules(t, "slide-marker").WithMarker("cd61")
	if err != nil {
		t.Fatal(err)
	}
	res := analyzed(t, Job{Input: made.Image, Protocol: p, Out: filepath.Join(dir, "result")})
	var truth struct {
		Areas []struct {
			Class           string
			PercentOfTissue float64 `json:"percent_of_tissue"`
		}
	}
	readJSON(t, filepath.Join(dir, "truth.json"), &truth)
	percent := map[string]float64{}
	for _, a := range truth.Areas {
		percent[a.Class] = a.PercentOfTissue
	}
	for class, want := range map[string]float64{"marker:cd61": percent["marker:dab"], "nucleus": percent["nucleus"]} {
		got := value(t, res, "h.area.c", class, "tissue")
		t.Logf("%s: %.2f %% of tissue, truth %.2f", class, got, want)
		if math.Abs(got-want) > 1 {
			t.Errorf("%s is %.2f %% of tissue, the truth %.2f", class, got, want)
		}
	}
	for _, metric := range []string{"h.od", "h.area"} {
		value(t, res, metric, "marker:cd61", "")
	}
}
