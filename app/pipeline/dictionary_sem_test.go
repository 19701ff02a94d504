package pipeline

import (
	"fmt"
	"path/filepath"
	"testing"

	"explant/analysis/phantom/micrograph"
	"explant/analysis/result"
	"explant/volume/parallel"
)

// measuredSEM runs sem-fibrin on the phantom with deposits.
func measuredSEM(t *testing.T) ([]result.Measurement, map[[3]string]float64) {
	t.Helper()
	dir := t.TempDir()
	made, err := MakePhantom(t.Context(), "sem", dir, PhantomOptions{Size: dictionaryPixels, Seed: dictionarySeed, Deposits: true}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	res := analyzed(t, Job{Input: made.Image, Protocol: rules(t, "sem-fibrin"), Out: filepath.Join(dir, "result")})
	var facts micrograph.SEMTruth
	readJSON(t, filepath.Join(dir, "truth.json"), &facts)
	const field = "field without data bar (mm2)"
	truth := map[[3]string]float64{
		{"sem.fd", "", ""}: facts.Visible.MedianNM, {"sem.fd", "mean", ""}: facts.Visible.MeanNM, {"sem.fd", "pixels", ""}: facts.Visible.MedianPX,
		{"sem.or", "", ""}: facts.Orientation.S, {"sem.por", "", field}: 100 * facts.Open,
		{"sem.cover", "bare", field}: 100 * facts.Share("void"), {"sem.cover", "cell", field}: 100 * facts.Share("rbc"),
		{"sem.cover", "platelet", field}: 100 * facts.Share("platelet"),
		{"sem.cover", "fibrin", field}:   100 * (facts.Share("fibrin") + facts.Share("fibrin:film")),
	}
	for k, share := range facts.Orientation.Density {
		truth[[3]string{"sem.or", fmt.Sprintf("%d..%d deg", 10*k, 10*k+10), ""}] = 100 * share
	}
	return res.Measurements, truth
}
