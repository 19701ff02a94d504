package oxygenator

import (
	"math"
	"os"
	"testing"
	"time"

	"explant/analysis/phantom"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// score of a segmentation against the truth of its phantom.
type score struct {
	deposit, lumen, polymer float64 // Dice
	excess, blood           float64 // error of deposit volume and of blood-side volume, %
	seconds                 float64
}

func dice(a, b *volume.Labels, class uint8) float64 {
	var n, both float64
	for i := range a.Data {
		x, y := a.Data[i] == class, b.Data[i] == class
		if x {
			n++
		}
		if y {
			n++
		}
		if x && y {
			both++
		}
	}
	return 2 * both / n
}

// run segments a phantom; volumes are compared with the truth by sub-voxel coverage.
func run(t *testing.T, o phantom.Oxygenator) (score, *segment.Segmentation, *volume.Labels) {
	t.Helper()
	grey, truth, facts, err := o.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	got, err := Segment(t.Context(), grey, Params{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := score{seconds: time.Since(start).Seconds()}
	s.deposit, s.lumen, s.polymer = dice(got.Labels, truth, segment.Deposit), dice(got.Labels, truth, segment.Lumen), dice(got.Labels, truth, segment.Polymer)
	var n [segment.ClassCount]float64
	for _, c := range got.Labels.Data {
		n[c]++
	}
	dv, _ := grey.VoxelVolume()
	s.excess = 100 * (n[segment.Deposit]*dv/facts.VolumeMM3.Deposit - 1)
	s.blood = 100 * ((n[segment.Deposit]+n[segment.Void])*dv/facts.VolumeMM3.BloodSide - 1)
	t.Logf("n=%d seed %d: Dice deposit %.3f lumen %.3f polymer %.3f, deposit volume %+.1f %%, blood side %+.2f %%, %.1f s",
		o.N[0], o.Seed, s.deposit, s.lumen, s.polymer, s.excess, s.blood, s.seconds)
	for _, f := range got.Flags {
		t.Logf("flag %s: %s", f.ID, f.Text)
	}
	return s, got, truth
}

// The limits are those the protocol promises on its default phantom.
const (
	leastDice   = 0.86
	mostExcess  = 12.0
	mostBlood   = 3.0
	validateEnv = "EXPLANT_VALIDATE"
)

func TestAccuracyOnDefaultPhantom(t *testing.T) {
	s, got, _ := run(t, phantom.DefaultOxygenator(160, 1))
	if s.deposit < leastDice || math.Abs(s.excess) > mostExcess || math.Abs(s.blood) > mostBlood {
		t.Errorf("Dice %.3f, deposit %+.1f %%, blood side %+.1f %%", s.deposit, s.excess, s.blood)
	}
	if len(got.Replicates) < 8 {
		t.Errorf("%d replicates", len(got.Replicates))
	}
	// What is fitted is what the phantom was made of: diameter to 1 %, point spread to 5 %.
	for name, c := range map[string]struct{ want, tolerance float64 }{
		"fibre_outer_diameter_voxels": {19, 0.19}, "psf_sigma_voxels": {0.8, 0.04},
		"housing_wall_count": {4, 0}, "noise_correlation": {0.5, 0.12},
	} {
		if v := got.Diagnostics[name]; math.Abs(v-c.want) > c.tolerance {
			t.Errorf("%s is %.3f, want %.3f", name, v, c.want)
		}
	}
}

func TestAccuracyOverFiveSeeds(t *testing.T) {
	if os.Getenv(validateEnv) != "1" {
		t.Skipf("set %s=1 to segment five phantoms of 256³", validateEnv)
	}
	var mean score
	for seed := uint64(1); seed <= 5; seed++ {
		s, _, _ := run(t, phantom.DefaultOxygenator(256, seed))
		mean.deposit += s.deposit / 5
		mean.lumen += s.lumen / 5
		mean.polymer += s.polymer / 5
		mean.excess += math.Abs(s.excess) / 5
		mean.blood += math.Abs(s.blood) / 5
		mean.seconds += s.seconds / 5
	}
	t.Logf("mean: %+v", mean)
	if mean.deposit < leastDice || mean.excess > mostExcess || mean.blood > mostBlood {
		t.Errorf("mean Dice %.3f, |deposit| %.1f %%, |blood side| %.1f %%", mean.deposit, mean.excess, mean.blood)
	}
}
