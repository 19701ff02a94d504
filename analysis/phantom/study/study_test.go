package study

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"explant/analysis/phantom"
	"explant/volume/parallel"
)

func small() Study {
	s := Default(1)
	s.ScanVoxels, s.SlidePX = 60, 380
	return s
}

func TestDeviceShowsWhatItsTruthSays(t *testing.T) {
	const tolerance = 0.012 // of the tissue: the points from which levels are taken, and shared pixels
	s := small()
	s.Stains = []string{phantom.SlideMSB, phantom.SlideDAB}
	plan, err := s.Plan()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []Device{plan[0], plan[3]} {
		_, labels, scan, truth, err := d.MakeScan(t.Context(), parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		deposit, components := 0.0, Composition{}
		for k, z := range truth.Zones {
			deposit += z.DepositMM3
			components = components.plus(z.ComponentMM3)
			count := 0.0
			for i, class := range labels.Data {
				if at := i / 3600; class == 4 && at >= 20*k && at < 20*(k+1) {
					count += math.Pow(labels.Spacing[0], 3)
				}
			}
			if math.Abs(count-z.DepositMM3) > 0.05*z.DepositMM3+2e-4 { // labels round coverage to whole voxels of 8e-6 mm³
				t.Errorf("%s %s: %.4f mm³ of deposit, labels %.4f", d.ID, z.Zone, z.DepositMM3, count)
			}
			if math.Abs(z.ComponentMM3.Sum()-z.DepositMM3) > 1e-9 {
				t.Errorf("%s %s: components add up to %v of %v mm³", d.ID, z.Zone, z.ComponentMM3.Sum(), z.DepositMM3)
			}
		}
		if math.Abs(deposit-scan.VolumeMM3.Deposit) > 1e-9 || math.Abs(components.Sum()-truth.ComponentMM3.Sum()) > 1e-9 || d.Unused != (deposit == 0) {
			t.Errorf("%s: zones hold %v of %v mm³, components %v of %v", d.ID, deposit, scan.VolumeMM3.Deposit, components, truth.ComponentMM3)
		}
		for _, c := range d.Sections[:2] {
			for k, slide := range c.Slides {
				_, _, shown, err := slide.Make(t.Context(), parallel.Options{}, nil)
				if err != nil {
					t.Fatal(err)
				}
				f := c.Fact(k, shown)
				if d.Unused != (f.TissueMM2 == 0) {
					t.Errorf("%s: %v mm² of tissue", f.Slide, f.TissueMM2)
				}
				for _, pair := range [][2]float64{{f.Drawn.Fibrin, f.Realised.Fibrin}, {f.Drawn.Platelet, f.Realised.Platelet},
					{f.Drawn.RBC, f.Realised.RBC}, {f.Drawn.Leukocyte, f.Realised.Leukocyte}, {f.Drawn.Other, f.Realised.Other}} {
					if math.Abs(pair[0]-pair[1]) > tolerance {
						t.Errorf("%s: drawn %+v, realised %+v", f.Slide, f.Drawn, f.Realised)
						break
					}
				}
			}
		}
	}
}

func TestSectionsLieInTheirZones(t *testing.T) {
	s := small()
	s.Sections = 30
	plan, err := s.Plan()
	if err != nil {
		t.Fatal(err)
	}
	height := s.heightMM()
	for _, d := range plan {
		for k, c := range d.Sections {
			low, high := float64(c.Zone)/3, float64(c.Zone+1)/3
			if c.Zone != k%3 || c.FromU < low-1e-12 || c.ToU > high+1e-12 {
				t.Errorf("%s spans u %v to %v in zone %s", c.ID, c.FromU, c.ToU, Zones[c.Zone])
			}
			for _, corner := range [][2]float64{{0, 0}, {s.slideMM(), 0}, {0, s.slideMM()}, {s.slideMM(), s.slideMM()}} {
				var at [3]float64
				for a := range at {
					at[a] = c.Affine[a][0]*corner[0] + c.Affine[a][1]*corner[1] + c.Affine[a][3] + d.Scan.SpacingUM/2000
				}
				wall := d.Scan.HousingUM / 1000
				if min(at[0], at[1]) < wall || max(at[0], at[1]) > height-wall || math.Abs(at[2]/height-c.FromU) > 1e-9 && math.Abs(at[2]/height-c.ToU) > 1e-9 {
					t.Errorf("%s has a corner at %v mm", c.ID, at)
				}
			}
			m := c.Affine
			det := m[0][0]*(m[1][1]*m[2][2]-m[1][2]*m[2][1]) - m[0][1]*(m[1][0]*m[2][2]-m[1][2]*m[2][0]) + m[0][2]*(m[1][0]*m[2][1]-m[1][1]*m[2][0])
			if math.Abs(det-1) > 1e-12 {
				t.Errorf("%s is placed with determinant %v", c.ID, det)
			}
		}
	}
}

// A device does not change when others are added, and one seed always gives the same plan.
func TestPlansAreStable(t *testing.T) {
	few, many := small(), small()
	many.Devices, many.Unused, many.Arms = 5, 2, 2
	a, err := few.Plan()
	if err != nil {
		t.Fatal(err)
	}
	b, err := many.Plan()
	if err != nil {
		t.Fatal(err)
	}
	again, _ := few.Plan()
	if !reflect.DeepEqual(a, again) || !reflect.DeepEqual(a[:3], b[:3]) {
		t.Error("plans of one seed differ")
	}
	few.IF, few.Stains = true, []string{phantom.SlideDAB, phantom.SlideMSB}
	if more, _ := few.Plan(); !reflect.DeepEqual(more[1].Sections[2].Slides[1], a[1].Sections[2].Slides[0]) {
		t.Error("a slide changes when its section gets others")
	}
	if len(a) != 4 || len(b) != 12 || a[3].Arm != UnusedArm || b[5].Arm != "B" || b[5].Block != b[0].Block || b[11].Scan.DepositShare != 0 {
		t.Errorf("%d and %d devices in unexpected places", len(a), len(b))
	}
}

// Draws have the stated mean and variance, up to 3 standard errors and the draws that no slide can show.
func TestCompositionsAreDirichlet(t *testing.T) {
	const n, concentration = 20_000, 60.0
	rng := rand.New(rand.NewPCG(3, 3))
	want := Default(1).Composition[1]
	var sum, square [6]float64
	for range n {
		c, err := want.draw(rng, concentration)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range c.parts() {
			sum[i] += *p / n
			square[i] += *p * *p / n
		}
		if math.Abs(c.Sum()-1) > 1e-12 {
			t.Fatalf("adds up to %v", c.Sum())
		}
	}
	for i, p := range want.parts() {
		variance := *p * (1 - *p) / (concentration + 1)
		if math.Abs(sum[i]-*p) > 3*math.Sqrt(variance/n)+0.0005 || math.Abs((square[i]-sum[i]*sum[i])/variance-1) > 0.08 {
			t.Errorf("part %d: mean %.4f of %.4f, variance %.6f of %.6f", i, sum[i], *p, square[i]-sum[i]*sum[i], variance)
		}
	}
}

// Burdens are log-normal with the stated spread; 200 devices decide to a tenth.
func TestBurdensSpreadAsStated(t *testing.T) {
	s := small()
	s.Arms, s.Devices, s.Sections = 2, 99, 0
	var logs, squares float64
	n := 0.0
	plan, err := s.Plan()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range plan {
		if !d.Unused {
			l := math.Log(d.Scan.DepositShare / s.BurdenShare)
			if d.Arm == "B" {
				l -= math.Log(s.ArmRatio)
			}
			logs, squares, n = logs+l, squares+l*l, n+1
		}
	}
	sd := math.Sqrt(squares/n - logs*logs/n/n)
	if want := math.Hypot(s.DeviceSD, s.BlockSD); math.Abs(sd/want-1) > 0.15 || math.Abs(logs/n) > 0.1 {
		t.Errorf("logarithms have mean %.3f and spread %.3f, want 0 and %.3f", logs/n, sd, want)
	}
}

func TestStudyTruthListsArms(t *testing.T) {
	s := small()
	got := s.Truth([]DeviceTruth{{Arm: "A", BurdenPct: 4}, {Arm: "A", BurdenPct: 9}, {Arm: UnusedArm}})
	if len(got.Arms) != 2 || math.Abs(got.Arms[0].GeometricPct-6) > 1e-12 || got.Arms[0].ArithmeticPct != 6.5 || got.Arms[1].GeometricPct != 0 {
		t.Errorf("%+v", got.Arms)
	}
}

func TestImpossibleStudies(t *testing.T) {
	for name, spoil := range map[string]func(*Study){
		"arms":        func(s *Study) { s.Arms = 0 },
		"devices":     func(s *Study) { s.Devices = 0 },
		"unused":      func(s *Study) { s.Unused = -1 },
		"zones":       func(s *Study) { s.ScanVoxels = 64 },
		"stain":       func(s *Study) { s.Stains = []string{"giemsa"} },
		"twice":       func(s *Study) { s.Stains = []string{"msb", "msb"} },
		"slide":       func(s *Study) { s.SlidePX = 800 },
		"no slide":    func(s *Study) { s.SlidePX = 0 },
		"field":       func(s *Study) { s.IF, s.FieldPX = true, 0 },
		"two":         func(s *Study) { s.Arms, s.ScanVoxels = 9, 64 },
		"burden":      func(s *Study) { s.BurdenShare = math.NaN() },
		"composition": func(s *Study) { s.Composition[2].RBC = 0.5 },
		"cells":       func(s *Study) { s.Composition[0] = Composition{Leukocyte: 1} },
		"spread":      func(s *Study) { s.DeviceSD = -1 },
		"decay":       func(s *Study) { s.Decay = [2]float64{1, 0.5} },
		"hours":       func(s *Study) { s.HoursRun[1] = -1 },
		"draws":       func(s *Study) { s.SectionDraws = 0 },
	} {
		s := small()
		spoil(&s)
		if _, err := s.Plan(); !errors.Is(err, phantom.ErrPhantom) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := small()
	plan, err := s.Plan()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, _, _, err := plan[0].MakeScan(ctx, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func ExampleStudy_Plan() {
	plan, err := Default(1).Plan()
	for _, d := range plan {
		fmt.Println(d.ID, d.Arm, len(d.Sections), "sections")
	}
	fmt.Println(err)
	// Output:
	// D01 A 4 sections
	// D02 A 4 sections
	// D03 A 4 sections
	// D04 unused 4 sections
	// <nil>
}

func BenchmarkDevice(b *testing.B) {
	plan, err := small().Plan()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("scan=60", func(b *testing.B) {
		b.SetBytes(2 * 60 * 60 * 60)
		for b.Loop() {
			if _, _, _, _, err := plan[0].MakeScan(b.Context(), parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
