package pipeline

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/phantom/focal"
	"explant/analysis/result"
	"explant/volume/parallel"
)

// focalPixels is the side of the stack of the dictionary.
const focalPixels = 160

// measuredFocal runs if-net on the phantom of a stack with its control.
func measuredFocal(t *testing.T) ([]result.Measurement, map[[3]string]float64) {
	t.Helper()
	dir := t.TempDir()
	made, err := MakePhantom(t.Context(), "if-stack", dir, PhantomOptions{Size: focalPixels, Seed: dictionarySeed}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	res := analyzed(t, Job{Input: made.Image, Controls: []string{filepath.Join(dir, "control.ome.tif")}, Protocol: rules(t, "if-net"), Out: filepath.Join(dir, "result")})
	if _, err := os.Stat(filepath.Join(dir, "result", VolumeLabels)); err != nil {
		t.Error(err)
	}
	var facts focal.Truth
	readJSON(t, filepath.Join(dir, "truth.json"), &facts)
	const stack = "stack outside fibres (mm3)"
	share := func(name string) float64 { return 100 * facts.UM3[name] / facts.StackUM3 }
	mm3 := facts.StackUM3 / 1e9
	return res.Measurements, map[[3]string]float64{
		{"if.nuc", "", stack}: float64(facts.Nuclei) / mm3, {"if.nuc.vol", "median", ""}: facts.MedianUM3,
		{"net.vol", "", stack}: share("net"), {"net.vol", "volume", ""}: facts.UM3["net"], {"net.vol.n", "", stack}: float64(facts.NETs) / mm3,
		{"net.dna.vol", "", stack}:                            share("net"),
		{"net.vol.ratio", "", "NETs and intact nuclei (mm3)"}: 100 * facts.UM3["net"] / (facts.UM3["net"] + facts.UM3["nucleus"]),
		{"if.vol", "h3cit", stack}:                            share("net"), {"if.vol", "mpo", stack}: share("mpo"), {"if.vol", "cd61", stack}: share("platelet"),
		{"if.vol", "dna", stack}:                               100 * (facts.UM3["net"] + facts.UM3["nucleus"]) / facts.StackUM3,
		{"if.vol.both", "mpo in h3cit", "volume of mpo (mm3)"}: 100,
	}
}

// A stack is projected where the protocol says so or nobody knows how far its planes are apart, and the result says why.
func TestProjectionOfAStackIsSaid(t *testing.T) {
	dir := t.TempDir()
	made, err := MakePhantom(t.Context(), "if-stack", dir, PhantomOptions{Size: 64, Seed: 1}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "result")
	analyzed(t, Job{Input: made.Image, Protocol: rules(t, "if-net"), Out: out})
	res := analyzed(t, Job{Input: made.Image, Protocol: rules(t, "if-net", "segment.stack=projection"), Out: out})
	said := ""
	for _, f := range res.Flags {
		if f.ID == "projected" {
			said = f.Text
		}
	}
	if !strings.Contains(said, "as the protocol says") {
		t.Errorf("the flag says %q", said)
	}
	if _, err := os.Stat(filepath.Join(out, VolumeLabels)); err == nil {
		t.Error("the labels of the volume that was measured before are still there")
	}
	r := run{job: Job{Protocol: rules(t, "if-net")}}
	r.info.Grid.N = [3]int{64, 64, 24}
	if flag, projected := r.projection(); !projected || !strings.Contains(flag.Text, "distance of the 24 focal planes is unknown") {
		t.Errorf("planes of unknown distance: %v %+v", projected, flag)
	}
}

// Nuclei of the sample stack, whose voxels are twice as long as wide, at any size that is typed: 51 are labelled.
func TestNucleiOfTheSampleStack(t *testing.T) {
	for _, mm := range []float64{0.0002, 0.0004, 0.001} {
		res := analyzed(t, Job{
			Input: sample(t, "microct/stardist_nuclei3d.tif"), Protocol: rules(t, "if-net"), Channels: []string{"dna=1"}, Spacing: [3]float64{mm, mm, 2 * mm},
		})
		n := 0.0
		for _, m := range res.Measurements {
			if m.Metric == "if.nuc" {
				n = *m.Numerator
			}
		}
		t.Logf("pixels of %g µm: %g nuclei", 1000*mm, n)
		within(t, "nuclei", n, 51, 5.1)
	}
}
