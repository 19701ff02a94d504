package phantom

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"explant/volume"
	"explant/volume/filter"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// plainRecipe is the 3x3x3 median and three-class Otsu over the whole image; the highest class is
// deposit. It is scored inside the housing's inner box, which any reader would outline by hand.
func plainRecipe(ctx context.Context, t *testing.T, grey *volume.Volume[uint16]) (*volume.Volume[uint16], float64) {
	t.Helper()
	m, err := filter.Median3(ctx, grey, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h, err := threshold.Of(ctx, m, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	cut, err := threshold.MultiOtsu(h)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("thresholds %.0f", cut)
	return m, cut[1]
}

// score compares the voxels of m above cut with the truth inside the inner box.
func (o Oxygenator) score(m *volume.Volume[uint16], cut float64, truth *volume.Labels) (dice, excess float64) {
	w := int(o.HousingUM / o.SpacingUM)
	var both, found, real float64
	for i, class := range truth.Data {
		x, y := i%o.N[0], i/o.N[0]%o.N[1]
		if x < w || x >= o.N[0]-w || y < w || y >= o.N[1]-w {
			continue
		}
		hit := float64(m.Data[i]) > cut
		if hit {
			found++
		}
		if class == classDeposit {
			real++
			if hit {
				both++
			}
		}
	}
	return 2 * both / (found + real), 100 * (found - real) / real
}

// The guard of the phantom's difficulty: a better score would mean that it has become too easy.
func TestPlainRecipeFindsTheDefaultHard(t *testing.T) {
	const diceLow, diceHigh, excessLow, excessHigh = 0.78, 0.85, 15.0, 30.0
	o := DefaultOxygenator(256, 1)
	grey, truth, facts, err := o.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, cut := plainRecipe(t.Context(), t, grey)
	dice, excess := o.score(m, cut, truth)
	t.Logf("Dice %.3f, volume %+.1f %%, burden %.2f %%", dice, excess, facts.BurdenPct)
	if dice < diceLow || dice > diceHigh || excess < excessLow || excess > excessHigh {
		t.Errorf("Dice %.3f and volume %+.1f %% leave %v to %v and %v to %v %%", dice, excess, diceLow, diceHigh, excessLow, excessHigh)
	}
	if facts.BurdenPct < 7 || facts.BurdenPct > 8 {
		t.Errorf("burden %.2f %%, want 7 to 8", facts.BurdenPct)
	}
	if s := surfacePerVolume(truth); s < 0.45 || s > 0.55 {
		t.Errorf("surface to volume %.2f a voxel, want about 0.5", s)
	}
}

// surfacePerVolume of the deposit, per voxel: voxel faces overstate a surface of no preferred
// direction by 3/2.
func surfacePerVolume(truth *volume.Labels) float64 {
	faces, count := 0, 0
	plane := truth.N[0] * truth.N[1]
	for i := plane; i < len(truth.Data)-plane; i++ {
		if truth.Data[i] != classDeposit {
			continue
		}
		count++
		for _, d := range []int{-1, 1, -truth.N[0], truth.N[0], -plane, plane} {
			if truth.Data[i+d] != classDeposit {
				faces++
			}
		}
	}
	return float64(faces) / 1.5 / float64(count)
}

func TestSamePixelsWhateverTheSlabsAndWorkers(t *testing.T) {
	o := DefaultOxygenator(48, 3).Imperfect()
	var first *volume.Volume[uint16]
	for _, popt := range []parallel.Options{{Workers: 1, Depth: 48}, {Workers: 8, Depth: 1}, {Workers: 3, Depth: 7}} {
		grey, _, _, err := o.Make(t.Context(), popt, nil)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = grey
		}
		if !slices.Equal(grey.Data, first.Data) {
			t.Errorf("%+v changes the pixels", popt)
		}
	}
}

// Coverage is exact to the point set: 0.5 % of a solid of a few thousand voxels.
func TestCoverageEqualsClosedForms(t *testing.T) {
	const tolerance = 0.005
	o := DefaultOxygenator(48, 1)
	ball := &blob{at: []vec{{23.3, 24.1, 22.7}}, r: []float64{7.4}}
	rod := tube{at: vec{24.2, 23.6, 24.9}, dir: vec{1, 0, 0}, side: vec{0, 1, 0}, up: vec{0, 0, 1}, outer: 9.5, inner: 6.2}
	wall := o.HousingUM / o.SpacingUM
	length := 48 - 2*wall
	for name, c := range map[string]struct {
		solid deposit
		tubes []tube
		class uint8
		want  float64
	}{
		"sphere":  {ball, nil, classDeposit, 4 * math.Pi / 3 * 7.4 * 7.4 * 7.4},
		"lumen":   {nil, []tube{rod}, classLumen, math.Pi * 6.2 * 6.2 * length},
		"polymer": {nil, []tube{rod}, classPolymer, math.Pi * (9.5*9.5 - 6.2*6.2) * length},
		"housing": {nil, nil, classHousing, 48 * (48*48 - length*length)},
	} {
		s := newFibreScene(o)
		s.tubes, s.near = c.tubes, make([]cell, len(s.near))
		for i := range s.tubes {
			s.listTube(&s.tubes[i])
		}
		if c.solid != nil {
			s.listDeposit(c.solid)
		}
		_, _, sums, err := s.cover(t.Context(), parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := 0.0
		for _, sum := range sums {
			got += sum[c.class]
		}
		if math.Abs(got/c.want-1) > tolerance {
			t.Errorf("%s: %.1f voxels, want %.1f", name, got, c.want)
		}
	}
}

// A scan of one grey has the stated noise: 2 % on the deviation and 0.02 on the correlation, several
// standard errors of 64³ correlated samples.
func TestNoiseIsAsStated(t *testing.T) {
	o := DefaultOxygenator(64, 5)
	o.AirGrey, o.DepositGrey, o.HousingGrey = o.PolymerGrey, o.PolymerGrey, o.PolymerGrey
	o.RingGrey, o.Cupping, o.Drift = 0, 0, 0
	v, _, _, err := o.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for _, g := range v.Data {
		sum += float64(g)
	}
	mean := sum / float64(v.Len())
	for axis, step := range []int{1, v.N[0], v.N[0] * v.N[1]} {
		var square, cross float64
		for i, g := range v.Data[:v.Len()-step] {
			a := float64(g) - mean
			square += a * a
			cross += a * (float64(v.Data[i+step]) - mean)
		}
		sd, corr := math.Sqrt(square/float64(v.Len()-step)), cross/square
		if math.Abs(sd/o.NoiseGrey-1) > 0.02 || math.Abs(corr-o.Correlation) > 0.02 {
			t.Errorf("along axis %d: sd %.0f, correlation %.3f", axis, sd, corr)
		}
	}
}

func TestImpossiblePhantomsAreErrors(t *testing.T) {
	for name, spoil := range map[string]func(*Oxygenator){
		"no voxels": func(o *Oxygenator) { o.N[1] = 0 },
		"spacing":   func(o *Oxygenator) { o.SpacingUM = math.NaN() },
		"thick":     func(o *Oxygenator) { o.WallUM[1] = 400 },
		"pitch":     func(o *Oxygenator) { o.FibrePitchUM = 100 },
		"housing":   func(o *Oxygenator) { o.HousingUM = 1e6 },
	} {
		o := DefaultOxygenator(32, 1)
		spoil(&o)
		if _, _, _, err := o.Make(t.Context(), parallel.Options{}, nil); !errors.Is(err, ErrPhantom) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCancelledPhantomStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, _, err := DefaultOxygenator(64, 1).Make(ctx, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func ExampleOxygenator_Make() {
	o := DefaultOxygenator(32, 1)
	grey, _, truth, err := o.Make(context.Background(), parallel.Options{}, nil)
	fmt.Println(grey.N, truth.Classes, err)
	// Output: [32 32 32] [void lumen polymer housing deposit] <nil>
}

func BenchmarkOxygenator(b *testing.B) {
	o := DefaultOxygenator(128, 1)
	b.Run("n=128", func(b *testing.B) {
		b.SetBytes(int64(2 * o.Grid().Len()))
		for b.Loop() {
			if _, _, _, err := o.Make(b.Context(), parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
