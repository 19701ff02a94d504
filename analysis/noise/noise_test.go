package noise

import (
	"errors"
	"math"
	"testing"

	"explant/analysis/phantom"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// scanned is a lattice of fibres with films as a scanner sees it, and as ct-panel labels it.
func scanned(t *testing.T, change func(*phantom.Lattice)) (*volume.Volume[uint16], *segment.Segmentation) {
	t.Helper()
	l := phantom.DefaultLattice(96, 1)
	change(&l)
	grey, _, _, err := l.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := segment.Panel(t.Context(), grey, segment.PanelParams{KeepSolidFaces: true}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return grey, s
}

// The noise that the phantom was made with comes out: its variance is gauss² + photon·grey, the rings of 500
// add theirs, and cupping lowers the greys by a few percent.
func TestNoiseAndBlurOfPhantoms(t *testing.T) {
	for name, c := range map[string]struct { // to 15 %: thin walls hide their blur
		change                  func(*phantom.Lattice)
		psf, times, correlation float64
	}{
		"default":    {func(*phantom.Lattice) {}, 0.8, 1, 0.5},
		"blurred":    {func(l *phantom.Lattice) { l.Scanner.PSFVoxels = 1 }, 1, 1, 0.5},
		"white":      {func(l *phantom.Lattice) { l.Scanner.Correlation = 0 }, 0.8, 1, 0},
		"half noise": {func(l *phantom.Lattice) { l.Scanner.NoiseGrey, l.Scanner.GaussGrey = 1100, 600 }, 0.8, 0.5, 0.5},
	} {
		grey, s := scanned(t, c.change)
		got, err := Measure(t.Context(), grey, s, parallel.Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		air := c.times * math.Sqrt(1200*1200+(2200*2200-1200*1200)/20000.0*6000)
		want := math.Hypot(air, 500)
		if math.Abs(got.Void/want-1) > 0.08 {
			t.Errorf("%s: sd %.0f in void, want %.0f", name, got.Void, want)
		}
		if got.Deposit < got.Void || got.Deposit > 2.2*got.Void {
			t.Errorf("%s: sd %.0f in deposit, %.0f in void", name, got.Deposit, got.Void)
		}
		if math.Abs(got.Correlation-c.correlation) > 0.12 {
			t.Errorf("%s: correlation %.2f", name, got.Correlation)
		}
		if math.Abs(got.PSFVoxels/c.psf-1) > 0.15 {
			t.Errorf("%s: point spread %.2f, want %.2f", name, got.PSFVoxels, c.psf)

		}
	}
}

func TestScansWithoutVoidOrBorder(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{40, 40, 40}})
	for i := range v.Data {
		v.Data[i] = uint8(i * 7 % 5)
	}
	s := &segment.Segmentation{Labels: volume.New[uint8](v.Grid)}
	if _, err := Measure(t.Context(), v, s, parallel.Options{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("void alone: %v", err)
	}
	for i := range s.Labels.Data {
		s.Labels.Data[i] = segment.Deposit
	}
	if _, err := Measure(t.Context(), v, s, parallel.Options{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("deposit alone: %v", err)
	}
}

func TestLowestOfAParabola(t *testing.T) {
	f := func(x float64) float64 { return 3*(x-1.3)*(x-1.3) + 2 }
	if got := lowest([]float64{0.5, 1.2, 2}, []float64{f(0.5), f(1.2), f(2)}); math.Abs(got-1.3) > 1e-12 {
		t.Errorf("lowest at %g", got)
	}
	if got := lowest([]float64{1, 2, 3}, []float64{1, 2, 3}); got != 2 {
		t.Errorf("of a line %g", got)
	}
}

func TestNoteNamesWhatItHolds(t *testing.T) {
	d := map[string]float64{}
	Scan{Void: 1, Deposit: 2, Correlation: 0.5, PSFVoxels: 0.8}.Note(d)
	if d["noise_sd_air_grey"] != 1 || d["noise_sd_deposit_grey"] != 2 || d["noise_correlation"] != 0.5 || d["psf_sigma_voxels"] != 0.8 {
		t.Errorf("%v", d)
	}
}

func BenchmarkMeasure(b *testing.B) {
	b.Run("n=128", func(b *testing.B) {
		grey, truth, _, err := phantom.DefaultLattice(128, 1).Make(b.Context(), parallel.Options{}, nil)
		if err != nil {
			b.Fatal(err)
		}
		s := &segment.Segmentation{Labels: truth}
		b.SetBytes(int64(2 * len(grey.Data)))
		for b.Loop() {
			if _, err := Measure(b.Context(), grey, s, parallel.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
