package measure

import (
	"fmt"
	"math"
	"os"
	"testing"

	"explant/analysis/oxygenator"
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

// profileError is the root mean square error of the flow profile in bins of 16 slices over the mean of the
// truth.
func profileError(t *testing.T, f result.Findings, truth phantom.Truth) float64 {
	t.Helper()
	sum, mean, n := 0.0, 0.0, 0.0
	for _, b := range truth.Profile {
		want := 100 * b.DepositMM3 / b.BloodMM3
		got := row(t, f, "prof.axis", span(b.FromMM, b.ToMM, "mm")).Value
		sum, mean, n = sum+(got-want)*(got-want), mean+want, n+1
	}
	return math.Sqrt(sum/n) / (mean / n)
}

// located measures a scan with one bin of the profile for each of the truth's, and its mats.
func located(t *testing.T, grey *volume.Volume[uint16], s *segment.Segmentation, truth phantom.Truth) result.Findings {
	t.Helper()
	p := Params{Mats: true, ProfileBins: len(truth.Profile)}
	f, err := Volume(t.Context(), grey, s, p, Input{Axis: "z"}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestMatsOfPhantomsAreFound(t *testing.T) {
	turned := phantom.DefaultOxygenator(128, 1)
	turned.Pose.TurnDeg = [3]float64{5, -4, 10}
	for name, o := range map[string]phantom.Oxygenator{"turned": turned, "imperfect": phantom.DefaultOxygenator(128, 2).Imperfect()} {
		grey, labels, truth, err := o.Make(t.Context(), parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		f := located(t, grey, labelled(labels), truth)
		t.Logf("%s: %d mats, worst face %.2f voxels, profile off by %.3f", name, len(truth.Mats), judgeMats(t, name, f, truth), profileError(t, f, truth))
	}
}

// mostProfileError is the most that oxygenator-ct may miss the flow profile of a default phantom by.
const mostProfileError = 0.05

// The profile of oxygenator-ct on one small phantom, and its mats; TestValidateWhereItLies does the rest.
func TestWhereDepositLiesOnTheOxygenatorPhantom(t *testing.T) {
	off, _ := whereItLies(t, phantom.DefaultOxygenator(128, 1))
	if off > mostProfileError {
		t.Errorf("the profile is off by %.3f", off)
	}
}

// whereItLies segments a phantom by oxygenator-ct and returns the error of the profile and of the worst face.
func whereItLies(t *testing.T, o phantom.Oxygenator) (profile, face float64) {
	t.Helper()
	grey, _, truth, err := o.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := oxygenator.Segment(t.Context(), grey, oxygenator.Params{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := located(t, grey, s, truth)
	name := fmt.Sprintf("%d voxels, seed %d", o.N[0], o.Seed)
	return profileError(t, f, truth), judgeMats(t, name, f, truth)
}

// TestValidateWhereItLies prints the errors of the flow profile and of the mats' faces for ten seeds of
// perfect and imperfect bundles, and those of the plain recipe's profile.
func TestValidateWhereItLies(t *testing.T) {
	if os.Getenv("EXPLANT_VALIDATE") == "" {
		t.Skip("set EXPLANT_VALIDATE=1")
	}
	for _, n := range []int{128, 256} {
		for _, kind := range []string{"default", "imperfect"} {
			mean := 0.0
			for seed := uint64(31); seed <= 40; seed++ {
				o := phantom.DefaultOxygenator(n, seed)
				if kind == "imperfect" {
					o = o.Imperfect()
				}
				profile, face := whereItLies(t, o)
				t.Logf("%d voxels, %s, seed %d: profile off by %.3f, worst face by %.2f voxels", n, kind, seed, profile, face)
				mean += profile / 10
			}
			t.Logf("%d voxels, %s: profile off by %.3f on average", n, kind, mean)
			if kind == "default" && mean > mostProfileError {
				t.Errorf("%d voxels: profile off by %.3f on average", n, mean)
			}
		}
		plainProfile(t, n)
	}
}

func plainProfile(t *testing.T, n int) {
	t.Helper()
	grey, _, truth, err := phantom.DefaultOxygenator(n, 31).Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := segment.Panel(t.Context(), grey, segment.PanelParams{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Rule = segment.ByCount
	t.Logf("%d voxels, seed 31: the plain recipe's profile, counted, is off by %.3f", n, profileError(t, located(t, grey, s, truth), truth))
}
