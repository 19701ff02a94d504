package phantom

import (
	"errors"
	"math"
	"slices"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// benchMaker is a phantom of closed-form solids.
type benchMaker interface {
	Check() error
}

func makeBench(t *testing.T, b benchMaker, o parallel.Options) (grey *volume.Volume[uint16], labels *volume.Labels, truth BenchTruth) {
	t.Helper()
	var err error
	switch b := b.(type) {
	case Spheres:
		grey, labels, truth, err = b.Make(t.Context(), o, nil)
	case Lattice:
		grey, labels, truth, err = b.Make(t.Context(), o, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return grey, labels, truth
}

func finer[B Spheres | Lattice](b B, um float64) B {
	switch p := any(&b).(type) {
	case *Spheres:
		p.SpacingUM = um
	case *Lattice:
		p.SpacingUM = um
	}
	return b
}

var benches = map[string]benchMaker{
	"sphere":              DefaultSpheres(96, 1),
	"sphere, no rod":      func() Spheres { s := DefaultSpheres(64, 4); s.RodUM = 0; return s }(),
	"sphere, 31 µm":       finer(DefaultSpheres(64, 2), 31),
	"film":                DefaultFilm(96, 1),
	"lattice":             DefaultLattice(112, 2),
	"lattice, upright":    func() Lattice { l := DefaultLattice(96, 3); l.TiltDeg = 0; return l }(),
	"lattice, 25 degrees": func() Lattice { l := DefaultLattice(128, 3); l.TiltDeg, l.PitchUM = 25, 760; return l }(),
	"lattice, 32 µm":      finer(DefaultLattice(80, 4), 32),
}

// Coverage by 32 points a voxel adds up to the closed forms within 0.3 %: a solid that is cut by a face,
// overlaps another or is asked at the wrong place of the lattice would be off by its share.
func TestCoverageOfBenchPhantomsEqualsTheirClosedForms(t *testing.T) {
	for name, b := range benches {
		_, _, truth := makeBench(t, b, parallel.Options{})
		v, c := truth.VolumeMM3, truth.CoveredMM3
		for class, pair := range map[string][2]float64{"void": {v.Void, c.Void}, "lumen": {v.Lumen, c.Lumen},
			"polymer": {v.Polymer, c.Polymer}, "deposit": {v.Deposit, c.Deposit}, "blood side": {v.BloodSide, c.BloodSide}} {
			if pair[0] != pair[1] && !(math.Abs(pair[1]/pair[0]-1) < 0.003) {
				t.Errorf("%s: %s %.5f mm³ by coverage, %.5f by its closed form", name, class, pair[1], pair[0])
			}
		}
		if truth.ObjectCount < 5 || truth.BurdenPct < 1 || truth.BurdenPct > 20 {
			t.Errorf("%s: %d objects, burden %.2f %%", name, truth.ObjectCount, truth.BurdenPct)
		}
	}
}

// A surface grows a volume by its area times the thickness: dV/dt of the film is its outer face.
func TestFilmFiguresAgree(t *testing.T) {
	_, _, truth := makeBench(t, DefaultLattice(96, 1), parallel.Options{})
	const step = 0.01 // µm
	for _, f := range truth.Films {
		more := f
		more.ThicknessUM += step
		more.measure(0.19)
		outer := (more.VolumeMM3 - f.VolumeMM3) / (step / 1000)
		ends := 2*f.VolumeMM3/(f.LengthUM/1000) + 2*f.ThicknessUM*f.LengthUM/1e6
		if want := f.ContactMM2 + outer + ends; math.Abs(f.AreaMM2/want-1) > 1e-4 {
			t.Errorf("film %+v: area %.6f mm², its parts %.6f", f, f.AreaMM2, want)
		}
	}
}

func TestBenchPhantomsDependOnTheirSeedAlone(t *testing.T) {
	for _, pair := range [][2]benchMaker{{DefaultSpheres(48, 5), DefaultSpheres(48, 6)}, {DefaultLattice(64, 5), DefaultLattice(64, 6)}} {
		one, labels, _ := makeBench(t, pair[0], parallel.Options{Workers: 1})
		many, again, _ := makeBench(t, pair[0], parallel.Options{Workers: 8, Depth: 3})
		other, _, _ := makeBench(t, pair[1], parallel.Options{})
		if !slices.Equal(one.Data, many.Data) || !slices.Equal(labels.Data, again.Data) {
			t.Error("the number of workers changes the image")
		}
		if slices.Equal(one.Data, other.Data) {
			t.Error("another seed gives the same image")
		}
	}
}

func TestImpossibleBenchPhantoms(t *testing.T) {
	tight, loose, bent := DefaultLattice(96, 1), DefaultSpheres(96, 1), DefaultLattice(96, 1)
	tight.PitchUM, loose.PitchUM, bent.TiltDeg = 400, 250, 80
	dark := DefaultFilm(96, 1)
	dark.Scanner.Reference = 0
	for name, b := range map[string]benchMaker{"tight": tight, "loose": loose, "bent": bent, "dark": dark, "small": DefaultFilm(8, 1), "no ball": DefaultSpheres(16, 1)} {
		if err := b.Check(); !errors.Is(err, ErrPhantom) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
