package stain

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// mixtures are densities of n pixels: of the amounts that draw gives, with noise of 0.003 OD.
func mixtures(p Profile, n int, draw func(r *rand.Rand) [3]float64) (all [][3]float64) {
	r := rand.New(rand.NewPCG(3, 4))
	for range n {
		od := p.Compose(draw(r))
		for c := range od {
			od[c] += 0.003 * r.NormFloat64()
		}
		all = append(all, od)
	}
	return all
}

// mostlyOne gives a pixel one stain and a little of the others.
func mostlyOne(stains int, little float64) func(r *rand.Rand) [3]float64 {
	return func(r *rand.Rand) (a [3]float64) {
		for k := range stains {
			a[k] = little * r.Float64()
		}
		a[r.IntN(stains)] += 0.4 + 0.4*r.Float64()
		return a
	}
}

func builtin(t *testing.T, name string) Profile {
	t.Helper()
	p, err := Builtin(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMacenkoFindsTwoStains(t *testing.T) {
	const close = 1.5 // degrees: the outermost percent of 5000 noisy pixels
	for _, name := range []string{"hdab", "he"} {
		p := builtin(t, name)
		two, err := Macenko(mixtures(p, 5000, mostlyOne(2, 0.1)))
		if err != nil {
			t.Fatal(err)
		}
		for k, s := range p.Stains {
			if by := Angle(two[k], s.OD); by > close {
				t.Errorf("%s: %s is %.2f degrees off", name, s.Name, by)
			}
		}
	}
	line := slices.Repeat([][3]float64{{0.1, 0.2, 0.3}}, FewPixels)
	if _, err := Macenko(line); !errors.Is(err, ErrSingular) {
		t.Errorf("one direction gives %v", err)
	}
	if _, err := Macenko(line[1:]); !errors.Is(err, ErrFew) {
		t.Errorf("few pixels give %v", err)
	}
}

// Started five degrees and more away, the factorisation comes closer than it began; on pure pixels it is exact
// up to the noise.
func TestSparseFindsThreeStains(t *testing.T) {
	p := builtin(t, "msb")
	off := [][3]float64{{0.12, 0.28, 0.95}, {0.2, 0.75, 0.63}, {0.72, 0.62, 0.31}}
	for k := range off {
		off[k], _ = unit(off[k])
	}
	for _, c := range []struct{ little, most float64 }{{0, 0.6}, {0.1, 5}} {
		got, err := Sparse(mixtures(p, 4000, mostlyOne(3, c.little)), off)
		if err != nil {
			t.Fatal(err)
		}
		for k, s := range p.Stains {
			if by := Angle(got[k], s.OD); by > c.most || by >= Angle(off[k], s.OD) {
				t.Errorf("little %v: %s is %.2f degrees off, began at %.2f", c.little, s.Name, by, Angle(off[k], s.OD))
			}
		}
	}
	absent, err := Sparse(mixtures(p, 4000, func(r *rand.Rand) [3]float64 { return [3]float64{0.5, 0, 0} }), off)
	if err != nil || absent[2] != off[2] {
		t.Errorf("a stain that no pixel has moved to %v, %v", absent[2], err)
	}
	if _, err := Sparse(nil, off); !errors.Is(err, ErrFew) {
		t.Errorf("no pixels give %v", err)
	}
}

func TestEstimateFindsTheSlidesOwnStains(t *testing.T) {
	const close = 0.5 // degrees: the mean of pure pixels
	for _, name := range []string{"hdab", "msb"} {
		own := builtin(t, name)
		p := builtin(t, name)
		for k := range p.Stains { // the profile is 4 to 12 degrees off
			p.Stains[k].OD[k%3] += 0.12
			p.Stains[k].OD, _ = unit(p.Stains[k].OD)
		}
		got, found, err := p.Estimate(mixtures(own, 6000, mostlyOne(len(own.Stains), 0)))
		if err != nil || got.Origin != Slide || len(found) != len(own.Stains) {
			t.Fatalf("%s: %v, %+v", name, err, found)
		}
		for k, s := range own.Stains {
			if by := Angle(got.Stains[k].OD, s.OD); by > close {
				t.Errorf("%s: %s is %.2f degrees off", name, s.Name, by)
			}
		}
	}
	p := builtin(t, "msb")
	if _, _, err := p.Estimate(mixtures(p, 100, mostlyOne(3, 0))); !errors.Is(err, ErrFew) {
		t.Errorf("few pixels give %v", err)
	}
	if _, found := p.Turned(nil, []string{"methyl-blue"}, 10); found[0].Own || found[0].Degree != 0 {
		t.Errorf("turned without pixels: %+v", found)
	}
}

func TestControlSlideGivesOneStain(t *testing.T) {
	p := builtin(t, "carstairs")
	dye, _ := unit([3]float64{0.7, 0.6, 0.3})
	pure := Profile{Stains: []Stain{{OD: dye}, {OD: [3]float64{0, 0, 1}}}}
	got, f, err := p.WithControl("aniline-blue", mixtures(pure, 2000, func(r *rand.Rand) [3]float64 { return [3]float64{0.3 + 0.5*r.Float64()} }))
	if err != nil || Angle(got.Stains[2].OD, dye) > 0.1 || f.Degree < 5 || p.Stains[2].OD == got.Stains[2].OD {
		t.Errorf("%v off by %.2f, %+v, %v", got.Stains[2], Angle(got.Stains[2].OD, dye), f, err)
	}
	if _, _, err := p.WithControl("dab", nil); err == nil {
		t.Error("a stain that the profile lacks passes")
	}
	if _, _, err := p.WithControl("aniline-blue", nil); !errors.Is(err, ErrFew) {
		t.Errorf("an empty control gives %v", err)
	}
}

func BenchmarkSparse(b *testing.B) {
	p, err := Builtin("msb")
	if err != nil {
		b.Fatal(err)
	}
	ods := mixtures(p, sparsePixels, mostlyOne(3, 0.1))
	start := [][3]float64{p.Stains[0].OD, p.Stains[1].OD, p.Stains[2].OD}
	b.Run("stains=3/px=20000", func(b *testing.B) {
		b.SetBytes(int64(24 * len(ods)))
		for b.Loop() {
			if _, err := Sparse(ods, start); err != nil {
				b.Fatal(err)
			}
		}
	})
}
