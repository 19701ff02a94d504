package oxygenator

import (
	"context"
	"errors"
	"math"
	"testing"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/filter"
	"explant/volume/parallel"
)

// usual is the scan of the default phantom.
var usual = Scan{SpacingUM: 20, AirGrey: 6000, PolymerGrey: 20000, DepositGrey: 29000, NoiseAir: 1600, NoiseDeposit: 2500,
	Correlation: 0.5, PSFVoxels: 0.8, OuterVoxels: 9.5, InnerVoxels: 6}

// medianThreshold is the rule of the plain recipe: grey above cut after a 3x3x3 median.
func medianThreshold(cut float64, o parallel.Options) Rule {
	return func(ctx context.Context, grey *volume.Volume[float32]) (*volume.Labels, error) {
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
	l, err := Floor(t.Context(), s, Params{}, rule, 1, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestFloorFollowsNoiseAndRule(t *testing.T) {
	l := floorOf(t, usual, nil, parallel.Options{Workers: 1})
	if again := floorOf(t, usual, nil, parallel.Options{Workers: 8, Depth: 3}); again != l {
		t.Errorf("%+v with other workers, %+v", again, l)
	}
	t.Logf("%+v", l)
	if l.Sphere < 2 || l.Sphere > 6 || l.Film < 0.5 || l.Film > 2.5 {
		t.Errorf("implausible floor %+v", l)
	}
	loud := usual
	loud.NoiseAir, loud.NoiseDeposit = 3*usual.NoiseAir, 3*usual.NoiseDeposit
	if n := floorOf(t, loud, nil, parallel.Options{}); n.Sphere <= l.Sphere {
		t.Errorf("three times the noise: %+v", n)
	}
	blind := floorOf(t, loud, func(_ context.Context, v *volume.Volume[float32]) (*volume.Labels, error) {
		return volume.New[uint8](v.Grid), nil
	}, parallel.Options{})
	if !math.IsInf(blind.Sphere, 1) || !math.IsInf(blind.Film, 1) {
		t.Errorf("a rule that finds nothing: %+v", blind)
	}
	plain := floorOf(t, usual, medianThreshold(22500, parallel.Options{}), parallel.Options{})
	if plain.Sphere < l.Sphere || plain.Film < l.Film {
		t.Errorf("median and threshold %+v better than %+v", plain, l)
	}
}

func TestFloorNeedsAKnownScan(t *testing.T) {
	s := usual
	s.NoiseAir = 0
	if _, err := Floor(t.Context(), s, Params{}, nil, 1, nil, parallel.Options{}); !errors.Is(err, ErrParameter) {
		t.Error(err)
	}
	empty := &segment.Segmentation{Labels: volume.New[uint8](volume.Grid{N: [3]int{4, 4, 4}})}
	if _, err := Floor(t.Context(), ScanOf(empty), Params{}, nil, 1, nil, parallel.Options{}); !errors.Is(err, ErrParameter) {
		t.Error(err)
	}
}

// Limits that were kept are those that would be made, for all scans that agree when rounded.
func TestFloorIsRecalledForLikeScans(t *testing.T) {
	kept := map[string]Limits{}
	made := 0
	keep := func(key string, make func() (Limits, error)) (Limits, error) {
		if l, ok := kept[key]; ok {
			return l, nil
		}
		made++
		l, err := make()
		kept[key] = l
		return l, err
	}
	like := usual
	like.AirGrey, like.PolymerGrey, like.DepositGrey = like.AirGrey+5, like.PolymerGrey+5, like.DepositGrey+5
	like.SpacingUM = 21
	unlike := usual
	unlike.NoiseAir *= 1.2
	for _, s := range []Scan{usual, like, unlike} {
		l, err := Floor(t.Context(), s, Params{}, nil, 1, keep, parallel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if s != unlike && l != floorOf(t, usual, nil, parallel.Options{}) {
			t.Errorf("%+v of %+v", l, s)
		}
	}
	if made != 2 {
		t.Errorf("made %d times", made)
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
