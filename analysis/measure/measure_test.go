package measure

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/shape"
)

func TestVolumesOfSpheres(t *testing.T) {
	for _, spacing := range [][3]float64{{0.02, 0.02, 0.02}, {0.02, 0.03, 0.04}} {
		s, want := pitted(t, spacing)
		f := s.measure(t, Params{}, Input{})
		near1(t, "count", row(t, f, "dep.vol", "").Value, want, 0.01)
		near1(t, "occupancy", row(t, f, "dep.vol", "deposit:occupancy").Value, want, 0.002)
		s.seg.Rule = segment.ByOccupancy
		f = s.measure(t, Params{}, Input{})
		near1(t, "occupancy first", row(t, f, "dep.vol", "").Value, want, 0.002)
		near1(t, "count beside it", row(t, f, "dep.vol", "deposit:count").Value, want, 0.01)
	}
}

// Labels that are one voxel too fat or too thin everywhere change the count by a fifth, and the
// occupancy, which weighs the border by its grey, hardly.
func TestOccupancyForgivesThresholds(t *testing.T) {
	s, want := pitted(t, [3]float64{0.02, 0.02, 0.02})
	s.seg.Rule = segment.ByOccupancy
	for _, threshold := range []float32{void + 1500, deposit - 1500} {
		for i, g := range s.grey.Data {
			if s.seg.Labels.Data[i] != segment.Polymer {
				s.seg.Labels.Data[i] = segment.Void
				if g > threshold {
					s.seg.Labels.Data[i] = segment.Deposit
				}
			}
		}
		f := s.measure(t, Params{}, Input{})
		near1(t, "occupancy", row(t, f, "dep.vol", "").Value, want, 0.02)
		if c := row(t, f, "dep.vol", "deposit:count").Value; math.Abs(c/want-1) < 0.04 {
			t.Errorf("the count is %g, too near to %g for this test to say anything", c, want)
		}
	}
}

func TestBurdenHasBloodSideDenominator(t *testing.T) {
	s, want := pitted(t, [3]float64{0.02, 0.02, 0.02})
	for i := range s.seg.Labels.Data { // a lumen that is no blood side
		if i%60 < 3 {
			s.seg.Labels.Data[i] = segment.Lumen
		}
	}
	f := s.measure(t, Params{}, Input{})
	m := row(t, f, "dep.vf", "")
	blood := row(t, f, "bs.vol", "").Value
	rod := math.Pi * 0.01 * 1.6
	near1(t, "blood side", blood, 1.2*1.2*1.6*57/60-rod, 0.002)
	near1(t, "numerator", *m.Numerator, want, 0.01)
	near1(t, "denominator", *m.Denominator, blood, 1e-12)
	near1(t, "burden", m.Value, 100**m.Numerator / *m.Denominator, 1e-12)
	if m.Unit != "%" || m.DenominatorName != "blood-side space (mm3)" {
		t.Errorf("unit %s, denominator %s", m.Unit, m.DenominatorName)
	}
	near1(t, "lumen share", row(t, f, "cls.vf", "lumen").Value, 5, 1e-9)
	near1(t, "polymer", row(t, f, "cls.vol", "polymer").Value, rod, 0.04) // a rod of radius 5 voxels
	s.seg.LumensInVoid = true
	if m := row(t, s.measure(t, Params{}, Input{}), "dep.vf", ""); !slices.Contains(m.Flags, "lumens-in-denominator") || !strings.Contains(m.DenominatorName, "lumens") {
		t.Errorf("burden over lumens too carries %v, %s", m.Flags, m.DenominatorName)
	}
}

func TestWithoutCalibrationNothingHasAPhysicalUnit(t *testing.T) {
	s, _ := pitted(t, [3]float64{0.02, 0.02, 0.02})
	calibrated := s.measure(t, Params{}, Input{Axis: "z"})
	s.grey.Spacing, s.seg.Labels.Spacing = [3]float64{}, [3]float64{}
	f := s.measure(t, Params{}, Input{Axis: "z"})
	for _, m := range f.Measurements {
		if m.Unit != "%" && m.Unit != "1" && m.Unit != "{bool}" {
			t.Errorf("%s %s has unit %s", m.Metric, m.Part, m.Unit)
		}
		if strings.Contains(m.Part+m.DenominatorName, "mm") || strings.Contains(m.Part, "um") {
			t.Errorf("%s names a length: %q %q", m.Metric, m.Part, m.DenominatorName)
		}
	}
	for _, id := range []string{"dep.vol", "bs.vol", "cls.vol", "dep.nd", "dep.max", "dist.surf"} {
		if !withheld(f, id) {
			t.Errorf("%s is not listed as withheld", id)
		}
	}
	if !flagged(f, "uncalibrated") || flagged(calibrated, "uncalibrated") {
		t.Error("the flag uncalibrated")
	}
	near1(t, "burden", row(t, f, "dep.vf", "").Value, row(t, calibrated, "dep.vf", "").Value, 1e-12)
	if m := row(t, f, "dep.vf", ""); m.DenominatorName != "blood-side space (voxels)" || *m.Denominator != math.Trunc(*m.Denominator) {
		t.Errorf("denominator %g of %s", *m.Denominator, m.DenominatorName)
	}
}

func TestProfileFollowsTheAxis(t *testing.T) {
	s := newScene([3]int{30, 20, 100}, [3]float64{0.02, 0.02, 0.02})
	s.add(t, segment.Deposit, shape.Box{Min: shape.Point{-9, -9, -9}, Max: shape.Point{0.29, 9, 0.49}}) // half of the first 25 planes
	f := s.measure(t, Params{ProfileBins: 4}, Input{Axis: "z"})
	total := 0.0
	for i, part := range []string{"0..0.5 mm", "0.5..1 mm", "1..1.5 mm", "1.5..2 mm"} {
		m := row(t, f, "prof.axis", part)
		near1(t, part, m.Value, []float64{50, 0, 0, 0}[i], 1e-9)
		total += *m.Numerator
	}
	near1(t, "sum of the bins", total, row(t, f, "dep.vol", "").Value, 1e-12)
	near1(t, "centroid", row(t, f, "prof.axis", "centroid").Value, 0.125, 1e-12)
	near1(t, "inlet half", row(t, f, "prof.axis", "inlet half").Value, 100, 1e-12)

	f = s.measure(t, Params{ProfileBins: 4}, Input{Axis: "-z"})
	near1(t, "last bin upstream", row(t, f, "prof.axis", "1.5..2 mm").Value, 50, 1e-9)
	near1(t, "centroid upstream", row(t, f, "prof.axis", "centroid").Value, 0.875, 1e-12)

	f = s.measure(t, Params{ProfileBins: 20}, Input{Axis: "x"}) // bins of 10 voxels, not fewer
	near1(t, "along x", row(t, f, "prof.axis", "0..0.2 mm").Value, 25, 1e-9)
	near1(t, "along x", row(t, f, "prof.axis", "0.2..0.4 mm").Value, 12.5, 1e-9)
	if f = s.measure(t, Params{}, Input{Axis: "none"}); !withheld(f, "prof.axis") || len(rows(f, "prof.axis")) != 0 {
		t.Error("a profile without an axis")
	}
}

func TestEnrichmentOfAFilm(t *testing.T) {
	s := newScene([3]int{20, 20, 60}, [3]float64{0.02, 0.02, 0.02})
	s.add(t, segment.Deposit, shape.Box{Min: shape.Point{-9, -9, -9}, Max: shape.Point{9, 9, 0.49}})
	s.add(t, segment.Polymer, shape.Box{Min: shape.Point{-9, -9, -9}, Max: shape.Point{9, 9, 0.39}}) // 20 slices; the film 5
	f := s.measure(t, Params{}, Input{})
	for _, c := range []struct {
		part string
		want float64
	}{{"0..50 um", 8}, {"50..100 um", 8}, {"100..150 um", 0}, {"450..500 um", 0}, {"beyond 500 um", 0}} {
		near1(t, c.part, row(t, f, "dist.surf", c.part).Value, c.want, 1e-9)
	}
	near1(t, "median", row(t, f, "dist.surf", "median").Value, 50, 0.02)
}

func TestWithoutADepositClassNothingIsSaidOfIt(t *testing.T) {
	s := newScene([3]int{20, 20, 20}, [3]float64{0.02, 0.02, 0.02})
	s.seg.NoDeposit = true
	f := s.measure(t, Params{Surface: true, Thickness: true}, Input{Axis: "z"})
	for _, m := range f.Measurements {
		if strings.HasPrefix(m.Metric, "dep.") || m.Metric == "prof.axis" || m.Metric == "dist.surf" {
			t.Errorf("%s %s is %g", m.Metric, m.Part, m.Value)
		}
	}
	if !withheld(f, "dep.vol") || !withheld(f, "prof.axis") || row(t, f, "bs.vol", "").Value == 0 {
		t.Error("what is withheld is not listed, or too much is")
	}
}

func TestThicknessOfTheFilmIsGivenWhenAskedFor(t *testing.T) {
	s := newScene([3]int{20, 20, 60}, [3]float64{0.02, 0.02, 0.02})
	s.add(t, segment.Deposit, shape.Box{Min: shape.Point{-9, -9, 0.29}, Max: shape.Point{9, 9, 0.39}})
	if f := s.measure(t, Params{}, Input{}); len(rows(f, "dep.thick")) != 0 {
		t.Error("thickness without being asked for")
	}
	f := s.measure(t, Params{Thickness: true}, Input{})
	for _, part := range []string{"mean", "median", "P5", "P95", "maximum"} {
		near1(t, part, row(t, f, "dep.thick", part).Value, 100, 1e-6)
	}
	if sd := row(t, f, "dep.thick", "SD").Value; sd > 1e-3 || flagged(f, "thin-deposit") {
		t.Errorf("SD %g µm, flags %v", sd, f.Flags)
	}
}

func TestFewVoxelsAreNoError(t *testing.T) {
	s := newScene([3]int{1, 1, 1}, [3]float64{0.02, 0.02, 0.02})
	f := s.measure(t, Params{}, Input{Axis: "z"})
	if !flagged(f, "no-deposit") || row(t, f, "dep.vol", "").Value != 0 || row(t, f, "dep.vf", "").Value != 0 {
		t.Error("one void voxel")
	}
	s.seg.Labels.Data[0] = segment.Polymer
	if f = s.measure(t, Params{}, Input{}); !withheld(f, "dep.vf") {
		t.Error("a burden without blood side")
	}
	s.seg.Labels.Data[0] = 9
	if _, err := Volume(t.Context(), s.grey, s.seg, Params{}, Input{}, parallel.Options{}, nil); err == nil {
		t.Error("class 9 was accepted")
	}
	if _, err := Volume(t.Context(), s.grey, s.seg, Params{}, Input{Axis: "q"}, parallel.Options{}, nil); err == nil {
		t.Error("axis q was accepted")
	}
	for _, p := range []Params{{MinObjectUM: -1}, {DistanceBinUM: math.NaN()}, {ProfileBins: -2}} {
		if p.Check() == nil {
			t.Errorf("%+v was accepted", p)
		}
	}
}

func TestWorkersDoNotMatter(t *testing.T) {
	s, _ := pitted(t, [3]float64{0.02, 0.02, 0.02})
	s.seg.Rule = segment.ByOccupancy
	one, err := Volume(t.Context(), s.grey, s.seg, Params{}, Input{Axis: "y"}, parallel.Options{Workers: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	many, err := Volume(t.Context(), s.grey, s.seg, Params{}, Input{Axis: "y"}, parallel.Options{Workers: 8}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(one, many) {
		t.Error("the number of workers changes the findings")
	}
}

func ExampleVolume() {
	g := volume.Grid{N: [3]int{10, 10, 10}, Spacing: [3]float64{0.1, 0.1, 0.1}}
	grey, labels := volume.New[uint16](g), volume.New[uint8](g)
	for i := range 250 { // the first two and a half slices are deposit
		grey.Data[i], labels.Data[i] = 29000, segment.Deposit
	}
	f, err := Volume(context.Background(), grey, &segment.Segmentation{Labels: labels}, Params{}, Input{}, parallel.Options{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range f.Measurements[:2] {
		fmt.Printf("%s %.4g %s\n", m.Metric, m.Value, m.Unit)
	}
	// Output:
	// dep.vf 25 %
	// dep.vol 0.25 mm3
}

func BenchmarkVolume(b *testing.B) {
	const n = 128
	s := newScene([3]int{n, n, n}, [3]float64{0.02, 0.02, 0.02})
	for i := range s.seg.Labels.Data {
		x, y, z := float64(i%n), float64(i/n%n), float64(i/n/n)
		switch w := math.Sin(x/6) + math.Sin(y/7) + math.Sin(z/8); {
		case w > 1.2:
			s.seg.Labels.Data[i], s.grey.Data[i] = segment.Deposit, deposit
		case w < -1:
			s.seg.Labels.Data[i], s.grey.Data[i] = segment.Polymer, polymer
		}
	}
	b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
		b.SetBytes(int64(s.grey.Len()))
		for b.Loop() {
			if _, err := Volume(b.Context(), s.grey, s.seg, Params{}, Input{Axis: "z"}, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
