package tiles

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"sync/atomic"
	"testing"
	"time"

	"explant/app/desktop/viewport"
)

// shaded is a layer of half transparent tiles, every second one empty, the red of which can be changed.
type shaded struct {
	*ramp
	red atomic.Uint32
}

func (s *shaded) Opaque() bool { return false }

func (s *shaded) Tile(_ context.Context, k Key) (*image.RGBA, error) {
	if (k.X+k.Y)%2 == 1 {
		return nil, nil
	}
	out := image.NewRGBA(image.Rect(0, 0, Side, Side))
	draw.Draw(out, out.Rect, image.NewUniform(color.RGBA{uint8(s.red.Load()), 9, uint8(k.Level), 128}), image.Point{}, draw.Src)
	return out, nil
}

// TestKeptPictureIsThatDrawnAnew draws two layers over a ground at rest, with tiles that change, another ground and
// another view: at any time it is what a picture that keeps nothing shows.
func TestKeptPictureIsThatDrawnAnew(t *testing.T) {
	over := &shaded{ramp: newRamp(2048, 3)}
	layers := []Layer{{newTestCache(t, newRamp(2048, 3), 1<<30), 1}, {newTestCache(t, over, 1<<30), 0.7}}
	grey := uint8(40)
	painted := 0
	ground := Ground{Paint: func(part *image.RGBA) {
		painted += part.Rect.Dx() * part.Rect.Dy()
		draw.Draw(part, part.Rect, image.NewUniform(color.RGBA{grey, grey, grey, 255}), image.Point{}, draw.Src)
	}}
	v := viewport.View{Image: [2]float64{2048, 2048}, Pixel: [2]float64{1, 1}, Screen: [2]int{700, 500}, Center: [2]float64{300.3, 250}, Scale: 0.8}
	var p Picture
	check := func(what string) {
		t.Helper()
		dst, want := image.NewRGBA(image.Rect(0, 0, 700, 500)), image.NewRGBA(image.Rect(0, 0, 700, 500))
		for end := time.Now().Add(10 * time.Second); !p.Draw(dst, v, ground, layers...); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: not sharp", what)
			}
		}
		painted = 0
		p.Draw(dst, v, ground, layers...)
		p.Draw(dst, v, ground, layers...)
		if (&Picture{}).Draw(want, v, ground, layers...); !bytes.Equal(dst.Pix, want.Pix) {
			t.Errorf("%s: another picture", what)
		}
		if most := 2 * 700 * 500; painted > most {
			t.Errorf("%s: %d pixels of the ground were drawn at rest", what, painted)
		}
	}
	check("first")
	over.red.Store(77)
	layers[1].Invalidate(Box{10, 10, 20, 20}, 0)
	check("a tile changed")
	over.red.Store(120)
	layers[1].Invalidate(Box{0, 0, 2048, 2048}, 0)
	check("all tiles changed")
	grey, ground.Version = 90, 1
	check("another ground")
	v = v.Pan(-33, 12)
	check("another view")
	layers[1].Opacity = 1
	check("another opacity")
}

// BenchmarkPicture draws a view at rest, in which one tile of a layer changes each time.
func BenchmarkPicture(b *testing.B) {
	b.Run("side=1280x800/layers=2", func(b *testing.B) {
		over := &shaded{ramp: newRamp(2048, 3)}
		layers := []Layer{{NewCache(newRamp(2048, 3), 1<<30, 2, func() {}), 1}, {NewCache(over, 1<<30, 2, func() {}), 1}}
		defer layers[0].Close()
		defer layers[1].Close()
		ground := Ground{Paint: func(part *image.RGBA) { draw.Draw(part, part.Rect, image.White, image.Point{}, draw.Src) }}
		v := viewport.View{Image: [2]float64{2048, 2048}, Pixel: [2]float64{1, 1}, Screen: [2]int{1280, 800}, Center: [2]float64{900, 900}, Scale: 0.8}
		dst := image.NewRGBA(image.Rect(0, 0, 1280, 800))
		var p Picture
		for !p.Draw(dst, v, ground, layers...) {
			time.Sleep(time.Millisecond)
		}
		b.SetBytes(int64(len(dst.Pix)))
		for b.Loop() {
			layers[1].Invalidate(Box{900, 900, 910, 910}, 0)
			for !p.Draw(dst, v, ground, layers...) {
				time.Sleep(time.Millisecond / 10)
			}
		}
	})
}
