package oxygenator

import (
	"math"
	"testing"

	"explant/analysis/phantom"
	"explant/analysis/segment"
	"explant/volume/parallel"
)

// Walls that end inside voxels, with fibres and deposit on them, are found to a quarter of a voxel, and the
// blood side holds the share of those voxels.
func TestWallsSettleWhereTheyFaceAir(t *testing.T) {
	o := phantom.DefaultOxygenator(96, 7)
	o.SpacingUM = o.FibreOuterUM / 12
	grey, _, facts, err := o.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Segment(t.Context(), grey, Params{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	dv, _ := grey.VoxelVolume()
	n := map[uint8]float64{}
	for _, c := range got.Labels.Data {
		n[c] += dv
	}
	counted := n[segment.Void] + n[segment.Deposit]
	blood := counted + got.BloodCut*dv
	if e := 100 * (blood/facts.VolumeMM3.BloodSide - 1); math.Abs(e) > 1.5 {
		t.Errorf("blood side %+.2f %%", e)
	}
	// The walls are 6.32 voxels thick, of which 6 count.
	inside := 1 - 2*o.HousingUM/o.SpacingUM/float64(o.N[0])
	planes := 4 * inside * float64(o.N[0]) * float64(o.N[2]) * counted / math.Pow(inside*float64(o.N[0]), 2) / float64(o.N[2]) / dv
	if off := -got.BloodCut/planes - (o.HousingUM/o.SpacingUM - 6); math.Abs(off) > 0.25 {
		t.Errorf("walls are off by %+.2f voxels", off)
	}
}
