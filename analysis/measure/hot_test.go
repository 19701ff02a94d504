package measure

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"explant/analysis/frame"
	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
)

// specks is a cube of void with specks of 2x2x2 voxels of deposit, denser within 0.3 mm of a place.
func specks(seed uint64, dense float64) *scene {
	const n = 90
	s := newScene([3]int{n, n, n}, [3]float64{0.02, 0.02, 0.02})
	r := rand.New(rand.NewPCG(seed, 2))
	for i := range s.seg.Labels.Data {
		p := s.grey.Position(i)
		d := math.Hypot(math.Hypot(float64(p[0])-60, float64(p[1])-30), float64(p[2])-25) * 0.02
		share := 0.008
		if d < 0.3 {
			share = dense
		}
		if r.Float64() < share && max(p[0], p[1], p[2]) < n-1 {
			for k := range 8 {
				s.seg.Labels.Data[s.grey.Offset(p[0]+k&1, p[1]+k>>1&1, p[2]+k>>2)] = segment.Deposit
			}
		}
	}
	return s
}

func part(t *testing.T, f result.Findings, metric, end string) result.Measurement {
	t.Helper()
	for _, m := range f.Measurements {
		if m.Metric == metric && strings.HasSuffix(m.Part, end) {
			return m
		}
	}
	t.Fatalf("no %s %q: withheld %v", metric, end, f.NotMeasured)
	return result.Measurement{}
}

func TestPlantedHotSpotIsFound(t *testing.T) {
	f := specks(1, 0.05).measure(t, Params{HotSpots: true}, Input{Axis: "-z"})
	const cells = "cells of 0.2 mm: "
	near1(t, "hot spots", part(t, f, "hot.gi", cells+"hot spots").Value, 1, 1e-9)
	for name, want := range map[string]float64{"x": 1.21, "y": 0.61, "z": 0.51} {
		if got := part(t, f, "hot.gi", cells+"largest, "+name).Value; math.Abs(got-want) > 0.1 {
			t.Errorf("the hot spot lies at %s = %g mm, want %g", name, got, want)
		}
	}
	near1(t, "place along the flow", part(t, f, "hot.gi", cells+"largest, along the flow").Value, 1-0.51/1.8, 0.1)
	straight, err := frame.Straight(specks(1, 0).grey.Grid, [3]int{}, [3]int{90, 90, 90}, "-z")
	if err != nil {
		t.Fatal(err)
	}
	framed := specks(1, 0.05).measure(t, Params{HotSpots: true}, Input{Axis: "-z", Frame: &straight})
	near1(t, "place in the frame", part(t, framed, "hot.gi", cells+"largest, along the flow").Value, part(t, f, "hot.gi", cells+"largest, along the flow").Value, 1e-9)
	straight.Zones = []frame.Zone{{Name: "inlet", U: []float64{0, 0.5}}, {Name: "outlet", U: []float64{0.5, 1}}}
	zoned := specks(1, 0.05).measure(t, Params{HotSpots: true}, Input{Frame: &straight})
	part(t, zoned, "hot.gi", cells+"largest, in outlet")
	labels := volume.New[uint8](volume.Grid{N: [3]int{2, 1, 1}, Spacing: [3]float64{0.9, 1.8, 1.8}, Origin: [3]float64{0.44, 0.89, 0.89}})
	labels.Data[0], labels.Data[1] = 1, 2
	zones, err := frame.NewZoneMap(labels, nil)
	if err != nil {
		t.Fatal(err)
	}
	mapped := specks(1, 0.05).measure(t, Params{HotSpots: true}, Input{Axis: "z", Zones: zones})
	part(t, mapped, "hot.gi", cells+"largest, in zone 2")
	if f.Hot == nil || f.Hot.CellMM != 0.2 || len(f.Hot.Cells) != 729 {
		t.Error("no map of the hot spots")
	}
	near1(t, "correlation length", row(t, f, "sp.range", "").Value, 0.025, 0.3)
	if p := part(t, f, "sp.moran", cells+"p").Value; p > 0.01 {
		t.Errorf("p of Moran's I is %g", p)
	}
}

func TestEvenSpecksAreNoHotSpot(t *testing.T) {
	f := specks(2, 0.008).measure(t, Params{HotSpots: true}, Input{})
	near1(t, "Gini", part(t, f, "hot.conc", "cells of 0.4 mm: Gini").Value, 0.06, 0.5)
	near1(t, "top tenth", part(t, f, "hot.conc", "cells of 0.4 mm: in the most loaded tenth").Value, 12, 0.15)
	if n := part(t, f, "hot.gi", "cells of 0.2 mm: hot spots").Value; n != 0 {
		t.Errorf("%g hot spots in an even spread", n)
	}
}

// Few pieces, each larger than a cell: there are hot cells, but no hot spot can be told from a piece.
func TestLargePiecesAreNoHotSpots(t *testing.T) {
	s := specks(1, 0)
	r := rand.New(rand.NewPCG(1, 3))
	for i := range s.seg.Labels.Data {
		s.seg.Labels.Data[i] = segment.Void
	}
	for range 12 {
		c := [3]float64{r.Float64() * 90, r.Float64() * 90, r.Float64() * 90}
		for i := range s.seg.Labels.Data {
			p := s.grey.Position(i)
			if math.Hypot(math.Hypot(float64(p[0])-c[0], float64(p[1])-c[1]), float64(p[2])-c[2]) < 9 {
				s.seg.Labels.Data[i] = segment.Deposit
			}
		}
	}
	if f := s.measure(t, Params{HotSpots: true, HotCellUM: 100}, Input{}); !withheld(f, "hot.gi") || f.Hot != nil {
		t.Error("hot spots in cells that are smaller than pieces")
	}
}

func TestCellsAreWithheldWithAReason(t *testing.T) {
	s := specks(1, 0.008)
	for _, um := range []float64{30, 1500} { // less than 4 voxels wide; too few
		if f := s.measure(t, Params{HotSpots: true, HotCellUM: um}, Input{}); !withheld(f, "hot.gi") || !withheld(f, "hot.conc") || !withheld(f, "sp.moran") {
			t.Errorf("cells of %g µm", um)
		}
	}
	s.seg.Labels.Spacing, s.grey.Spacing = [3]float64{}, [3]float64{}
	if f := s.measure(t, Params{HotSpots: true}, Input{}); !withheld(f, "hot.gi") || !withheld(f, "sp.range") {
		t.Error("cells of unknown size")
	}
}

func TestBitsOfARow(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, n := range []int{1, 7, 8, 63, 64, 65, 130} {
		row, words := make([]uint8, n), make([]uint64, (n+63)/64)
		for i := range row {
			row[i] = uint8(r.IntN(6))
		}
		setBits(words, row, segment.Deposit)
		for i, c := range row {
			if words[i/64]>>(i%64)&1 == 1 != (c == segment.Deposit) {
				t.Fatalf("%d voxels: bit %d of class %d", n, i, c)
			}
		}
	}
}
