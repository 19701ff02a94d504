package oxygenator

import (
	"errors"
	"testing"

	"explant/analysis/floor"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// usual is the scan of the default phantom.
var usual = floor.Scan{SpacingUM: 20, AirGrey: 6000, PolymerGrey: 20000, DepositGrey: 29000, NoiseAir: 1600, NoiseDeposit: 2500,
	Correlation: 0.5, PSFVoxels: 0.8, OuterVoxels: 9.5, InnerVoxels: 6}

func floorOf(t *testing.T, s floor.Scan, o parallel.Options) floor.Limits {
	t.Helper()
	l, err := Floor(t.Context(), s, Params{}, 1, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestFloorFollowsNoise(t *testing.T) {
	l := floorOf(t, usual, parallel.Options{Workers: 1})
	if again := floorOf(t, usual, parallel.Options{Workers: 8, Depth: 3}); again != l {
		t.Errorf("%+v with other workers, %+v", again, l)
	}
	t.Logf("%+v", l)
	if l.Sphere < 2 || l.Sphere > 6 || l.Film < 0.5 || l.Film > 2.5 {
		t.Errorf("implausible floor %+v", l)
	}
	loud := usual
	loud.NoiseAir, loud.NoiseDeposit = 3*usual.NoiseAir, 3*usual.NoiseDeposit
	if n := floorOf(t, loud, parallel.Options{}); n.Sphere <= l.Sphere {
		t.Errorf("three times the noise: %+v", n)
	}
}

func TestFloorNeedsAKnownScan(t *testing.T) {
	s := usual
	s.NoiseAir = 0
	if _, err := Floor(t.Context(), s, Params{}, 1, nil, parallel.Options{}); !errors.Is(err, floor.ErrUnknown) {
		t.Error(err)
	}
	empty := &segment.Segmentation{Labels: volume.New[uint8](volume.Grid{N: [3]int{4, 4, 4}})}
	if _, err := Floor(t.Context(), ScanOf(empty), Params{}, 1, nil, parallel.Options{}); !errors.Is(err, floor.ErrUnknown) {
		t.Error(err)
	}
}

// Limits that were kept are those that would be made, for all scans that agree when rounded.
func TestFloorIsRecalledForLikeScans(t *testing.T) {
	kept := map[string]floor.Limits{}
	made := 0
	keep := func(key string, make func() (floor.Limits, error)) (floor.Limits, error) {
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
	for _, s := range []floor.Scan{usual, like, unlike} {
		l, err := Floor(t.Context(), s, Params{}, 1, keep, parallel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if s != unlike && l != floorOf(t, usual, parallel.Options{}) {
			t.Errorf("%+v of %+v", l, s)
		}
	}
	if made != 2 {
		t.Errorf("made %d times", made)
	}
}
