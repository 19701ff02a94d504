package histogram

import (
	"context"
	"image/color"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"explant/analysis/protocol"
	"explant/analysis/stain"
	"explant/io/imagefile"
	"explant/volume"
	"explant/volume/threshold"
)

func rules(t *testing.T, name string, sets ...string) protocol.Protocol {
	t.Helper()
	p, err := protocol.Resolve(name, os.ReadFile, sets)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// picture is a reader of one picture of 8 bits.
type picture struct {
	n        [3]int
	channels int
	data     []byte
	names    []string
}

func (p picture) Info() imagefile.Info {
	return imagefile.Info{Grid: volume.Grid{N: p.n}, Type: imagefile.Uint8, Channels: p.channels, ChannelNames: p.names, Levels: []imagefile.Level{{N: p.n, Downsample: 1}}}
}

func (p picture) Read(context.Context, imagefile.Window) (imagefile.Block, error) {
	return imagefile.Block{N: p.n, Channels: p.channels, Type: imagefile.Uint8, Data: p.data}, nil
}

func (picture) Close() error { return nil }

// TestAmountsOfAStainAreCounted makes pixels of known amounts of DAB and looks for their peaks.
func TestAmountsOfAStainAreCounted(t *testing.T) {
	p := rules(t, "slide-dab")
	if got := Quantities(p, imagefile.Info{Channels: 3}); got[0] != "dab" || !slices.Contains(got, meanOD) {
		t.Fatalf("quantities %v", got)
	}
	img := picture{n: [3]int{100, 1, 1}, channels: 3}
	d := p.Slide.Stain.Directions()[p.Slide.Stain.Index("dab")]
	for i := range 100 {
		amount := 0.2
		if i >= 70 {
			amount = 0.6
		}
		for c := range 3 {
			img.data = append(img.data, uint8(stain.Level(amount*d[c], glass)+0.5))
		}
	}
	h, err := OfPicture(t.Context(), img, imagefile.Window{}, p, "dab")
	if err != nil {
		t.Fatal(err)
	}
	if h.Total() != 100 || h.Above(0.4) != 30 || math.Abs(h.Lo-0.2) > 0.02 {
		t.Errorf("from %v: %d values, %d above 0.4", h.Lo, h.Total(), h.Above(0.4))
	}
	lines := Lines(p, "dab", h, nil)
	if len(lines) == 0 || lines[0].Path != "segment.classes.marker:dab.min_od.dab" || lines[0].Value != p.Slide.Rules["marker:dab"].MinOD["dab"] {
		t.Errorf("%+v", lines)
	}
}

func TestChannelsAreCountedByName(t *testing.T) {
	img := picture{n: [3]int{4, 1, 1}, channels: 2, names: []string{"DAPI", "CD61"}, data: []byte{1, 50, 2, 50, 3, 60, 3, 70}}
	p := rules(t, "if-net", "segment.markers.cd61.min_counts=9")
	h, err := OfPicture(t.Context(), img, imagefile.Window{}, p, "CD61")
	if err != nil || h.Total() != 4 || len(h.Counts) != 21 || h.Counts[0] != 2 || h.Counts[20] != 1 {
		t.Errorf("%+v %v", h, err)
	}
	if l := Lines(p, "CD61", h, nil); len(l) != 1 || l[0].Value != 59 || l[0].Path != "" {
		t.Errorf("%+v", l)
	}
	if l := Lines(p, "DAPI", h, nil); len(l) != 0 {
		t.Errorf("a threshold that nobody stated: %+v", l)
	}
}

func TestLinesOfVolumes(t *testing.T) {
	h := threshold.Histogram{Width: 1, Counts: []int64{0, 9, 9, 0, 0, 0, 8, 8, 0, 0, 0, 7, 7, 0}}
	p := rules(t, "volume-threshold", "segment.classes=[{class: deposit, min_grey: 6, max_grey: 12}]")
	if l := Lines(p, Slice, h, nil); len(l) != 2 || l[0].Path != "segment.classes.0.min_grey" || l[0].Value != 6 || l[1].Value != 12 {
		t.Errorf("ranges: %+v", l)
	}
	if l := Lines(rules(t, "volume-threshold"), Slice, h, nil); len(l) != 1 || l[0].Path != "" {
		t.Errorf("otsu: %+v", l)
	}
	l := Lines(rules(t, "ct-panel"), Slice, h, map[string]float64{"level_deposit_grey": 11.5, "other": 3, "level_lumen_grey": math.NaN()})
	if len(l) != 3 || l[2].Class != "deposit" || !l[2].Level || !(l[0].Value > 2 && l[0].Value < 7 && l[1].Value > 7 && l[1].Value < 12) {
		t.Errorf("panel: %+v", l)
	}
}

// TestLinesAreTakenWhereTheyAreDrawn takes hold of a threshold and moves it.
func TestLinesAreTakenWhereTheyAreDrawn(t *testing.T) {
	h := threshold.Histogram{Lo: 0, Width: 1, Counts: make([]int64, 200)}
	h.Counts[20], h.Counts[150] = 100, 25
	lines := []Line{{Path: "a", Value: 50}, {Value: 100}, {Path: "b", Value: 120}}
	white := color.RGBA{255, 255, 255, 255}
	p := Draw(h, lines, "grey", 400, 120, 11, Ink{Ground: white, Text: color.Black, Bars: color.RGBA{90, 90, 90, 255}, Class: func(string) color.NRGBA { return color.NRGBA{200, 0, 0, 255} }})
	for _, c := range []struct {
		at   float64
		want string
	}{{50, "a"}, {120, "b"}, {100, ""}, {180, ""}} {
		if l, _ := p.Grip(p.x(c.at)+2, 6); l.Path != c.want {
			t.Errorf("at %v: took %q, want %q", c.at, l.Path, c.want)
		}
	}
	if v, err := strconv.ParseFloat(p.Typed(p.x(77)), 64); err != nil || math.Abs(v-77) > 1 {
		t.Errorf("typed %q", p.Typed(p.x(77)))
	}
	if p.Image.RGBAAt(p.x(150.5), p.plot.Max.Y-3) == white || p.Image.RGBAAt(p.x(150.5), p.plot.Min.Y+p.plot.Dy()/3) != white {
		t.Error("a quarter of the highest count is not half as high")
	}
	small := Draw(h, lines, "grey", 3, 3, 11, Ink{Ground: white})
	if _, ok := small.Grip(0, 1<<20); ok {
		t.Error("a line in a picture without room")
	}
}

func TestConstantsAreCounted(t *testing.T) {
	for _, values := range [][]float64{nil, {5, 5}, {math.NaN()}, {0, 65535}} {
		if h := binned(values, true); len(h.Counts) == 0 || len(h.Counts) > bins+1 || !(h.Width > 0) {
			t.Errorf("%v: %d bins of %v", values, len(h.Counts), h.Width)
		}
	}
}
