package measure

import (
	"fmt"
	"math"
	"testing"

	"explant/analysis/phantom"
	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// faceError is how far a face may lie from the truth, in voxels.
const faceError = 2

// judgeMats compares the mats that were found with those of the phantom and returns the worst face's error
// in voxels.
func judgeMats(t *testing.T, name string, f result.Findings, truth phantom.Truth) float64 {
	t.Helper()
	if withheld(f, "frame.layers") {
		t.Errorf("%s: no mats: %v", name, f.NotMeasured)
		return math.Inf(1)
	}
	if n := row(t, f, "frame.layers", "").Value; int(n) != len(truth.Mats) {
		t.Errorf("%s: %g mats, the phantom has %d", name, n, len(truth.Mats))
		return math.Inf(1)
	}
	voxel, worst := truth.Parameters.SpacingUM/1000, 0.0
	for i, m := range truth.Mats {
		for face, want := range map[string]float64{"inlet": m.FromMM, "outlet": m.ToMM} {
			got := row(t, f, "frame.faces", fmt.Sprintf("mat %d: %s face", i+1, face)).Value
			off := math.Abs(got-want) / voxel
			if worst = max(worst, off); off > faceError {
				t.Errorf("%s: the %s face of mat %d is at %.3f mm, the truth is %.3f (%.1f voxels)", name, face, i+1, got, want, off)
			}
		}
	}
	return worst
}

// labelled is a segmentation that knows the truth.
func labelled(labels *volume.Labels) *segment.Segmentation {
	return &segment.Segmentation{Labels: labels, Levels: [segment.ClassCount]float64{6000, 6000, 20000, 26000, 29000}}
}

func TestMatsOfPhantomsAreFound(t *testing.T) {
	for name, o := range map[string]phantom.Oxygenator{
		"default": phantom.DefaultOxygenator(128, 1), "imperfect": phantom.DefaultOxygenator(128, 2).Imperfect(),
	} {
		grey, labels, truth, err := o.Make(t.Context(), parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Volume(t.Context(), grey, labelled(labels), Params{Mats: true}, Input{Axis: "z"}, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		worst := judgeMats(t, name, f, truth)
		t.Logf("%s: %d mats, worst face %.2f voxels; %v", name, len(truth.Mats), worst, f.Flags)
		for k, v := range f.Diagnostics {
			t.Logf("%s %g", k, v)
		}
	}
}
