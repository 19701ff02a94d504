package pipeline

import (
	"bytes"
	"context"
	"image"
	"testing"

	"explant/io/imagefile"
	"explant/io/open"
	"explant/volume"
	"explant/volume/parallel"
)

// pyramid is a picture whose red is its column and whose green is its row, in units of a tenth of the side,
// at every level.
type pyramid struct{ levels []imagefile.Level }

func (p pyramid) Info() imagefile.Info {
	return imagefile.Info{Grid: volume.Grid{N: p.levels[0].N}, Type: imagefile.Uint8, Channels: 3, Levels: p.levels}
}

func (p pyramid) Close() error { return nil }

func (p pyramid) Read(_ context.Context, w imagefile.Window) (imagefile.Block, error) {
	n := p.levels[w.Level].N
	b := imagefile.Block{N: w.N(), Channels: 3, Type: imagefile.Uint8}
	for y := w.Min[1]; y < w.Max[1]; y++ {
		for x := w.Min[0]; x < w.Max[0]; x++ {
			b.Data = append(b.Data, byte(10*x/n[0]), byte(10*y/n[1]), byte(w.Level))
		}
	}
	return b, nil
}

// TestOverviewWhileReading fills the overview from tiles, in any order: the same picture as from the whole level.
func TestOverviewWhileReading(t *testing.T) {
	p := pyramid{[]imagefile.Level{{N: [3]int{5003, 2811, 1}}}}
	src, err := open.RGBLevel(p, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := newOverview(p.Info().Grid)
	if err := want.addPixels(t.Context(), src, parallel.Options{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	w := newWatched(src, newOverview(p.Info().Grid))
	const side = 512
	for y := (2811 - 1) / side * side; y >= 0; y -= side {
		for x := 0; x < 5003; x += side {
			r := image.Rect(x, y, min(x+side, 5003), min(y+side, 2811))
			px := make([]uint8, 3*r.Dx()*r.Dy())
			if err := src.ReadRGB(t.Context(), r, px); err != nil {
				t.Fatal(err)
			}
			w.Watch(r, px)
		}
	}
	if !bytes.Equal(w.view.rgb.Pix, want.rgb.Pix) || len(w.part) > 0 {
		t.Errorf("another picture than that of the whole level; %d pixels wait", len(w.part))
	}
}

// TestOverviewOfALevel draws the overview from every level of a pyramid: the same picture.
func TestOverviewOfALevel(t *testing.T) {
	p := pyramid{[]imagefile.Level{{N: [3]int{9000, 5000, 1}}, {N: [3]int{4500, 2500, 1}}, {N: [3]int{2250, 1250, 1}}}}
	for level := range p.levels {
		v := newOverview(p.Info().Grid)
		src, err := open.RGBLevel(p, level)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.addPixels(t.Context(), src, parallel.Options{}, parallel.Discard{}); err != nil {
			t.Fatal(err)
		}
		if v.step != 4 || v.rgb.Rect != image.Rect(0, 0, 2250, 1250) {
			t.Fatalf("step %d, %v", v.step, v.rgb.Rect)
		}
		for _, at := range []image.Point{{0, 0}, {2249, 1249}, {1000, 130}, {224, 1240}} {
			c := v.rgb.NRGBAAt(at.X, at.Y)
			if want := [4]uint8{uint8(10 * at.X / 2250), uint8(10 * at.Y / 1250), uint8(level), 255}; [4]uint8{c.R, c.G, c.B, c.A} != want {
				t.Errorf("level %d at %v: %v, want %v", level, at, c, want)
			}
		}
	}
	for side, want := range map[int]int{1: 2, 2250: 2, 2251: 1, 4500: 1, 4501: 0, 10000: 0} {
		if got := coarsest(p.Info(), side); got != want {
			t.Errorf("level %d for a side of %d", got, side)
		}
	}
}
