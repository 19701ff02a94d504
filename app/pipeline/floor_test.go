package pipeline

import (
	"path/filepath"
	"slices"
	"testing"

	"explant/analysis/result"
	"explant/volume/parallel"
)

// measuredFloor is the floor of a lattice phantom by ct-panel, in µm.
func measuredFloor(t *testing.T, o PhantomOptions) (sphere, film float64, res result.Result) {
	t.Helper()
	dir := t.TempDir()
	o.Size, o.Seed = 96, 1
	made, err := MakePhantom(t.Context(), "lattice", dir, o, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	res = analyzed(t, Job{Input: made.Image, Protocol: rules(t, "ct-panel"), Axis: "z", Views: -1, Out: filepath.Join(dir, "result")})
	return value(t, res, "dep.floor", "sphere, diameter", ""), value(t, res, "dep.floor", "film, thickness", ""), res
}

// Thresholds have a floor too, from the noise and the point spread of the scan itself; it follows the noise.
func TestFloorOfThresholds(t *testing.T) {
	sphere, film, res := measuredFloor(t, PhantomOptions{})
	if sphere < 100 || sphere > 200 || film < 20 || film > 80 {
		t.Errorf("sphere %.0f µm, film %.0f µm", sphere, film)
	}
	if psf := res.Diagnostics["psf_sigma_voxels"]; psf < 0.68 || psf > 0.92 {
		t.Errorf("point spread %.2f, made with 0.8", psf)
	}
	if !slices.ContainsFunc(res.Measurements, func(m result.Measurement) bool { return m.Metric == "dep.vol" && m.Floor != nil }) {
		t.Error("the volume does not tell its floor")
	}
}

// A connector has a floor as well, with clot and without; where there is none, the clot that is absent tells
// nothing but its floor.
func TestFloorOfAConnector(t *testing.T) {
	for _, unused := range []bool{false, true} {
		dir := t.TempDir()
		made, err := MakePhantom(t.Context(), "connector", dir, PhantomOptions{Size: 112, Seed: 1, Unused: unused}, Limits{}, parallel.Discard{})
		if err != nil {
			t.Fatal(err)
		}
		res := analyzed(t, Job{Input: made.Image, Protocol: rules(t, "connector-ct"), Axis: "z", Views: -1, Out: filepath.Join(dir, "result")})
		voxel := 1000 * res.Image.SpacingMM[0]
		if sphere := value(t, res, "dep.floor", "sphere, diameter", "") / voxel; sphere < 3 || sphere > 8 {
			t.Errorf("unused %v: a sphere of %.1f voxels", unused, sphere)
		}
		if slices.ContainsFunc(res.Flags, func(f result.Flag) bool { return f.ID == "connector-no-floor" }) {
			t.Errorf("unused %v: the floor is told, and said to be unknown", unused)
		}
	}
}
