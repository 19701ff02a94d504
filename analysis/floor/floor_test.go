package floor

import (
	"context"
	"errors"
	"math"
	"testing"

	"explant/volume"
	"explant/volume/filter"
	"explant/volume/parallel"
)

// usual is the scan of the default phantom.
var usual = Scan{SpacingUM: 20, AirGrey: 6000, PolymerGrey: 20000, DepositGrey: 29000, NoiseAir: 1600, NoiseDeposit: 2500,
	Correlation: 0.5, PSFVoxels: 0.8, OuterVoxels: 9.5, InnerVoxels: 6}

// medianThreshold is the rule of the plain recipe: grey above cut after a 3x3x3 median.
func medianThreshold(cut float64, o parallel.Options) Rule {
	return func(ctx context.Context, grey *volume.Volume[float32], _ *Tube) (*volume.Labels, error) {
		m, err := filter.Median3(ctx, grey, o, nil)
		if err != nil {
			return nil, err
		}
		out := volume.New[uint8](grey.Grid)
		for i, g := range m.Data {
			if float64(g) > cut {
				out.Data[i] = 1
			}
		}
		return out, nil
	}
}

func floorOf(t *testing.T, s Scan, rule Rule, o parallel.Options) Limits {
	t.Helper()
	l, err := Of(t.Context(), s, rule, 1, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestFloorFollowsTheRule(t *testing.T) {
	plain := floorOf(t, usual, medianThreshold(22500, parallel.Options{}), parallel.Options{Workers: 1})
	if plain.Sphere < 4 || plain.Sphere > 10 || plain.Film < 1 {
		t.Errorf("implausible floor %+v", plain)
	}
	if again := floorOf(t, usual, medianThreshold(22500, parallel.Options{}), parallel.Options{Workers: 8, Depth: 3}); again != plain {
		t.Errorf("%+v with other workers, %+v", again, plain)
	}
	keen := floorOf(t, usual, medianThreshold(17500, parallel.Options{}), parallel.Options{})
	if keen.Sphere >= plain.Sphere {
		t.Errorf("a lower threshold: %+v, %+v", keen, plain)
	}
	blind := floorOf(t, usual, func(_ context.Context, v *volume.Volume[float32], _ *Tube) (*volume.Labels, error) {
		return volume.New[uint8](v.Grid), nil
	}, parallel.Options{})
	if !math.IsInf(blind.Sphere, 1) || !math.IsInf(blind.Film, 1) {
		t.Errorf("a rule that finds nothing: %+v", blind)
	}
}

func TestFloorNeedsAKnownScan(t *testing.T) {
	for _, change := range []func(*Scan){func(s *Scan) { s.NoiseAir = 0 }, func(s *Scan) { s.DepositGrey = math.NaN() }, func(s *Scan) { s.OuterVoxels = 65 }} {
		s := usual
		change(&s)
		if _, err := Of(t.Context(), s, medianThreshold(1, parallel.Options{}), 1, parallel.Options{}); !errors.Is(err, ErrUnknown) {
			t.Error(err)
		}
	}
}

func TestSmallestIsWhereTheShareCrosses(t *testing.T) {
	sizes := []float64{1, 2, 3, 4}
	for _, c := range []struct {
		share []float64
		want  float64
	}{{[]float64{1, 1, 1, 1}, 1}, {[]float64{0, 0.8, 1, 1}, 2.5}, {[]float64{1, 0, 0.9, 1}, 3}, {[]float64{1, 1, 1, 0}, math.Inf(1)}} {
		if got := smallest(sizes, c.share); got != c.want {
			t.Errorf("%v: %g, want %g", c.share, got, c.want)
		}
	}
}
