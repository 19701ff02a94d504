package fluorescence_test

import (
	"context"
	"errors"
	"image"
	"math"
	"os"
	"testing"

	"explant/analysis/fluorescence"
	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
)

// held is a slide that lies in memory.
type held struct{ fluorescence.Field }

func (h held) Grid() volume.Grid { return h.Field.Grid }

func (h held) Channels() (all []fluorescence.Channel) {
	for _, c := range h.Field.Channels {
		c.Counts = nil
		all = append(all, c)
	}
	return all
}

func (h held) Read(_ context.Context, r image.Rectangle) (all [][]float32, err error) {
	for _, c := range h.Field.Channels {
		counts := make([]float32, 0, r.Dx()*r.Dy())
		for y := r.Min.Y; y < r.Max.Y; y++ {
			counts = append(counts, c.Counts[y*h.Field.Grid.N[0]+r.Min.X:][:r.Dx()]...)
		}
		all = append(all, counts)
	}
	return all, nil
}

// A phantom that is cut anywhere gives the classes and, to the last digits, the numbers of the whole. Windows are
// narrower than the phantom.
func TestSeamsOfTilesAreInvisible(t *testing.T) {
	w, h, sides := 1400, 260, []int{300}
	if os.Getenv("EXPLANT_VALIDATE") != "" {
		w, h, sides = 1900, 1900, []int{256, 333, 700, fluorescence.TileSide}
	}
	s := photographed(t, w, h, 3)
	for _, side := range sides {
		labels := make([]uint8, w*h)
		got, err := fluorescence.AnalyzeTiles(t.Context(), held{s.field}, s.controls, rules(t, "if-net"), parallel.Options{}, nil,
			func(r image.Rectangle, part []uint8, counts [][]float32) error {
				for y := range r.Dy() {
					copy(labels[(r.Min.Y+y)*w+r.Min.X:], part[y*r.Dx():][:r.Dx()])
				}
				if counts[0][0] != s.field.Channels[0].Counts[r.Min.Y*w+r.Min.X] {
					t.Errorf("counts of another place at %v", r)
				}
				return nil
			}, side)
		if err != nil {
			t.Fatal(err)
		}
		differ := 0
		for i, c := range labels {
			if c != s.labels[i] {
				differ++
			}
		}
		if differ > 0 {
			t.Errorf("tiles of %d: %d pixels have another class", side, differ)
		}
		sameMeasurements(t, side, got, s.Findings)
	}
}

func sameMeasurements(t *testing.T, tile int, got, want result.Findings) {
	t.Helper()
	if len(got.Measurements) != len(want.Measurements) || len(got.Flags) != len(want.Flags) || len(got.NotMeasured) != len(want.NotMeasured) {
		t.Fatalf("tiles of %d: %d measurements, %d flags; want %d and %d", tile, len(got.Measurements), len(got.Flags), len(want.Measurements), len(want.Flags))
	}
	for k, m := range got.Measurements {
		w := want.Measurements[k]
		if m.Metric != w.Metric || m.Part != w.Part || math.Abs(m.Value-w.Value) > 1e-9*math.Abs(w.Value) {
			t.Errorf("tiles of %d: %s %s is %v, want %v", tile, m.Metric, m.Part, m.Value, w.Value)
		}
		if m.UHi != nil && math.Abs(*m.UHi-*w.UHi) > 1e-9*math.Abs(*w.UHi) {
			t.Errorf("tiles of %d: %s %s reaches to %v, want %v", tile, m.Metric, m.Part, *m.UHi, *w.UHi)
		}
	}
}

// errFull is what a sink returns whose disk is full.
var errFull = errors.New("disk full")

func TestTilesStopWithTheirSink(t *testing.T) {
	s := analysed(t, 256, 3)
	ctx, stop := context.WithCancel(t.Context())
	_, err := fluorescence.AnalyzeSlide(ctx, held{s.field}, nil, rules(t, "if-markers"), parallel.Options{}, nil,
		func(image.Rectangle, []uint8, [][]float32) error { return errFull })
	if !errors.Is(err, errFull) {
		t.Errorf("got %v, want that of the sink", err)
	}
	stop()
	_, err = fluorescence.AnalyzeSlide(ctx, held{s.field}, nil, rules(t, "if-markers"), parallel.Options{}, nil,
		func(image.Rectangle, []uint8, [][]float32) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancellation", err)
	}
}
