package pipeline

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// phantomVolume is the volume of a small oxygenator phantom.
func phantomVolume(t *testing.T) string {
	t.Helper()
	made, err := MakePhantom(t.Context(), "oxygenator", t.TempDir(), PhantomOptions{Size: 48, Seed: 1}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	return made.Image
}

func TestConvertKeepsTheImage(t *testing.T) {
	in, dir := phantomVolume(t), t.TempDir()
	want, err := Inspect(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.mha", "b.nii", "c.nii.gz", "d.ome.tif", "e.TIFF", "f.nrrd"} { // each from the one before
		out := filepath.Join(dir, name)
		if _, err := Convert(t.Context(), Conversion{Input: in, Output: out}, parallel.Discard{}); err != nil {
			t.Fatal(err)
		}
		got, err := Inspect(t.Context(), out)
		if err != nil {
			t.Fatal(err)
		}
		if got.Grid.N != want.Grid.N || got.Type != want.Type || math.Abs(got.Grid.Spacing[0]-want.Grid.Spacing[0]) > 1e-7*want.Grid.Spacing[0] {
			t.Errorf("%s: %v of %s, spacing %v, not %v", name, got.Grid.N, got.Type, got.Grid.Spacing, want.Grid.Spacing)
		}
		in = out
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

func TestConvertTakesTheTypedSize(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.nrrd")
	c := Conversion{Input: phantomVolume(t), Output: out, Spacing: [3]float64{0.01, 0.01, 0.03}}
	if _, err := Convert(t.Context(), c, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	if i, err := Inspect(t.Context(), out); err != nil || i.Grid.Spacing != c.Spacing || i.Grid.Calibration.Source != volume.Header {
		t.Errorf("%v %v, %v", i.Grid.Spacing, i.Grid.Calibration, err)
	}
}

func TestConvertRefuses(t *testing.T) {
	in := phantomVolume(t)
	dir := filepath.Dir(in)
	there := filepath.Join(t.TempDir(), "there.mha")
	if err := os.WriteFile(there, []byte("older"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		c    Conversion
		want string
	}{
		"an output that exists": {Conversion{Input: in, Output: there}, "--force"},
		"the image itself":      {Conversion{Input: in, Output: in, Force: true}, "the image itself"},
		"a folder":              {Conversion{Input: in, Output: filepath.Join(dir, "..") + "/" + filepath.Base(dir)}, ".nrrd, .mha"},
		"a slice of the input":  {Conversion{Input: dir, Output: filepath.Join(dir, "all.tif")}, "elsewhere"},
		"a header alone":        {Conversion{Input: in, Output: "x.nhdr"}, "name it .nrrd"},
		"a header alone, .mhd":  {Conversion{Input: in, Output: "x.mhd"}, "name it .mha"},
		"a header alone, .hdr":  {Conversion{Input: in, Output: "x.hdr"}, "name it .nii"},
		"an unknown extension":  {Conversion{Input: in, Output: "x.jpg"}, ".ome.tif"},
		"no name":               {Conversion{Input: in, Output: ".nii.gz"}, ".ome.tif"},
	} {
		if _, err := Convert(t.Context(), c.c, parallel.Discard{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b, err := os.ReadFile(there); err != nil || string(b) != "older" {
		t.Errorf("%q, %v", b, err)
	}
}

// ender cancels a job at its first step.
type ender struct{ cancel func() }

func (e ender) Stage(string, int) {}
func (e ender) Add(int)           { e.cancel() }

func TestConvertLeavesTheOlderFileUntilTheNewOneIsWhole(t *testing.T) {
	in, there := phantomVolume(t), filepath.Join(t.TempDir(), "there.mha")
	if err := os.WriteFile(there, []byte("older"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := Conversion{Input: in, Output: there, Force: true}
	if _, err := Convert(ctx, c, ender{cancel}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if b, err := os.ReadFile(there); err != nil || string(b) != "older" {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := Convert(t.Context(), c, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	if i, err := Inspect(t.Context(), there); err != nil || i.Format != "MetaImage" {
		t.Errorf("%s, %v", i.Format, err)
	}
}
