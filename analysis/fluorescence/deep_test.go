package fluorescence_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"explant/analysis/fluorescence"
	"explant/analysis/phantom/focal"
	"explant/analysis/result"
	"explant/volume/parallel"
)

// stackOf is a photographed stack as a field of several planes.
func stackOf(img *focal.Image) fluorescence.Field {
	f := fluorescence.Field{Grid: img.Grid()}
	for ch, m := range []string{"dna", "h3cit", "mpo", "cd61"} {
		c := fluorescence.Channel{Marker: m, Name: focal.ChannelNames[ch], Counts: make([]float32, len(img.Counts[ch])), Full: math.MaxUint16}
		for i, v := range img.Counts[ch] {
			c.Counts[i] = float32(v)
		}
		f.Channels = append(f.Channels, c)
	}
	return f
}

// measuredStack is a phantom with what is found in it.
func measuredStack(t *testing.T, spec focal.Stack, o parallel.Options) (result.Findings, []uint8, focal.Truth) {
	t.Helper()
	img, truth, err := spec.Make(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	control, _, err := spec.As(true).Make(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	found, labels, err := fluorescence.Analyze(t.Context(), stackOf(img), []fluorescence.Field{stackOf(control)}, rules(t, "if-net"), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found, labels, truth
}

// stackNumber is the numerator of the only measurement of a metric and part: a count, or mm³.
func stackNumber(t *testing.T, f result.Findings, metric, part string) float64 {
	t.Helper()
	for _, m := range f.Measurements {
		if m.Metric == metric && m.Part == part && m.Numerator != nil {
			return *m.Numerator
		}
	}
	t.Fatalf("no %s %q; not measured: %v", metric, part, f.NotMeasured)
	return 0
}

// Tolerances: on ten stacks of 192 x 192 x 24 voxels with 45 nuclei and 3 NETs, seeds 101 to 110, every nucleus is counted;
// NETs +5 to +11 %, H3Cit and MPO +5 to +14 %, platelets -9 to -11 %.
const (
	nucleiWithin = 0.07
	netWithin    = 0.15
	markerWithin = 0.16
)

func judgeStack(t *testing.T, f result.Findings, truth focal.Truth) {
	t.Helper()
	for _, c := range []struct {
		metric, part   string
		truth, allowed float64
	}{
		{"if.nuc", "", float64(truth.Nuclei), nucleiWithin}, {"net.vol", "", truth.UM3["net"] / 1e9, netWithin},
		{"if.vol", "h3cit", truth.UM3["net"] / 1e9, markerWithin}, {"if.vol", "mpo", truth.UM3["mpo"] / 1e9, markerWithin},
		{"if.vol", "cd61", truth.UM3["platelet"] / 1e9, markerWithin}, {"net.vol.n", "", float64(truth.NETs), 0},
	} {
		got := stackNumber(t, f, c.metric, c.part)
		t.Logf("%s %s: %.4g, truth %.4g (%+.1f %%)", c.metric, c.part, got, c.truth, 100*(got/c.truth-1))
		if math.Abs(got-c.truth) > c.allowed*c.truth {
			t.Errorf("%s %s is %.4g, the truth is %.4g", c.metric, c.part, got, c.truth)
		}
	}
}

func TestStackIsMeasuredAsAVolume(t *testing.T) {
	f, labels, truth := measuredStack(t, focal.Default(128, 14), parallel.Options{})
	judgeStack(t, f, truth)
	if got := truth.Parameters.N; len(labels) != got[0]*got[1]*got[2] {
		t.Errorf("%d labels for %v voxels", len(labels), got)
	}
	for _, m := range f.Measurements {
		if m.Metric == "if.nuc.vol" && m.Part == "median" && math.Abs(m.Value/truth.MedianUM3-1) > 0.2 {
			t.Errorf("the median nucleus has %.4g µm³, the truth is %.4g", m.Value, truth.MedianUM3)
		}
	}
}

func TestAccuracyOfStacks(t *testing.T) {
	if os.Getenv("EXPLANT_VALIDATE") == "" {
		t.Skip("EXPLANT_VALIDATE=1 measures ten stacks")
	}
	for seed := range uint64(10) {
		f, _, truth := measuredStack(t, focal.Default(192, 101+seed), parallel.Options{})
		judgeStack(t, f, truth)
	}
}

// Nuclei keep their number and their volume, in µm³, when planes are taken at other distances.
func TestNucleiOfAnisotropicStacks(t *testing.T) {
	for _, apart := range []float64{0.4, 1.2} {
		spec := focal.Default(112, 5)
		spec.N[2], spec.SpacingUM[2] = int(14.4/apart), apart
		f, _, truth := measuredStack(t, spec, parallel.Options{})
		if got := stackNumber(t, f, "if.nuc", ""); math.Abs(got-float64(truth.Nuclei)) > 0.1*float64(truth.Nuclei) {
			t.Errorf("planes %g µm apart: %g nuclei of %d", apart, got, truth.Nuclei)
		}
	}
}

func TestStackHasTheSameBytesWithAnyNumberOfWorkers(t *testing.T) {
	var first []byte
	for _, workers := range []int{1, 2, 8} {
		f, labels, _ := measuredStack(t, focal.Default(64, 3), parallel.Options{Workers: workers})
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if text = append(text, labels...); first == nil {
			first = text
		} else if !bytes.Equal(first, text) {
			t.Errorf("%d workers give another result than one", workers)
		}
	}
}

func TestBlankStackShowsNothing(t *testing.T) {
	spec := focal.Default(96, 7)
	spec.Nuclei, spec.NETs, spec.Platelets = 0, 0, 0
	img, _, err := spec.Make(t.Context(), parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, dropped := range [][]int{{0, 1, 2, 3}, {0}} { // with markers of NETs, and nuclei alone
		f := stackOf(img)
		var kept []fluorescence.Channel
		for _, ch := range dropped {
			kept = append(kept, f.Channels[ch])
		}
		f.Channels = kept
		found, _, err := fluorescence.Analyze(t.Context(), f, nil, rules(t, "if-net"), parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := stackNumber(t, found, "if.nuc", ""); n != 0 {
			t.Errorf("%g nuclei in noise", n)
		}
		for _, m := range found.Measurements {
			if m.Metric == "if.vol" && m.Value > 0.01 {
				t.Errorf("%s covers %g %% of noise", m.Part, m.Value)
			}
		}
	}
}

func TestStackOfUnknownDistanceIsRefused(t *testing.T) {
	img, _, err := focal.Default(64, 1).Make(t.Context(), parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := stackOf(img)
	f.Grid.Spacing[2] = 0
	if _, _, err := fluorescence.Analyze(t.Context(), f, nil, rules(t, "if-net"), parallel.Options{}, nil); err == nil || !strings.Contains(err.Error(), "--spacing") {
		t.Errorf("error %v: the distance of planes is wanted", err)
	}
}

func BenchmarkStack(b *testing.B) {
	img, _, err := focal.Default(160, 1).Make(b.Context(), parallel.Options{})
	if err != nil {
		b.Fatal(err)
	}
	f, p := stackOf(img), rules(b, "if-net")
	b.Run("n=160x160x24/channels=4", func(b *testing.B) {
		b.SetBytes(int64(4 * f.Grid.Len()))
		for b.Loop() {
			if _, _, err := fluorescence.Analyze(b.Context(), f, nil, p, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestStackStopsWhenItIsCancelled(t *testing.T) {
	img, _, err := focal.Default(96, 1).Make(t.Context(), parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := fluorescence.Analyze(ctx, stackOf(img), nil, rules(t, "if-net"), parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v of a job that was cancelled", err)
	}
}
