package places

import (
	"context"
	"math"
	"testing"

	"explant/analysis/frame"
	"explant/analysis/result"
	"explant/io/imagefile"
	"explant/volume"
)

// memory is a label image in memory.
type memory struct {
	n    [3]int
	data []byte
}

func (m memory) Info() imagefile.Info {
	return imagefile.Info{Grid: volume.Grid{N: m.n}, Type: imagefile.Uint8, Channels: 1, Levels: []imagefile.Level{{N: m.n, Downsample: 1}}}
}

func (m memory) Read(_ context.Context, w imagefile.Window) (imagefile.Block, error) {
	b := imagefile.Block{N: w.N(), Channels: 1, Type: imagefile.Uint8}
	for z := w.Min[2]; z < w.Max[2]; z++ {
		for y := w.Min[1]; y < w.Max[1]; y++ {
			at := (z*m.n[1] + y) * m.n[0]
			b.Data = append(b.Data, m.data[at+w.Min[0]:at+w.Max[0]]...)
		}
	}
	return b, nil
}

func (memory) Close() error { return nil }

// box fills a box with a class.
func (m memory) box(v byte, lo, hi [3]int) {
	for z := lo[2]; z < hi[2]; z++ {
		for y := lo[1]; y < hi[1]; y++ {
			for x := lo[0]; x < hi[0]; x++ {
				m.data[(z*m.n[1]+y)*m.n[0]+x] = v
			}
		}
	}
}

var classes = []result.Class{{Value: 0, Name: "void"}, {Value: 1, Name: "deposit"}, {Value: 2, Name: "housing"}, {Value: 3, Name: "marker:cd61"}}

// scene is a device in a housing of 4 voxels, with a large piece of deposit near the end of x and a small
// one near its begin.
func scene(t *testing.T, n [3]int) *Scene {
	t.Helper()
	m := memory{n, make([]byte, n[0]*n[1]*n[2])}
	m.box(2, [3]int{}, n)
	m.box(0, [3]int{4, 0, 0}, n)
	m.box(1, [3]int{6, 2, 2}, [3]int{8, 4, 4})
	m.box(1, [3]int{40, 10, 5}, [3]int{50, 20, 9})
	m.box(3, [3]int{20, 0, 0}, [3]int{22, 2, 2})
	labels, err := Read(t.Context(), m, classes)
	if err != nil {
		t.Fatal(err)
	}
	return &Scene{Result: result.Result{Classes: classes, Inputs: map[string]string{"axis": "x"}}, Map: labels,
		Grid: volume.Grid{N: n, Spacing: [3]float64{0.1, 0.1, 0.1}, Calibration: volume.Calibration{Source: "header"}}}
}

func TestRowsLieAtTheLargestPieceOfTheirClass(t *testing.T) {
	s := scene(t, [3]int{64, 30, 12})
	for name, c := range map[string]struct {
		m    result.Measurement
		want [3]float64
		ok   bool
	}{
		"deposit":       {result.Measurement{Metric: "dep.vol"}, [3]float64{44.5, 14.5, 6.5}, true},
		"marker":        {result.Measurement{Metric: "if.pos", Part: "cd61"}, [3]float64{20.5, 0.5, 0.5}, true},
		"class":         {result.Measurement{Metric: "cls.vol", Part: "marker:cd61"}, [3]float64{20.5, 0.5, 0.5}, true},
		"whole image":   {result.Measurement{Metric: "bs.vol"}, [3]float64{}, false},
		"absent class":  {result.Measurement{Metric: "net.n"}, [3]float64{}, false},
		"bin, inlet":    {result.Measurement{Metric: "prof.axis", Part: "0..1 mm", Unit: "%"}, [3]float64{6.5, 2.5, 2.5}, true},
		"bin, outlet":   {result.Measurement{Metric: "prof.axis", Part: "3..5 mm", Unit: "%"}, [3]float64{44.5, 14.5, 6.5}, true},
		"bin, distance": {result.Measurement{Metric: "dist.surf", Part: "0..50 um"}, [3]float64{}, false},
	} {
		p, ok := s.Of(t.Context(), c.m)
		if ok != c.ok {
			t.Errorf("%s: found is %v", name, ok)
			continue
		}
		for a := range 3 {
			if math.Abs(p.At[a]-c.want[a]) > 1 {
				t.Errorf("%s: at %v, want %v", name, p.At, c.want)
				break
			}
		}
	}
}

func TestFlowRunsAsItWasStated(t *testing.T) {
	s := scene(t, [3]int{64, 30, 12})
	far := result.Measurement{Metric: "prof.axis", Part: "1..2.5 mm"}
	s.Result.Inputs["axis"] = "-x"
	if p, ok := s.Of(t.Context(), far); !ok || math.Abs(p.At[0]-44.5) > 1 {
		t.Errorf("down the axis: %v %v", p, ok)
	}
	s.Result.Inputs["axis"] = "none"
	if _, ok := s.Of(t.Context(), far); ok {
		t.Error("a place along no axis")
	}
	f, err := frame.Between("0.4,0,0:6.4,0,0")
	if err != nil {
		t.Fatal(err)
	}
	s.Frame = &f
	if p, ok := s.Of(t.Context(), result.Measurement{Metric: "prof.axis", Part: "3..5 mm"}); !ok || math.Abs(p.At[0]-44.5) > 1 {
		t.Errorf("in the frame: %v %v", p, ok)
	}
}

func TestHotSpotLiesWhereItsMetricSays(t *testing.T) {
	s := scene(t, [3]int{64, 30, 12})
	part := "cells of 0.5 mm: largest"
	for _, m := range []result.Measurement{{Part: part, Value: 1, Unit: "mm3"}, {Part: part + ", x", Value: 4.5}, {Part: part + ", y", Value: 1.5}, {Part: part + ", z", Value: 0.7}} {
		m.Metric = "hot.gi"
		s.Result.Measurements = append(s.Result.Measurements, m)
	}
	p, ok := s.Of(t.Context(), s.Result.Measurements[1])
	if !ok || math.Abs(p.At[0]-44.5) > 1e-9 || math.Abs(p.At[2]-6.5) > 1e-9 || math.Abs(p.Radius-5) > 1e-9 {
		t.Errorf("%+v %v", p, ok)
	}
}

func TestPiecesAreSortedBySize(t *testing.T) {
	s := scene(t, [3]int{64, 30, 12})
	all, err := s.Map.Pieces(t.Context(), "deposit", 9)
	if err != nil || len(all) != 2 || all[0].Pixels != 400 || all[1].Pixels != 8 || all[0].Reduced || all[0].Max != [3]int{50, 20, 9} {
		t.Errorf("%+v %v", all, err)
	}
}

// TestLargeImagesAreReduced holds a piece of a large slide against its place.
func TestLargeImagesAreReduced(t *testing.T) {
	n := [3]int{9001, 6001, 1}
	m := memory{n, make([]byte, n[0]*n[1])}
	m.box(1, [3]int{6000, 3000, 0}, [3]int{6200, 3100, 1})
	labels, err := Read(t.Context(), m, classes)
	if err != nil {
		t.Fatal(err)
	}
	all, err := labels.Pieces(t.Context(), "deposit", 1)
	if err != nil || len(all) != 1 || !all[0].Reduced || math.Abs(all[0].Pixels-20000) > 1000 || math.Abs(all[0].At[0]-6100) > 4 || math.Abs(all[0].At[1]-3050) > 4 {
		t.Errorf("step %v: %+v %v", labels.step, all, err)
	}
	if _, err := Read(t.Context(), wide{m}, classes); err == nil {
		t.Error("an image of 16 bits was taken for labels")
	}
}

// wide says of itself that it has 16 bits.
type wide struct{ memory }

func (w wide) Info() imagefile.Info {
	i := w.memory.Info()
	i.Type = imagefile.Uint16
	return i
}

// TestDistancesLieWhereTheyAre looks for deposits at distances from a wall at x < 4 and polymer: on the copy of every
// voxel and on a reduced one the deposit is as far as the bin says.
func TestDistancesLieWhereTheyAre(t *testing.T) {
	s := scene(t, [3]int{64, 30, 12})
	for name, c := range map[string]struct {
		m      result.Measurement
		lo, hi float64 // of the place along x, voxels of 0.1 mm from the wall
		ok     bool
	}{
		"near":   {result.Measurement{Metric: "dist.surf", Part: "200..300 um", Unit: "1"}, 6, 7, true},
		"far":    {result.Measurement{Metric: "dist.surf", Part: "4000..4500 um", Unit: "1"}, 44, 48, true},
		"empty":  {result.Measurement{Metric: "dist.surf", Part: "1000..2000 um", Unit: "1"}, 0, 0, false},
		"median": {result.Measurement{Metric: "dist.surf", Part: "median", Unit: "um", Value: 4150}, 44, 46, true},
	} {
		p, ok := s.Of(t.Context(), c.m)
		if ok != c.ok || ok && (p.At[0] < c.lo || p.At[0] > c.hi) {
			t.Errorf("%s: %+v, %v; want x from %v to %v, %v", name, p, ok, c.lo, c.hi, c.ok)
		}
	}
	s.Grid.Spacing = [3]float64{}
	if _, ok := s.Of(t.Context(), result.Measurement{Metric: "dist.surf", Part: "200..300 um"}); ok {
		t.Error("without a calibration there is a distance in µm")
	}
}

// TestReductionsLieAlongTheConnector looks for bins and the largest reduction of a connector that is 6.4 mm long, its
// tip 2 mm behind the inlet, with the flow along x and against it.
func TestReductionsLieAlongTheConnector(t *testing.T) {
	curve := []result.Measurement{
		{Metric: "conn.lar", Part: "-2..0 mm", Unit: "%"}, {Metric: "conn.lar", Part: "0..2 mm", Unit: "%"},
		{Metric: "conn.lar", Part: "2..4.4 mm", Unit: "%"}, {Metric: "conn.lar", Part: "max", Unit: "%", Value: 55},
		{Metric: "conn.lar", Part: "place of the max from the tip", Unit: "mm", Value: 2.45}, {Metric: "conn.lar", Part: "mean", Unit: "%"},
	}
	for _, c := range []struct {
		axis   string
		row    int
		lo, hi float64 // of the place along x
		ok     bool
	}{
		{"x", 0, 6, 7, true}, {"x", 1, 20, 40, true}, {"x", 2, 44, 45, true}, {"x", 3, 43, 46, true}, {"x", 4, 43, 46, true}, {"x", 5, 0, 0, false},
		{"-x", 0, 46, 49, true}, {"-x", 2, 6, 7, true}, {"none", 2, 0, 0, false},
	} {
		s := scene(t, [3]int{64, 30, 12})
		s.Result.Measurements, s.Result.Inputs = curve, map[string]string{"axis": c.axis}
		if p, ok := s.Of(t.Context(), curve[c.row]); ok != c.ok || ok && (p.At[0] < c.lo || p.At[0] > c.hi) {
			t.Errorf("%s, %s: %+v, %v; want x from %v to %v, %v", c.axis, curve[c.row].Part, p, ok, c.lo, c.hi, c.ok)
		}
	}
}
