package oxygenator

import (
	"math"
	"os"
	"testing"
	"time"

	"explant/analysis/accuracy"
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

// trial is a phantom and what became of it.
type trial struct {
	grey  *volume.Volume[uint16]
	truth *volume.Labels
	got   *segment.Segmentation
	score
}

// run segments a phantom; volumes are compared with the truth by sub-voxel coverage.
func run(t *testing.T, o phantom.Oxygenator) trial {
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
	s.blood = 100 * (((n[segment.Deposit]+n[segment.Void])+got.BloodCut)*dv/facts.VolumeMM3.BloodSide - 1)
	t.Logf("n=%d seed %d: Dice deposit %.4f lumen %.3f polymer %.3f, deposit volume %+.2f %%, blood side %+.2f %%, %.1f s",
		o.N[0], o.Seed, s.deposit, s.lumen, s.polymer, s.excess, s.blood, s.seconds)
	for _, f := range got.Flags {
		t.Logf("flag %s: %s", f.ID, f.Text)
	}
	return trial{grey, truth, got, s}
}

// plain is the deposit Dice of the plain recipe.
func (c trial) plain(t *testing.T) float64 {
	t.Helper()
	s, err := segment.Panel(t.Context(), c.grey, segment.PanelParams{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return dice(s.Labels, c.truth, segment.Deposit)
}

// aboveFloor is the size in voxels from which deposits are counted: a ball as wide as the smallest that
// is found in the default scan.
const aboveFloor = 40

// kind is a sort of phantom with what must hold for the mean over its seeds.
type kind struct {
	name          string
	make          func(n int, seed uint64) phantom.Oxygenator
	dice          float64 // at least
	excess, blood float64 // errors of deposit volume and blood side, %, at most
}

const coarse = "12 voxels a fibre"

func kinds() []kind {
	type maker = func(n int, seed uint64) phantom.Oxygenator
	with := func(change func(*phantom.Oxygenator)) maker {
		return func(n int, seed uint64) phantom.Oxygenator {
			o := phantom.DefaultOxygenator(n, seed)
			change(&o)
			return o
		}
	}
	return []kind{
		{"default", phantom.DefaultOxygenator, 0.965, 2, 1},
		{"twice the noise", with(func(o *phantom.Oxygenator) { o.NoiseGrey *= 2; o.GaussGrey *= 2 }), 0.945, 4, 1},
		{coarse, with(func(o *phantom.Oxygenator) { o.SpacingUM = o.FibreOuterUM / 12 }), 0.93, 4.5, 1.5},
		{"imperfect", with(func(o *phantom.Oxygenator) { *o = o.Imperfect() }), 0.93, 5, 2},
	}
}

const validateEnv = "EXPLANT_VALIDATE"

// Unseen seeds: those from 1 on were looked at while the method was made.
const firstSeed, seeds = 101, 10

func TestAccuracyOnDefaultPhantom(t *testing.T) {
	c := run(t, phantom.DefaultOxygenator(128, 1))
	if c.deposit < 0.955 || math.Abs(c.excess) > 3 || math.Abs(c.blood) > 1 {
		t.Errorf("Dice %.3f, deposit %+.1f %%, blood side %+.1f %%", c.deposit, c.excess, c.blood)
	}
	if p := c.plain(t); p > c.deposit {
		t.Errorf("Dice %.3f, the plain recipe %.3f", c.deposit, p)
	}
	if len(c.got.Replicates) < 8 {
		t.Errorf("%d replicates", len(c.got.Replicates))
	}
	// What is fitted is what the phantom was made of: diameter to 1 %, point spread to 5 %.
	for name, want := range map[string]struct{ value, tolerance float64 }{
		"fibre_outer_diameter_voxels": {19, 0.19}, "psf_sigma_voxels": {0.8, 0.04},
		"housing_wall_count": {4, 0}, "noise_correlation": {0.5, 0.12}, "ring_sd_grey": {500, 120},
	} {
		if v := c.got.Diagnostics[name]; math.Abs(v-want.value) > want.tolerance {
			t.Errorf("%s is %.3f, want %.3f", name, v, want.value)
		}
	}
}

// The small form of what the next test measures in full.
func TestAccuracyOfOtherKinds(t *testing.T) {
	for _, k := range kinds()[1:] {
		c := run(t, k.make(96, 1))
		if p := c.plain(t); c.deposit < p {
			t.Errorf("%s: Dice %.3f, the plain recipe %.3f", k.name, c.deposit, p)
		}
		if k.name == coarse && math.Abs(c.blood) > 1.5 { // its walls end inside voxels
			t.Errorf("blood side %+.2f %%", c.blood)
		}
	}
}

func TestAccuracyOverUnseenSeeds(t *testing.T) {
	if os.Getenv(validateEnv) != "1" {
		t.Skipf("set %s=1 to segment %d phantoms of 256³ of each kind", validateEnv, seeds)
	}
	for _, k := range kinds() {
		var mean score
		var found accuracy.Found
		least := 1.0
		for seed := uint64(firstSeed); seed < firstSeed+seeds; seed++ {
			c := run(t, k.make(256, seed))
			mean.deposit += c.deposit / seeds
			mean.excess += c.excess / seeds
			mean.blood += c.blood / seeds
			mean.seconds += c.seconds / seeds
			least = min(least, c.deposit)
			if p := c.plain(t); c.deposit < p {
				t.Errorf("%s, seed %d: Dice %.3f, the plain recipe %.3f", k.name, seed, c.deposit, p)
			}
			f, err := accuracy.Match(t.Context(), c.got.Labels, c.truth, segment.Deposit, aboveFloor, parallel.Options{})
			if err != nil {
				t.Fatal(err)
			}
			found = found.Add(f)
		}
		t.Logf("%s: mean Dice %.4f (least %.4f), deposit %+.2f %%, blood side %+.2f %%, components recall %.3f precision %.3f, %.1f s",
			k.name, mean.deposit, least, mean.excess, mean.blood, found.Recall(), found.Precision(), mean.seconds)
		if mean.deposit < k.dice || math.Abs(mean.excess) > k.excess || math.Abs(mean.blood) > k.blood {
			t.Errorf("%s: mean Dice %.4f, deposit %+.2f %%, blood side %+.2f %%", k.name, mean.deposit, mean.excess, mean.blood)
		}
	}
}
