package phantom

import (
	"math"
	"testing"

	"explant/volume/parallel"
)

// The crowd holds its share of the ball's blood-side space, and beyond the reach of its deposits nothing changes.
func TestCrowdFillsItsBall(t *testing.T) {
	o := DefaultOxygenator(96, 3)
	o.Coverage = 1
	_, plain, _, err := o.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.Crowd = Crowd{At: [3]float64{0.5, 0.5, 0.6}, RadiusUM: 600, Share: 0.5}
	_, labels, _, err := o.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var deposit, blood float64
	for i, c := range labels.Data {
		p := labels.Position(i)
		r := math.Hypot(math.Hypot(float64(p[0])-48, float64(p[1])-48), float64(p[2])-57.6) * o.SpacingUM
		if r < 600 && (c == classVoid || c == classDeposit) {
			blood++
			if c == classDeposit {
				deposit++
			}
		}
		if r > 600+1200 && c != plain.Data[i] {
			t.Fatalf("voxel %v, %g µm from the crowd, is of class %d instead of %d", p, r, c, plain.Data[i])
		}
	}
	if share := deposit / blood; math.Abs(share-0.5) > 0.08 { // one piece more or less
		t.Errorf("deposit fills %.3f of the crowd's blood-side space, want 0.5", share)
	}
}
