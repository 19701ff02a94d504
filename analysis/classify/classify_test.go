package classify

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"explant/analysis/forest"
	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
)

// board is a grey picture of stripes of two textures, the second brighter, with noise.
type board struct {
	n    [3]int
	data []float32
}

func newBoard(n [3]int, seed uint64) board {
	r := rand.New(rand.NewPCG(seed, 0))
	b := board{n, make([]float32, n[0]*n[1]*n[2])}
	for i := range b.data {
		b.data[i] = float32(90 + 12*r.NormFloat64())
		if b.class(i%n[0]) == 1 {
			b.data[i] += 60
		}
	}
	return b
}

// stripe is the width of a stripe in pixels.
const stripe = 24

func (b board) class(x int) int { return x / stripe % 2 }

func (b board) Size() [3]int { return b.n }

func (b board) Read(_ context.Context, lo, hi [3]int, dst [][]float32) error {
	to := 0
	for z := lo[2]; z < hi[2]; z++ {
		for y := lo[1]; y < hi[1]; y++ {
			to += copy(dst[0][to:], b.data[lo[0]+b.n[0]*(y+b.n[1]*z):][:hi[0]-lo[0]])
		}
	}
	return nil
}

// box is the region of a rectangle.
func box(class string, x0, y0, x1, y1 float64, z int) Region {
	return Region{Class: class, Color: "#112233", Shape: Shape{Polygons: [][][][2]float64{{{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}}}, Z: z}}
}

// stripes draws a box in every stripe.
func stripes(n [3]int, z int) []Region {
	var all []Region
	for x := 0; x+stripe <= n[0]; x += stripe {
		all = append(all, box([]string{"dark", "bright"}[x/stripe%2], float64(x+3), 5, float64(x+stripe-3), 60, z))
	}
	return all
}

func trained(t testing.TB, kind Kind, b board, regions []Region, workers int) *Model {
	t.Helper()
	m, err := Train(t.Context(), Training{
		Input:  Input{Kind: kind, Channels: []Channel{{"grey", 0, 255}}, Spacing: [3]float64{0.001, 0.001, 0.001}},
		Levels: 2, Images: []Image{{"board", "0"}}, Sources: []Source{b}, Regions: regions,
		Forest: forest.Params{Trees: 15, Seed: 5, MinLeaf: 2, Balanced: true}, Limit: 3000, Folds: 5,
	}, "test", parallel.Options{Workers: workers}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// applied gives labels and certainty of a whole board.
func applied[S Source](t testing.TB, c *Classifier, b S, workers int) (labels, percent []uint8, n *Count) {
	t.Helper()
	size := b.Size()
	labels, percent = make([]uint8, size[0]*size[1]*size[2]), make([]uint8, size[0]*size[1]*size[2])
	n, err := c.Apply(t.Context(), b, parallel.Options{Workers: workers}, nil, func(lo, _ [3]int, l, p []uint8) error {
		at := size[0] * (lo[1] + size[1]*lo[2])
		copy(labels[at:], l)
		copy(percent[at:], p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return labels, percent, n
}

func TestFindsStripesWhateverTheTilesAndWorkers(t *testing.T) {
	for _, c := range []struct {
		kind  Kind
		n     [3]int
		tiles [][3]int
	}{
		{Grey, [3]int{192, 150, 1}, [][3]int{{256, 256, 1}, {50, 31, 1}, {192, 7, 1}}},
		{Volume, [3]int{96, 70, 9}, [][3]int{{96, 96, 48}, {40, 33, 4}}},
	} {
		b := newBoard(c.n, 1)
		m := trained(t, c.kind, b, stripes(c.n, 0), 2)
		if again := trained(t, c.kind, b, stripes(c.n, 0), 1); again.Hash != m.Hash {
			t.Errorf("%s: one worker makes another model", c.kind)
		}
		k := m.Classifier()
		var want []uint8
		for i, tile := range c.tiles {
			k.tile = tile
			labels, _, n := applied(t, k, newBoard(c.n, 2), 1+i%2)
			right := 0
			for at, v := range labels {
				if int(v) == 2-b.class(at%c.n[0]) { // bright comes first in the alphabet
					right++
				}
			}
			if share := float64(right) / float64(len(labels)); share < 0.95 {
				t.Errorf("%s: %.3f of the pixels are right", c.kind, share)
			}
			if want == nil {
				want = labels
			}
			if !bytes.Equal(labels, want) || n.All != int64(len(labels)) || n.Pixels[1]+n.Pixels[2] != n.All {
				t.Errorf("%s in tiles of %v: other classes, %+v", c.kind, tile, n)
			}
		}
	}
}

func TestModelComesBackFromItsFile(t *testing.T) {
	b := newBoard([3]int{192, 100, 1}, 1)
	m := trained(t, Grey, b, stripes(b.n, 0), 2)
	data, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := got.Encode()
	if err != nil || !bytes.Equal(again, data) || got.Hash != m.Hash || !IsModel(data) {
		t.Errorf("the second writing differs: %v", err)
	}
	for _, at := range []int{0, len(magic) + 1, len(magic) + 50, len(data) / 2, len(data) - 1} {
		bad := slices.Clone(data)
		bad[at] ^= 4
		if _, err := Decode(bad); !errors.Is(err, ErrModel) {
			t.Errorf("a changed byte at %d: %v", at, err)
		}
	}
	if m.Cross == nil || m.Cross.Folds != 4 || m.Cross.Confusion.Error() > 0.05 || len(m.Regions) != 8 || m.Regions[0].Fold == m.Regions[2].Fold {
		t.Errorf("cross-validation %+v, regions %+v", m.Cross, m.Regions)
	}
	for _, c := range m.Classes {
		if c.AreaError == nil || *c.AreaError > 0.1 || c.Regions != 4 {
			t.Errorf("class %+v", c)
		}
	}
}

// FuzzDecode gives the checksum to whatever comes, so that what lies behind it is tested.
func FuzzDecode(f *testing.F) {
	b := newBoard([3]int{96, 80, 1}, 1)
	m := trained(f, Grey, b, stripes(b.n, 0), 1)
	data, err := m.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data[:len(data)-32])
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := Decode(signed(body))
		if err != nil {
			return
		}
		c := got.Classifier()
		if c.Input.Kind != Grey || c.Input.OwnRange {
			return
		}
		applied(t, c, newBoard([3]int{9, 8, 1}, 1), 1)
	})
}

func TestWarnsOfVoxelsThatAreNoCubes(t *testing.T) {
	for z, want := range map[float64]bool{0.01: false, 0.0102: false, 0.05: true} {
		m := &Model{Input: Input{Kind: Volume, Spacing: [3]float64{0.01, 0.01, z}}}
		m.warn(chosen{})
		if got := strings.Contains(strings.Join(m.Warnings, "\n"), "taken as cubes"); got != want {
			t.Errorf("slices %g mm apart: %q", z, m.Warnings)
		}
	}
}

func TestWarnsOfSmallClasses(t *testing.T) {
	b := newBoard([3]int{192, 100, 1}, 1)
	regions := append(stripes(b.n, 0), box("rare", 27, 70, 33, 76, 0), box("bright", 50, 70, 60, 80, 0), box("dark", 55, 75, 65, 85, 0))
	m := trained(t, Grey, b, regions, 2)
	all := strings.Join(m.Warnings, "\n")
	for _, want := range []string{`"rare" has one region only`, `"rare" has 36 labelled pixels`, "of the chosen pixels lie in regions of two classes"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not among the warnings:\n%s", want, all)
		}
	}
	for _, c := range m.Classes {
		if (c.AreaError == nil) != (c.Name == "rare") {
			t.Errorf("class %q: area error %v", c.Name, c.AreaError)
		}
	}
}

func TestTrainingRefuses(t *testing.T) {
	b := newBoard([3]int{96, 80, 1}, 1)
	for want, regions := range map[string][]Region{
		"at least two classes":            {box("a", 1, 1, 9, 9, 0)},
		"holds no pixel":                  {box("a", 1, 1, 9, 9, 0), box("b", 500, 500, 510, 510, 0)},
		"lies on slice 3":                 {box("a", 1, 1, 9, 9, 0), box("b", 1, 1, 9, 9, 2)},
		"no pixel that belongs to it alo": {box("a", 1, 1, 9, 9, 0), box("b", 3, 3, 5, 5, 0)},
	} {
		_, err := Train(t.Context(), Training{Input: Input{Kind: Grey, Channels: []Channel{{"grey", 0, 255}}}, Levels: 1, Images: []Image{{}}, Sources: []Source{b},
			Regions: regions, Forest: forest.Params{Trees: 1, MinLeaf: 1}, Limit: 100}, "test", parallel.Options{}, parallel.Discard{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, wanted %q", err, want)
		}
	}
}

func TestFitSaysWhatDoesNot(t *testing.T) {
	grid := func(mm float64) volume.Grid { return volume.Grid{Spacing: [3]float64{mm, mm, 0}} }
	colour := Input{Kind: Colour, Channels: make([]Channel, 3), Spacing: [3]float64{0.001, 0.001, 0}}
	pair := Input{Kind: Channels, Channels: []Channel{{Name: "dna"}, {Name: "h3"}}}
	for _, c := range []struct {
		in    Input
		found Found
		want  string
	}{
		{colour, Found{Colour, nil, grid(0.00102)}, ""},
		{colour, Found{Colour, nil, grid(0.002)}, "resample it"},
		{colour, Found{Colour, nil, grid(0)}, "is unknown"},
		{colour, Found{Grey, nil, grid(0.001)}, "of kind colour"},
		{pair, Found{Channels, []string{"dna", "h3"}, grid(0)}, ""},
		{pair, Found{Channels, []string{"h3", "dna"}, grid(0)}, "--channel dna="},
		{pair, Found{Channels, []string{"dna"}, grid(0)}, "wants 2 channels"},
	} {
		err := c.in.Fit(c.found)
		if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, wanted %q", c.found, err, c.want)
		}
	}
}

func TestFindingsCountAreas(t *testing.T) {
	rms := 0.1
	c := &Classifier{Input: Input{Kind: Grey, Channels: make([]Channel, 1)}, Classes: []Class{{Name: "a", AreaError: &rms}, {Name: "b"}}}
	n := &Count{Pixels: []int64{0, 300, 100}, Sure: []int64{0, 27000, 6000}, Unsure: 100, Outside: 8, All: 400}
	f := c.Findings(n, volume.Grid{N: [3]int{20, 20, 1}, Spacing: [3]float64{0.01, 0.01, 0}})
	want := map[string]float64{"h.area.c a": 75, "h.area a": 0.03, "px.sure a": 90, "h.area.c b": 25, "h.area b": 0.01, "px.sure b": 60}
	for _, m := range f.Measurements {
		if v := want[m.Metric+" "+m.Part]; math.Abs(m.Value-v) > 1e-12 {
			t.Errorf("%s %s: %v, wanted %v", m.Metric, m.Part, m.Value, v)
		}
		if m.Metric == MetricArea && (m.Part == "a") != (m.ULo != nil && math.Abs(*m.ULo-0.024) < 1e-12 && math.Abs(*m.UHi-0.036) < 1e-12) {
			t.Errorf("%s of %s: interval %v", m.Metric, m.Part, m.ULo)
		}
	}
	var ids []string
	for _, flag := range f.Flags {
		ids = append(ids, flag.ID)
	}
	if len(f.Measurements) != len(want) || !slices.Equal(ids, []string{flagNotValidated, "unsure", "beyond-training", "size-unchecked"}) {
		t.Errorf("%d values, flags %v", len(f.Measurements), ids)
	}
	f = c.Findings(n, volume.Grid{N: [3]int{20, 20, 1}})
	if len(f.NotMeasured) != 2 || !slices.ContainsFunc(f.Flags, func(f result.Flag) bool { return f.ID == "uncalibrated" }) {
		t.Errorf("without pixel size: %+v", f.NotMeasured)
	}
}

// ranged is a board that knows its own range.
type ranged struct {
	board
	lo, hi float64
}

func (r ranged) Ranges() [][2]float64 { return [][2]float64{{r.lo, r.hi}} }

func TestOwnRangeForgetsTheExposure(t *testing.T) {
	b := newBoard([3]int{96, 80, 1}, 1)
	m, err := Train(t.Context(), Training{
		Input: Input{Kind: Grey, Channels: []Channel{{"grey", 0, 1}}, OwnRange: true}, Levels: 1, Images: []Image{{"board", "0"}},
		Sources: []Source{ranged{b, 0, 255}}, Regions: stripes(b.n, 0), Forest: forest.Params{Trees: 5, Seed: 5, MinLeaf: 2}, Limit: 1000,
	}, "test", parallel.Options{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	dark := newBoard(b.n, 2)
	want, _, _ := applied(t, m.Classifier(), board{dark.n, dark.data}.within(0, 255), 1)
	for i := range dark.data {
		dark.data[i] = dark.data[i]/4 + 64 // exact in floats
	}
	if got, _, _ := applied(t, m.Classifier(), dark.within(64, 64+255.0/4), 2); !bytes.Equal(got, want) {
		t.Error("a darker exposure changes the classes")
	}
	if _, err := m.Classifier().Apply(t.Context(), dark, parallel.Options{}, nil, nil); err == nil {
		t.Error("a source without a range passes")
	}
}

func (b board) within(lo, hi float64) ranged { return ranged{b, lo, hi} }
