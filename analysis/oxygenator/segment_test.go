package oxygenator

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/analysis/phantom"
	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

func scanOf(t testing.TB, o phantom.Oxygenator) *volume.Volume[uint16] {
	t.Helper()
	grey, _, _, err := o.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return grey
}

func TestSameLabelsWithAnyNumberOfWorkers(t *testing.T) {
	grey := scanOf(t, phantom.DefaultOxygenator(80, 2))
	var first *segment.Segmentation
	for _, o := range []parallel.Options{{Workers: 1}, {Workers: 8, Depth: 3}} {
		got, err := Segment(t.Context(), grey, Params{}, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
		}
		if !slices.Equal(got.Labels.Data, first.Labels.Data) || !slices.Equal(got.Replicates, first.Replicates) {
			t.Errorf("%+v changes the result", o)
		}
		for k, v := range first.Diagnostics {
			if got.Diagnostics[k] != v {
				t.Errorf("%+v changes %s", o, k)
			}
		}
	}
}

// A scan written as 8 bits, brighter and in float, gives nearly the same labels.
func TestGreyScaleDoesNotMatter(t *testing.T) {
	grey := scanOf(t, phantom.DefaultOxygenator(80, 2))
	want, err := Segment(t.Context(), grey, Params{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	eight, wide := volume.New[uint8](grey.Grid), volume.New[float32](grey.Grid)
	for i, g := range grey.Data {
		eight.Data[i], wide.Data[i] = uint8(g/256), float32(g)/1000-30
	}
	a, err := Segment(t.Context(), eight, Params{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Segment(t.Context(), wide, Params{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]*segment.Segmentation{"8 bits": a, "float": b} {
		if d := dice(got.Labels, want.Labels, segment.Deposit); d < 0.97 {
			t.Errorf("%s: deposit Dice %.3f with the 16-bit result", name, d)
		}
	}
}

func TestWhatCannotBeSegmentedIsAnError(t *testing.T) {
	mm := [3]float64{0.02, 0.02, 0.02}
	grid := func(spacing [3]float64) volume.Grid { return volume.Grid{N: [3]int{32, 32, 32}, Spacing: spacing} }
	flat := volume.New[float32](grid(mm))
	broken := volume.New[float32](grid(mm))
	for i := range broken.Data {
		broken.Data[i] = float32(i % 7)
	}
	broken.Data[5] = float32(math.NaN())
	tiny := volume.New[float32](volume.Grid{N: [3]int{32, 8, 32}, Spacing: mm})
	for name, c := range map[string]struct {
		v    *volume.Volume[float32]
		p    Params
		want error
	}{
		"uncalibrated": {volume.New[float32](grid([3]float64{})), Params{}, ErrUncalibrated},
		"anisotropic":  {volume.New[float32](grid([3]float64{0.02, 0.02, 0.05})), Params{}, ErrAnisotropic},
		"coarse":       {volume.New[float32](grid([3]float64{0.1, 0.1, 0.1})), Params{}, ErrTooCoarse},
		"thick walls":  {flat, Params{FibreWallMaxUM: 200}, ErrParameter},
		"negative":     {flat, Params{FibreOuterDiameterUM: -1}, ErrParameter},
		"not a number": {broken, Params{}, ErrParameter},
		"too small":    {tiny, Params{}, ErrParameter},
		"one grey":     {flat, Params{}, nil},
	} {
		_, err := Segment(t.Context(), c.v, c.p, parallel.Options{}, nil)
		if err == nil || (c.want != nil && !errors.Is(err, c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCancelledSegmentationStops(t *testing.T) {
	grey := scanOf(t, phantom.DefaultOxygenator(48, 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Segment(ctx, grey, Params{}, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// A bundle with the defects of real ones must not fail silently: good enough, or flagged.
func TestImperfectBundle(t *testing.T) {
	c := run(t, phantom.DefaultOxygenator(112, 1).Imperfect())
	if good := c.deposit >= 0.9 && math.Abs(c.excess) <= 6 && math.Abs(c.blood) <= 3; !good && len(c.got.Flags) == 0 {
		t.Errorf("Dice %.3f, deposit %+.1f %%, blood side %+.1f %%, and no flag", c.deposit, c.excess, c.blood)
	}
}

// TestUnusedDevice has no deposit at all: polymer of fibres that were not found must not become one,
// unless the rules say that deposit may be as dark.
func TestUnusedDevice(t *testing.T) {
	o := phantom.DefaultOxygenator(112, 5)
	o.DepositShare = 0
	grey := scanOf(t, o)
	burden := func(p Params) float64 {
		s, err := Segment(t.Context(), grey, p, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		bare := slices.ContainsFunc(s.Flags, func(f result.Flag) bool { return f.ID == "no-deposit-grey" })
		if asked := p.DepositMinContrast == 0; bare != asked {
			t.Errorf("flag no-deposit-grey %v with %+v", bare, p)
		}
		var n [segment.ClassCount]int
		for _, c := range s.Labels.Data {
			n[c]++
		}
		return float64(n[segment.Deposit]) / float64(n[segment.Deposit]+n[segment.Void])
	}
	if b := burden(Params{}); b > 0.001 {
		t.Errorf("burden %.2f %% of an unused device", 100*b)
	}
	if b := burden(Params{DepositMinContrast: 0.1}); b < 0.01 {
		t.Errorf("burden %.2f %% where deposit may be as dark as polymer: the rule does nothing", 100*b)
	}
}

func TestRoundHousing(t *testing.T) {
	o := phantom.DefaultOxygenator(112, 1)
	o.HousingRound = true
	c := run(t, o)
	if c.deposit < 0.94 || math.Abs(c.blood) > 3 || c.got.Diagnostics["housing_wall_count"] != 1 {
		t.Errorf("Dice %.3f, blood side %+.1f %%, %v", c.deposit, c.blood, c.got.Diagnostics)
	}
}

// Whatever a volume holds, the answer is labels or an error.
func TestStrangeVolumesNeverPanic(t *testing.T) {
	g := volume.Grid{N: [3]int{44, 40, 36}, Spacing: [3]float64{0.02, 0.02, 0.02}}
	rng := rand.New(rand.NewPCG(1, 2))
	for name, grey := range map[string]func(x, y, z int) float32{
		"noise":        func(_, _, _ int) float32 { return rng.Float32() },
		"huge noise":   func(_, _, _ int) float32 { return (rng.Float32() - 0.5) * 1e15 },
		"checkerboard": func(x, y, z int) float32 { return float32((x + y + z) % 2) },
		"three slabs":  func(x, _, _ int) float32 { return float32(x / 15) },
		"ramp":         func(x, y, z int) float32 { return float32(x + 2*y + 3*z) },
		"one bright":   func(x, y, z int) float32 { return map[bool]float32{true: 100}[x == 20 && y == 20 && z == 20] },
		"tubes": func(x, y, _ int) float32 {
			return map[bool]float32{true: 3}[(x/12+y/12)%2 == 0] + map[bool]float32{true: 1}[(x*y)%7 == 0]
		},
		"too large": func(_, _, z int) float32 { return float32(z) * 1e30 },
	} {
		v := volume.New[float32](g)
		for i := range v.Data {
			x, y, z := split(g, i)
			v.Data[i] = grey(x, y, z)
		}
		got, err := Segment(t.Context(), v, Params{}, parallel.Options{}, nil)
		if err == nil && (len(got.Labels.Data) != g.Len() || len(got.Flags) == 0) {
			t.Errorf("%s: %d labels, flags %v", name, len(got.Labels.Data), got.Flags)
		}
	}
}

func ExampleSegment() {
	scan := volume.New[uint16](volume.Grid{N: [3]int{64, 64, 64}})
	_, err := Segment(context.Background(), scan, Params{}, parallel.Options{}, nil)
	fmt.Println(errors.Is(err, ErrUncalibrated))
	// Output: true
}

func BenchmarkSegment(b *testing.B) {
	grey := scanOf(b, phantom.DefaultOxygenator(128, 1))
	b.Run("n=128", func(b *testing.B) {
		b.SetBytes(int64(2 * grey.Len()))
		for b.Loop() {
			if _, err := Segment(b.Context(), grey, Params{}, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
