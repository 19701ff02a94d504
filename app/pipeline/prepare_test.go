package pipeline

import (
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/analysis/result"
	"explant/io/imagefile"
	"explant/volume"
	"explant/volume/parallel"
)

// TestPreparedScans runs the plain recipe with every step before it.
func TestPreparedScans(t *testing.T) {
	dir := t.TempDir()
	made, err := MakePhantom(t.Context(), "oxygenator", dir, PhantomOptions{Size: 64, Seed: 2}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	run := func(set string, workers int) result.Result {
		job := Job{Input: made.Image, Protocol: rules(t, "ct-panel", set), Axis: "z", Out: filepath.Join(t.TempDir(), "result")}
		res, err := Analyze(t.Context(), job, Limits{Workers: workers}, parallel.Discard{})
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	all := "prepare={rings: {}, gain: {along: z}, isotropic: {edge_um: 25}, denoise: {method: nlm}}"
	res := run(all, 1)
	for _, id := range []string{"ring_sd_grey", "gain_lowest", "isotropic_edge_um", "noise_grey"} {
		if _, has := res.Diagnostics[id]; !has {
			t.Errorf("%s is not among the diagnostics", id)
		}
	}
	at := slices.IndexFunc(res.Flags, func(f result.Flag) bool { return f.ID == "prepared" })
	if at < 0 || !strings.Contains(res.Flags[at].Text, "cubes of 25 µm") {
		t.Errorf("flags %v", res.Flags)
	}
	plain, again := run("segment.keep_solid_faces=false", 2), run(all, 2)
	if a, b := value(t, res, "dep.vol", "", ""), value(t, again, "dep.vol", "", ""); a != b {
		t.Errorf("deposit of %g mm3 by one thread, %g by two", a, b)
	}
	if a, b := value(t, res, "bs.vol", "", ""), value(t, plain, "bs.vol", "", ""); math.Abs(a/b-1) > 0.1 {
		t.Errorf("blood side of %g mm3 in the prepared scan, %g in the scan as it is", a, b)
	}
	if slices.ContainsFunc(plain.Flags, func(f result.Flag) bool { return f.ID == "prepared" }) {
		t.Error("the scan as it is has the flag of a prepared one")
	}
}

// TestPreparedNeed: preparing takes another copy of the scan, on the finer grid where one is made.
func TestPreparedNeed(t *testing.T) {
	info := imagefile.Info{Type: imagefile.Uint16, Channels: 1, Grid: volume.Grid{N: [3]int{100, 100, 50}, Spacing: [3]float64{0.02, 0.02, 0.04}}}
	plain := needOf(Job{Protocol: rules(t, "ct-panel")}, info, 1)
	for set, want := range map[string]int64{
		"prepare={rings: {}}":     plain.arrays + 2*100*100*50,
		"prepare={isotropic: {}}": needOf(Job{Protocol: rules(t, "ct-panel")}, fine(info), 1).arrays + 2*100*100*100,
	} {
		if got := preparedNeed(Job{Protocol: rules(t, "ct-panel", set)}, info, 1).arrays; got != want {
			t.Errorf("%s: %d bytes, want %d", set, got, want)
		}
	}
}

func fine(info imagefile.Info) imagefile.Info {
	info.Grid.N[2], info.Grid.Spacing[2] = 100, 0.02
	return info
}

// TestPreparedScansAreNotSharded: what is done before segmentation hangs on the whole scan.
func TestPreparedScansAreNotSharded(t *testing.T) {
	if err := (Job{Protocol: rules(t, "ct-panel")}).Sharded(); err != nil {
		t.Error(err)
	}
	if err := (Job{Protocol: rules(t, "ct-panel", "prepare={rings: {}}")}).Sharded(); !errors.Is(err, ErrWhole) {
		t.Errorf("got %v", err)
	}
}
