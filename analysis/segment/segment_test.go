package segment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"explant/analysis/result"
	"explant/volume"
	"explant/volume/filter"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// bundle is a void volume with a polymer rod along z and a deposit rod beside it, 9x9 voxels each,
// with noise of standard deviation sd.
func bundle(sd float64) (*volume.Volume[uint16], *volume.Labels) {
	g := volume.Grid{N: [3]int{40, 30, 24}, Spacing: [3]float64{0.02, 0.02, 0.02}}
	v, truth := volume.New[uint16](g), volume.New[uint8](g)
	r := rand.New(rand.NewPCG(4, 2))
	for i := range v.Data {
		x, y := i%40, i/40%30
		level := 6000.0
		switch {
		case x >= 6 && x < 15 && y >= 8 && y < 17:
			level, truth.Data[i] = 20000, Polymer
		case x >= 22 && x < 31 && y >= 8 && y < 17:
			level, truth.Data[i] = 29000, Deposit
		}
		v.Data[i] = uint16(level + sd*r.NormFloat64())
	}
	return v, truth
}

func hasFlag(flags []result.Flag, id string) bool {
	return slices.ContainsFunc(flags, func(f result.Flag) bool { return f.ID == id && f.Text != "" && f.Remedy != "" })
}

func countLabels(l *volume.Labels) Counts {
	var n [256]int64
	for _, c := range l.Data {
		n[c]++
	}
	return Counts{Deposit: n[Deposit], BloodSide: n[Deposit] + n[Void]}
}

func TestPanelFindsThreeClasses(t *testing.T) {
	v, truth := bundle(1000)
	s, err := Panel(t.Context(), v, PanelParams{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for i, c := range truth.Data {
		if s.Labels.Data[i] != c {
			wrong++
		}
	}
	if wrong > 4*2*24+50 { // the median rounds the edges of the rods: their corners
		t.Errorf("%d voxels differ from the truth", wrong)
	}
	for c, want := range map[uint8]float64{Void: 6000, Polymer: 20000, Deposit: 29000} {
		if math.Abs(s.Levels[c]-want) > 60 || s.Diagnostics["level_"+Names[c]+"_grey"] != s.Levels[c] {
			t.Errorf("level of %s is %g, want %g", Names[c], s.Levels[c], want)
		}
	}
	if !math.IsNaN(s.Levels[Lumen]) || !s.LumensInVoid || !hasFlag(s.Flags, "lumens-in-denominator") {
		t.Error("the panel cannot know lumens, and must say so")
	}
	if len(s.Replicates) != 27 || s.Steps.Size <= 0 || s.Steps.Lower.Deposit < s.Steps.Higher.Deposit {
		t.Errorf("%d replicates, steps %+v", len(s.Replicates), s.Steps)
	}
}

func TestPanelCountsAgreeWithItsLabels(t *testing.T) {
	v, _ := bundle(1000)
	s, err := Panel(t.Context(), v, PanelParams{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := countLabels(s.Labels)
	for i, r := range s.Replicates { // one block changes the thresholds, not much more
		if math.Abs(float64(r.Deposit-n.Deposit)) > 0.02*float64(n.Deposit) || r.BloodSide > int64(v.Len()) {
			t.Errorf("replicate %d: %+v, the labels hold %+v", i, r, n)
		}
	}
	if d := s.Steps.Lower.Deposit - n.Deposit; d < 0 || d > n.Deposit/10 {
		t.Errorf("one step lower changes the deposit by %d of %d", d, n.Deposit)
	}
}

func TestPanelMarginAndHousing(t *testing.T) {
	v, _ := bundle(500)
	for i := range v.Data {
		if x := i % 40; x < 3 || x >= 37 {
			v.Data[i] = 28000 // a housing wall
		}
	}
	s, err := Panel(t.Context(), v, PanelParams{KeepSolidFaces: true}, parallel.Options{}, nil)
	if err != nil || !hasFlag(s.Flags, "housing-as-deposit") {
		t.Errorf("a bright wall went unnoticed (%v)", err)
	}
	s, err = Panel(t.Context(), v, PanelParams{}, parallel.Options{}, nil)
	if err != nil || !hasFlag(s.Flags, "housing-cut") || s.Box() != (Box{[3]int{4, 0, 0}, [3]int{36, 30, 24}}) {
		t.Errorf("the walls were not cut off: box %v, flags %v, %v", s.Box(), s.Flags, err)
	}
	s, err = Panel(t.Context(), v, PanelParams{MarginVoxels: [3]int{4, 0, 0}}, parallel.Options{}, nil)
	if err != nil || hasFlag(s.Flags, "housing-as-deposit") || hasFlag(s.Flags, "housing-cut") || s.Box() != (Box{[3]int{4, 0, 0}, [3]int{36, 30, 24}}) {
		t.Errorf("margin: box %v, flags %v, %v", s.Box(), s.Flags, err)
	}
	if s.Labels.At(1, 5, 5) != Void || math.Abs(s.Levels[Void]-6000) > 60 {
		t.Errorf("the margin is class %d, void level %g", s.Labels.At(1, 5, 5), s.Levels[Void])
	}
	if _, err := Panel(t.Context(), v, PanelParams{MarginVoxels: [3]int{20, 0, 0}}, parallel.Options{}, nil); err == nil {
		t.Error("a margin that leaves nothing was accepted")
	}
}

func TestSolidBlocksAreNoHousing(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{20, 20, 20}})
	for i := range v.Data { // half of the volume is solid: a sample that fills it, not a wall
		v.Data[i] = uint8(200 * (i % 20 / 10))
	}
	m := &greys[uint8]{raw: v, kept: v}
	seen, err := look(t.Context(), m, Box{Max: v.N}, 0, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := peel(t.Context(), m, seen, Box{Max: v.N}, parallel.Options{})
	if err != nil || b != (Box{Max: v.N}) {
		t.Errorf("%v, %v", b, err)
	}
}

func TestWorkersDoNotMatter(t *testing.T) {
	v, _ := bundle(2000)
	one, err := Panel(t.Context(), v, PanelParams{}, parallel.Options{Workers: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []uint8{Lumen, Housing, Outside} {
		one.Levels[c] = 0 // NaN is not itself
	}
	for _, o := range []parallel.Options{{Workers: 8}, {Workers: 2, Depth: 64}, {Workers: 2, Depth: 1}} {
		many, err := Panel(t.Context(), v, PanelParams{}, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []uint8{Lumen, Housing, Outside} {
			many.Levels[c] = 0
		}
		if !reflect.DeepEqual(one, many) {
			t.Errorf("%+v changes the segmentation", o)
		}
	}
}

// A volume of floats is smoothed once and kept; whole greys are smoothed anew. Both give the same classes.
func TestGreysKeptOrMadeAnewAreTheSame(t *testing.T) {
	v, _ := bundle(2000)
	for i := range v.Data {
		if x := i % 40; x < 2 {
			v.Data[i] = 30000 // a housing, so that the box is counted again
		}
	}
	m, err := smooth(t.Context(), v, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	kept := &greys[uint16]{raw: v}
	if kept.kept, err = filter.Median3(t.Context(), v, parallel.Options{}, nil); err != nil {
		t.Fatal(err)
	}
	for what, m := range map[string]*greys[uint16]{"kept": kept, "as it comes": m} {
		box, h, parts, err := panelHistograms(t.Context(), m, PanelParams{}, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := threshold.Of(t.Context(), kept.kept, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		in := threshold.CountBox(kept.kept, want.Empty(), box.Min, box.Max)
		if !reflect.DeepEqual(h, in) || len(parts) != 27 || box.Min[0] != 3 {
			t.Errorf("%s: histogram of %v from %g on, %d counts, not from %g, %d counts", what, box, h.Lo, h.Total(), in.Lo, in.Total())
		}
	}
}

func TestRangesIncludeBothEnds(t *testing.T) {
	v := &volume.Volume[float32]{Grid: volume.Grid{N: [3]int{6, 1, 1}}, Data: []float32{1, 2, 3, 4, 5, float32(math.NaN())}}
	p := RangesParams{Classes: []Range{{"polymer", 2, 3}, {"deposit", 4, 5}}}
	s, err := Ranges(t.Context(), v, p, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []uint8{Void, Polymer, Polymer, Deposit, Deposit, Void}; !slices.Equal(s.Labels.Data, want) {
		t.Errorf("classes %v, want %v", s.Labels.Data, want)
	}
	if len(s.Replicates) != 0 || s.Rule != ByCount || s.NoDeposit {
		t.Error("ranges that a person gave have no uncertainty of levels")
	}
}

func TestRangeStepsMoveTheEndsWithinTheGreys(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{16, 16, 1}})
	for i := range v.Data {
		v.Data[i] = uint8(i)
	}
	s, err := Ranges(t.Context(), v, RangesParams{Classes: []Range{{"deposit", 90, 255}}}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Steps{Lower: Counts{167, 256}, Higher: Counts{165, 256}, Size: 1}
	if *s.Steps != want {
		t.Errorf("steps %+v, want %+v", *s.Steps, want)
	}
}

func TestOtsuSides(t *testing.T) {
	v, truth := bundle(0)
	s, err := Ranges(t.Context(), v, RangesParams{OtsuBelow: "void", OtsuAbove: "polymer"}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range truth.Data {
		if (c == Void) != (s.Labels.Data[i] == Void) {
			t.Fatalf("voxel %d of class %d became %d", i, c, s.Labels.Data[i])
		}
	}
	if !s.NoDeposit {
		t.Error("no side is deposit")
	}
	if s.Diagnostics["threshold_otsu_grey"] != 6000 || len(s.Replicates) != 27 {
		t.Errorf("%v, %d replicates", s.Diagnostics, len(s.Replicates))
	}
	s, err = Ranges(t.Context(), v, RangesParams{}, parallel.Options{}, nil)
	if err != nil || countLabels(s.Labels).Deposit != 2*81*24 || s.NoDeposit {
		t.Errorf("by default what is bright is deposit: %+v, %v", countLabels(s.Labels), err)
	}
}

func TestChecks(t *testing.T) {
	for what, err := range map[string]error{
		"overlap":   RangesParams{Classes: []Range{{"void", 0, 5}, {"deposit", 5, 9}}}.Check(),
		"max_grey":  RangesParams{Classes: []Range{{"void", 5, 0}}}.Check(),
		"fibrin":    RangesParams{Classes: []Range{{"fibrin", 0, 5}}}.Check(),
		"otsu_":     RangesParams{OtsuAbove: "fibrin"}.Check(),
		"jackknife": PanelParams{JackknifeBlocks: 1}.Check(),
		"margin":    PanelParams{MarginVoxels: [3]int{0, -1, 0}}.Check(),
	} {
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	flat := volume.New[uint8](volume.Grid{N: [3]int{8, 8, 8}})
	if _, err := Panel(t.Context(), flat, PanelParams{}, parallel.Options{}, nil); !errors.Is(err, threshold.ErrFewGreys) {
		t.Errorf("a volume of one grey: %v", err)
	}
}

func TestClassesAreNumberedByTheirValue(t *testing.T) {
	seen := map[string]bool{}
	for i, c := range Classes() {
		if v, ok := Value(c.Name); int(c.Value) != i || !ok || int(v) != i || seen[c.Color] {
			t.Errorf("class %d: %+v", i, c)
		}
		seen[c.Color] = true
	}
	for name, version := range Algorithms() {
		if name == "" || version == "" {
			t.Errorf("algorithm %q version %q", name, version)
		}
	}
}

func ExamplePanel() {
	v, _ := bundle(0)
	s, err := Panel(context.Background(), v, PanelParams{}, parallel.Options{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Levels[Void], s.Levels[Polymer], s.Levels[Deposit])
	// Output: 6000 20000 29000
}

func BenchmarkPanel(b *testing.B) {
	n := 128
	v := volume.New[uint16](volume.Grid{N: [3]int{n, n, n}})
	r := rand.New(rand.NewPCG(1, 1))
	for i := range v.Data {
		v.Data[i] = uint16([]float64{6000, 20000, 29000}[i/16%3] + 2000*r.NormFloat64())
	}
	b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
		b.SetBytes(int64(2 * v.Len()))
		for b.Loop() {
			if _, err := Panel(b.Context(), v, PanelParams{}, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
