package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/volume/parallel"
)

// What explant info says of the images of a phantom: their shape, channels and pixel size.
func TestFieldPhantomsOpenCalibrated(t *testing.T) {
	lost := 2
	for _, c := range []struct {
		kind  string
		o     PhantomOptions
		file  string
		size  [3]int
		names []string
		um    float64
		chans int
	}{
		{"if", PhantomOptions{Size: 160, Seed: 3}, "field.ome.tif", [3]int{160, 160, 1}, []string{"DNA", "H3Cit", "MPO", "fibrin(ogen)", "CD61"}, 0.325, 5},
		{"if", PhantomOptions{Size: 160, Seed: 3}, "control.ome.tif", [3]int{160, 160, 1}, []string{"DNA", "H3Cit", "MPO", "fibrin(ogen)", "CD61"}, 0.325, 5},
		{"if", PhantomOptions{Size: 160, Seed: 3}, "truth.ome.tif", [3]int{160, 160, 1}, nil, 0.325, 11},
		{"sem", PhantomOptions{Size: 128, Seed: 3}, "field.ome.tif", [3]int{128, 96, 1}, nil, 0.01, 1},
		{"sem", PhantomOptions{Size: 128, Seed: 3, Deposits: true, DiameterPX: 7, SpreadPX: 1}, "truth.ome.tif", [3]int{128, 96, 1}, nil, 0.025, 1},
		{"serial", PhantomOptions{Size: 64, Seed: 3, Sections: 6, Lost: &lost}, "sections", [3]int{64, 64, 4}, nil, 0.8, 3},
		{"serial", PhantomOptions{Size: 64, Seed: 3, Sections: 5, ThicknessUM: 4}, "truth.nrrd", [3]int{64, 64, 5}, nil, 0.8, 1},
		{"serial", PhantomOptions{Size: 64, Seed: 3}, "sections/section_001.ome.tif", [3]int{64, 64, 1}, nil, 0.8, 3},
	} {
		out := t.TempDir()
		made, err := MakePhantom(t.Context(), c.kind, out, c.o, Limits{}, parallel.Discard{})
		if err != nil {
			t.Fatal(err)
		}
		i, err := Inspect(t.Context(), filepath.Join(out, c.file))
		if err != nil {
			t.Fatal(err)
		}
		if i.Grid.N != c.size || i.Channels != c.chans || math.Abs(i.Grid.Spacing[0]*1000-c.um) > 1e-6 {
			t.Errorf("%s: %s is %v with %d channels of %v mm", c.kind, c.file, i.Grid.N, i.Channels, i.Grid.Spacing)
		}
		if c.names != nil && !slices.Equal(i.ChannelNames, c.names) {
			t.Errorf("%s: %s has the channels %q", c.kind, c.file, i.ChannelNames)
		}
		if _, err := os.Stat(made.Image); err != nil || made.Truth == "" {
			t.Errorf("%s: %+v, %v", c.kind, made, err)
		}
		checkTruth(t, c.kind, out)
	}
}

// checkTruth reads truth.json, and the preview where it is.
func checkTruth(t *testing.T, kind, out string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(out, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var truth struct{ Schema, Kind string }
	if err := json.Unmarshal(b, &truth); err != nil || truth.Schema != "explant-truth/1" || truth.Kind != kind {
		t.Errorf("%s: truth.json says %+v, %v", kind, truth, err)
	}
	if i, err := Inspect(t.Context(), filepath.Join(out, "preview.png")); err != nil || i.Grid.N[0] > previewSide+32 {
		t.Errorf("%s: preview %v, %v", kind, i.Grid.N, err)
	}
}

func TestFieldPhantomsAreTheSameWithAnyNumberOfWorkers(t *testing.T) {
	for kind, file := range map[string]string{"if": "field.ome.tif", "sem": "field.ome.tif", "serial": "sections/section_001.ome.tif"} {
		var first []byte
		for _, workers := range []int{1, 3} {
			out := t.TempDir()
			if _, err := MakePhantom(t.Context(), kind, out, PhantomOptions{Size: 96, Seed: 2}, Limits{Workers: workers}, parallel.Discard{}); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(filepath.Join(out, file))
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = b
			}
			if !bytes.Equal(b, first) {
				t.Errorf("%s: %d workers write another %s", kind, workers, file)
			}
		}
	}
}

func TestSectionsOfAnotherBlockAreNotMixedIn(t *testing.T) {
	out := t.TempDir()
	if _, err := MakePhantom(t.Context(), "serial", out, PhantomOptions{Size: 32, Sections: 6}, Limits{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	_, err := MakePhantom(t.Context(), "serial", out, PhantomOptions{Size: 32, Sections: 4}, Limits{}, parallel.Discard{})
	if err == nil || !strings.Contains(err.Error(), "section_00") || !strings.Contains(err.Error(), "elsewhere") {
		t.Errorf("fewer sections in the same folder: %v", err)
	}
}

func TestACancelledFieldPhantomLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, kind := range []string{"if", "sem", "serial"} {
		out := t.TempDir()
		if _, err := MakePhantom(ctx, kind, out, PhantomOptions{Size: 96}, Limits{}, parallel.Discard{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", kind, err)
		}
		if left := names(t, out); len(left) > 0 {
			t.Errorf("%s: %v is left", kind, left)
		}
	}
}
