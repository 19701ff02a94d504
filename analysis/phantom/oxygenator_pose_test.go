package phantom

import (
	"context"
	"math"
	"testing"

	"explant/volume/parallel"
)

func TestPlacementIsUndone(t *testing.T) {
	o := DefaultOxygenator(64, 1)
	o.Pose = Pose{TurnDeg: [3]float64{3, -7, 11}, ShiftUM: [3]float64{30, -50, 70}}
	l := o.placement()
	for _, p := range []vec{{0, 0, 0}, {63, 0, 5}, {10, 50, 33}} {
		q := l.scanner(l.device(p))
		if d := q.add(p, -1); d.dot(d) > 1e-18 {
			t.Errorf("%v comes back as %v", p, q)
		}
	}
	turned := o
	turned.Pose = Pose{TurnDeg: [3]float64{0, 0, 90}}
	l = turned.placement()
	if q := l.scanner(l.mid.add(vec{1, 0, 0}, 10)); math.Abs(q.y-l.mid.y-10) > 1e-9 {
		t.Errorf("90° about z take x to %v, not to y", q.add(l.mid, -1))
	}
}

// TestReferenceIsTheSameDevice reads the posed scene back at the places of the one as built.
func TestReferenceIsTheSameDevice(t *testing.T) {
	o := DefaultOxygenator(96, 3)
	ref := o.Reference()
	_, built, _, err := o.Make(context.Background(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	grey, posed, truth, err := ref.Make(context.Background(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if truth.VolumeMM3.Deposit != 0 || truth.BurdenPct != 0 || len(truth.Films) != 0 {
		t.Errorf("an unused device has %v mm³ of deposit", truth.VolumeMM3.Deposit)
	}
	l := ref.placement()
	same, all := 0, 0
	for i := range posed.Data {
		at := posed.Position(i)
		q := l.device(vec{float64(at[0]), float64(at[1]), float64(at[2])})
		x, y, z := int(math.Round(q.x)), int(math.Round(q.y)), int(math.Round(q.z))
		if min(x, y, z) < 0 || x >= o.N[0] || y >= o.N[1] || z >= o.N[2] {
			continue
		}
		was := built.At(x, y, z)
		if was == classDeposit {
			was = classVoid
		}
		if all++; was == posed.Data[i] {
			same++
		}
	}
	if share := float64(same) / float64(all); share < 0.9 { // the rest are borders, read at the nearest voxel
		t.Errorf("only %.1f %% of the voxels hold what the device as built holds there", 100*share)
	}
	one, _, _, err := ref.Make(context.Background(), parallel.Options{Workers: 1, Depth: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range one.Data {
		if one.Data[i] != grey.Data[i] {
			t.Fatal("the pixels of a posed device depend on the threads")
		}
	}
}

func TestImpossiblePose(t *testing.T) {
	for _, p := range []Pose{{TurnDeg: [3]float64{0, 30, 0}}, {ShiftUM: [3]float64{1e6, 0, 0}}, {TurnDeg: [3]float64{math.NaN(), 0, 0}}} {
		o := DefaultOxygenator(64, 1)
		o.Pose = p
		if o.Check() == nil {
			t.Errorf("%+v is accepted", p)
		}
	}
}
