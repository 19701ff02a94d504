package measure

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"explant/analysis/frame"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/shape"
)

// halfFilled is a box of 60 x 40 x 100 voxels of 0.02 mm, off the scanner's origin, in a housing of 5 voxels
// on the sides, whose first quarter along z is deposit where x is in the lower half.
func halfFilled(t *testing.T) *scene {
	t.Helper()
	s := newScene([3]int{60, 40, 100}, [3]float64{0.02, 0.02, 0.02})
	s.add(t, segment.Deposit, shape.Box{Min: shape.Point{-9, -9, -9}, Max: shape.Point{0.59, 9, 0.49}})
	for i := range s.seg.Labels.Data {
		if p := s.seg.Labels.Position(i); p[0] < 5 || p[0] >= 55 || p[1] < 5 || p[1] >= 35 {
			s.seg.Labels.Data[i] = segment.Housing
		}
	}
	s.grey.Origin, s.seg.Labels.Origin = [3]float64{4, 5, 6}, [3]float64{4, 5, 6}
	return s
}

// device is the frame of halfFilled along z, with more lines of its file.
func device(t *testing.T, kind string, lines ...string) *frame.Frame {
	t.Helper()
	f, err := frame.Parse([]byte("version: 1\nkind: " + kind + "\ninlet: [4.59, 5.39, 5.99]\noutlet: [4.59, 5.39, 7.99]\naxes: [[0, 0, 1], [1, 0, 0], [0, 1, 0]]\n" + strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return &f
}

func TestZonesHoldTheirBurden(t *testing.T) {
	s := halfFilled(t)
	f := s.measure(t, Params{ProfileBins: 4}, Input{Frame: device(t, "cuboid", "zones:", "- {zone: inlet chamber, u: [0, 0.2]}", "- {zone: bundle, u: [0.2, 0.375]}",
		"layers: [[0.1, 0.3], [0.5, 1]]", "sections:", "- {section: S1, affine_mm: [[1, 0, 0, 4.09], [0, 1, 0, 5.69], [0, 0, 1, 6.49], [0, 0, 0, 1]]}")})
	plane := 50 * 30 * 0.02 * 0.02                 // mm²
	for part, want := range map[string][2]float64{ // deposit and blood side in mm of full planes
		"inlet chamber": {0.2, 0.4}, "bundle": {0.05, 0.35}, "in no zone": {0, 1.25},
		"mat 1": {0.15, 0.4}, "mat 2": {0, 1}, "between mats": {0, 0.4}, "before mat 1": {0.1, 0.2},
	} {
		m := row(t, f, "prof.zone", part)
		near1(t, part, *m.Denominator, want[1]*plane, 1e-9)
		if math.Abs(*m.Numerator-want[0]*plane) > 1e-9 {
			t.Errorf("%s holds %g mm³, want %g", part, *m.Numerator, want[0]*plane)
		}
	}
	near1(t, "first bin", row(t, f, "prof.axis", "0..0.5 mm").Value, 50, 1e-9)
	near1(t, "centroid", row(t, f, "prof.axis", "centroid").Value, 0.125, 1e-9)
	near1(t, "inlet half", row(t, f, "prof.axis", "inlet half").Value, 100, 1e-9)
	for part, want := range map[string]float64{"S1: corner, u": 0.25, "S1: corner, v": 0, "S1: corner, w": 1} {
		if got := row(t, f, "frame.section", part).Value; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %g, want %g", part, got, want)
		}
	}
	if flagged(f, "frame-partly-scanned") || flagged(f, "sections-elsewhere") || !withheld(f, "prof.radial") || !withheld(f, "prof.angular") || len(rows(f, "prof.radial")) > 0 {
		t.Errorf("flags %v, withheld %v", f.Flags, f.NotMeasured)
	}
}

// The wall is where half of the housing's inside is; corners are a fifth of the width wide.
func TestWallsAndCornersOfACuboid(t *testing.T) {
	s := halfFilled(t)
	f := s.measure(t, Params{ProfileBins: 3}, Input{Frame: device(t, "cuboid")})
	for part, want := range map[string][2]float64{ // columns of deposit (over 25 planes) and of blood side (over 100)
		"corners": {2 * 10 * 6, 4 * 10 * 6}, "sides": {10*18 + 2*15*6, 2*10*18 + 2*30*6}, "core": {15 * 18, 30 * 18},
	} {
		m := row(t, f, "prof.zone", part)
		near1(t, part, *m.Denominator, want[1]*100*8e-6, 1e-9)
		near1(t, part, *m.Numerator, want[0]*25*8e-6, 1e-9)
	}
	m := row(t, f, "prof.wall", "0..0.3 mm") // one bin of 15 voxels is all that fits
	near1(t, "wall", m.Value, 12.5, 1e-9)
	near1(t, "wall", *m.Denominator, 50*30*100*8e-6, 1e-9)
}

func TestRoundDevicesHaveRadiusAndAngle(t *testing.T) {
	s := newScene([3]int{120, 120, 20}, [3]float64{0.02, 0.02, 0.02})
	s.add(t, segment.Deposit, shape.Cylinder{Center: shape.Point{1.19, 1.19, 0}, Axis: shape.Point{0, 0, 1}, Radius: 0.6, Length: math.Inf(1)})
	for i := range s.seg.Labels.Data {
		p := s.seg.Labels.Position(i)
		switch x, y := float64(p[0])-59.5, float64(p[1])-59.5; {
		case math.Hypot(x, y) > 60:
			s.seg.Labels.Data[i] = segment.Housing
		case x < 0 || y < 0:
			s.seg.Labels.Data[i] = segment.Void // deposit in the first quadrant only
		}
	}
	in := Input{Frame: &frame.Frame{}}
	*in.Frame = *device(t, "wound")
	in.Frame.Inlet, in.Frame.Outlet = [3]float64{1.19, 1.19, -0.01}, [3]float64{1.19, 1.19, 0.39}
	f := s.measure(t, Params{ProfileBins: 2}, in)
	near1(t, "inner half", row(t, f, "prof.radial", "0..0.6 mm").Value, 25, 0.02)
	if v := row(t, f, "prof.radial", "0.6..1.2 mm").Value; v > 0.3 {
		t.Errorf("outer half holds %g %%", v)
	}
	for part, want := range map[string]float64{"0..30 deg": 25, "30..60 deg": 25, "60..90 deg": 25, "90..120 deg": 0, "330..360 deg": 0} {
		if v := row(t, f, "prof.angular", part).Value; math.Abs(v-want) > 0.6 {
			t.Errorf("%s holds %g %%, want %g", part, v, want)
		}
	}
	if len(rows(f, "prof.wall")) > 0 || len(rows(f, "frame.layers")) > 0 {
		t.Error("walls or mats of a wound device")
	}
}

func TestZoneMapsNeedNoFrame(t *testing.T) {
	s := halfFilled(t)
	labels := volume.New[uint8](volume.Grid{N: [3]int{3, 2, 4}, Spacing: [3]float64{0.4, 0.4, 0.5}, Origin: [3]float64{4.19, 5.19, 6.24}})
	for i := range labels.Data {
		labels.Data[i] = uint8(labels.Position(i)[2]) // planes 0, 1, 2, 3; 0 is no zone
	}
	one := 1
	zones, err := frame.NewZoneMap(labels, []frame.Zone{{Name: "second quarter", Value: &one}})
	if err != nil {
		t.Fatal(err)
	}
	f := s.measure(t, Params{}, Input{Zones: zones, Axis: "none"})
	near1(t, "no zone", row(t, f, "prof.zone", "in no zone").Value, 50, 1e-9)
	if v := row(t, f, "prof.zone", "second quarter"); v.Value != 0 || math.Abs(*v.Denominator-50*30*25*8e-6) > 1e-9 {
		t.Errorf("%+v", v)
	}
	row(t, f, "prof.zone", "zone 3")
	labels.Origin[0] = 99
	if f = s.measure(t, Params{}, Input{Zones: zones}); !flagged(f, "zones-elsewhere") || !withheld(f, "prof.zone") {
		t.Error("zones beside the scan pass in silence")
	}
}

func TestFramesThatTheScanDoesNotFill(t *testing.T) {
	s := halfFilled(t)
	long, short := device(t, "cuboid"), device(t, "cuboid")
	long.Outlet[2], short.Outlet[2] = 9.99, 6.99
	f := s.measure(t, Params{ProfileBins: 8}, Input{Frame: long})
	near1(t, "centroid", row(t, f, "prof.axis", "centroid").Value, 0.0625, 1e-9)
	if m := row(t, f, "prof.axis", "centroid"); !flagged(f, "frame-partly-scanned") || len(m.Flags) != 1 || len(rows(f, "prof.axis")) != 6 {
		t.Errorf("%+v of %d rows", m, len(rows(f, "prof.axis")))
	}
	if f = s.measure(t, Params{ProfileBins: 8}, Input{Frame: short}); !flagged(f, "frame-too-short") {
		t.Error("half of the device lies behind the outlet")
	}
	s.grey.Spacing, s.seg.Labels.Spacing = [3]float64{}, [3]float64{}
	if f = s.measure(t, Params{}, Input{Frame: long}); !withheld(f, "prof.axis") || !withheld(f, "prof.zone") || len(rows(f, "prof.axis")) > 0 {
		t.Error("a frame in mm on a scan without any")
	}
}

// The flow runs at 45° between x and z: planes of the scan are no planes of the device.
func TestObliqueFrames(t *testing.T) {
	s := newScene([3]int{100, 20, 100}, [3]float64{0.02, 0.02, 0.02})
	for i := range s.seg.Labels.Data {
		if p := s.seg.Labels.Position(i); p[0]+p[2] < 99 {
			s.seg.Labels.Data[i], s.grey.Data[i] = segment.Deposit, deposit
		}
	}
	f, err := frame.Between("-0.01,0.19,-0.01:1.99,0.19,1.99")
	if err != nil {
		t.Fatal(err)
	}
	got := s.measure(t, Params{ProfileBins: 4}, Input{Frame: &f, Axis: "none"})
	for i, m := range rows(got, "prof.axis")[:4] {
		if want := []float64{100, 100, 0, 0}[i]; math.Abs(m.Value-want) > 1.5 {
			t.Errorf("bin %d holds %g %%, want %g", i, m.Value, want)
		}
	}
}

func TestPlacesDoNotDependOnWorkersSlabsOrShards(t *testing.T) {
	s, _ := pitted(t, [3]float64{0.02, 0.02, 0.02})
	s.seg.Rule = segment.ByOccupancy
	f, err := frame.Between("0,0,-0.01:1.1,1.1,1.6")
	if err != nil {
		t.Fatal(err)
	}
	f.Kind = frame.Cuboid
	var first *Places
	for _, o := range []parallel.Options{{Workers: 1}, {Workers: 8}, {Workers: 3, Depth: 1}, {Workers: 2, Depth: 64}} {
		j, _, err := newJob(s.grey.Grid, s.seg, Params{}, Input{Frame: &f, Axis: "none"}, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		at := s.grey.N[2] / 3
		p, err := locate(t.Context(), j, s.grey, 0, at)
		if err != nil {
			t.Fatal(err)
		}
		rest, err := locate(t.Context(), j, s.grey, at, s.grey.N[2])
		if err != nil {
			t.Fatal(err)
		}
		if err := p.add(rest); err != nil {
			t.Fatal(err)
		}
		whole, err := locate(t.Context(), j, s.grey, 0, s.grey.N[2])
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = whole
		}
		if !reflect.DeepEqual(first, whole) || !reflect.DeepEqual(first, p) {
			t.Errorf("%+v, or two shards, change what lies where", o)
		}
	}
	if first.add(&Places{}) == nil {
		t.Error("places of two frames were added")
	}
}

func TestMatsAreToldWithoutADepositClass(t *testing.T) {
	s := newScene([3]int{60, 60, 60}, [3]float64{0.02, 0.02, 0.02})
	for i := range s.seg.Labels.Data {
		if s.seg.Labels.Position(i)[2]%20 < 12 {
			s.seg.Labels.Data[i] = segment.Polymer
		}
	}
	s.seg.NoDeposit = true
	f := s.measure(t, Params{Mats: true}, Input{Axis: "z"})
	if n := row(t, f, "frame.layers", "").Value; n != 3 || !withheld(f, "prof.zone") || len(rows(f, "prof.zone")) > 0 {
		t.Errorf("%g mats, %d zones", n, len(rows(f, "prof.zone")))
	}
	s.seg.NoDeposit, s.seg.LumensInVoid = false, true
	if f = s.measure(t, Params{Mats: true}, Input{Axis: "z"}); !withheld(f, "frame.layers") {
		t.Error("mats of hollow fibres whose lumens nobody knows")
	}
}

func BenchmarkPlaces(b *testing.B) {
	const n = 128
	s := newScene([3]int{n, n, n}, [3]float64{0.02, 0.02, 0.02})
	for i := range s.seg.Labels.Data {
		if p := s.seg.Labels.Position(i); p[0]%16 < 3 {
			s.seg.Labels.Data[i] = segment.Deposit
		} else if p[2]%21 < 19 {
			s.seg.Labels.Data[i] = segment.Polymer
		}
	}
	j, _, err := newJob(s.grey.Grid, s.seg, Params{Mats: true}, Input{Axis: "z"}, parallel.Options{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("frame=z/n=128", func(b *testing.B) {
		b.SetBytes(int64(s.grey.Len()))
		for b.Loop() {
			if _, err := locate(b.Context(), j, s.grey, 0, n); err != nil {
				b.Fatal(err)
			}
		}
	})
}
