package pipeline

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
)

// smallSlide makes a small DAB phantom of 1 µm pixels and returns its path.
func smallSlide(t *testing.T) string {
	t.Helper()
	made, err := MakePhantom(t.Context(), "dab", t.TempDir(), PhantomOptions{Size: 300, Seed: 1}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	return made.Image
}

func has(res result.Result, metric string) bool {
	return slices.ContainsFunc(res.Measurements, func(m result.Measurement) bool { return m.Metric == metric })
}

func TestTypedSizeReplacesTheHeaders(t *testing.T) {
	image := smallSlide(t)
	header := analyzed(t, Job{Input: image, Protocol: rules(t, "slide-dab")})
	typed := analyzed(t, Job{Input: image, Protocol: rules(t, "slide-dab"), Spacing: [3]float64{0.002, 0.002, 0}})
	// The lengths of the rules are in µm: they find other tissue, and the region is that of the image.
	region := func(r result.Result) float64 {
		return value(t, r, "h.area", "tissue", "") / value(t, r, "h.tissue", "tissue", "")
	}
	if r := region(typed) / region(header); r < 3.999999 || r > 4.000001 {
		t.Errorf("twice the pixel size makes %g times the area, want 4", r)
	}
	if c := typed.Image.Calibration; c.Source != volume.Typed || c.Field != "--pixel-size" || len(c.Warnings) == 0 {
		t.Errorf("calibration %+v", c)
	}
	if typed.Protocol.Method != header.Protocol.Method {
		t.Error("a typed size changes the method; it is input")
	}
	if typed.ID == header.ID {
		t.Error("two results with one id")
	}
}

func TestUnknownSizeWithholdsUnits(t *testing.T) {
	image := sample(t, "histology/hdab_ecm_native_trop_02.jpg")
	res := analyzed(t, Job{Input: image, Protocol: rules(t, "slide-dab")})
	if has(res, "h.area") || !has(res, "h.area.c") {
		t.Error("an area in mm², or no share, from an uncalibrated image")
	}
	if !slices.ContainsFunc(res.NotMeasured, func(w result.Withheld) bool { return w.Metric == "h.area" && w.Reason != "" }) {
		t.Error("nothing says why there is no area")
	}
	for _, m := range res.Measurements {
		if strings.Contains(m.Unit, "m") && m.Unit != "%" {
			t.Errorf("%s %s has the unit %s", m.Metric, m.Part, m.Unit)
		}
	}
	if res.Status != "preliminary" || !slices.Contains(res.Missing, "imaging.pixel_size") {
		t.Errorf("status %s, missing %v", res.Status, res.Missing)
	}
}

func TestMemoryCapIsToldBeforeTheWork(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	_, err := Analyze(t.Context(), Job{Input: smallSlide(t), Protocol: rules(t, "slide-dab"), Out: out}, Limits{Memory: 50 << 20}, parallel.Discard{})
	if !errors.Is(err, ErrMemory) || !strings.Contains(err.Error(), "--memory") {
		t.Errorf("got %v", err)
	}
}

func TestCancelledRunKeepsTheOlderResult(t *testing.T) {
	image, out := smallSlide(t), t.TempDir()
	job := Job{Input: image, Protocol: rules(t, "slide-dab"), Out: out}
	analyzed(t, job)
	before := names(t, out)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Analyze(ctx, job, Limits{}, parallel.Discard{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if after := names(t, out); !slices.Equal(before, after) {
		t.Errorf("before %v, after %v", before, after)
	}
}

func TestWrongKindOfImageIsSaidWithTheProtocol(t *testing.T) {
	for name, want := range map[string]string{"ct-panel": "grey volume", "oxygenator-ct": "grey volume"} {
		_, err := Analyze(t.Context(), Job{Input: smallSlide(t), Protocol: rules(t, name), Out: t.TempDir()}, Limits{}, parallel.Discard{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
