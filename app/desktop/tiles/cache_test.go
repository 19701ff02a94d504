package tiles

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"explant/app/desktop/viewport"
)

// ramp is a source whose pixels tell their place in the full image: red is x/16, green y/16, and blue the
// number of times that its tiles were made.
type ramp struct {
	side   int
	levels []Level
	clear  bool // every second tile is empty
	fail   atomic.Bool
	made   atomic.Int32
	gate   chan struct{} // tiles wait for it when it is not nil
}

func newRamp(side, levels int) *ramp {
	r := &ramp{side: side}
	for l := range levels {
		d := 1 << l
		r.levels = append(r.levels, Level{W: side / d, H: side / d, Downsample: float64(d)})
	}
	return r
}

func (r *ramp) Levels() []Level { return r.levels }
func (r *ramp) Opaque() bool    { return !r.clear }

func (r *ramp) Tile(ctx context.Context, k Key) (*image.RGBA, error) {
	if r.gate != nil && k.Level == 0 {
		select {
		case <-r.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	r.made.Add(1)
	if r.fail.Load() {
		return nil, errors.New("unreadable")
	}
	if r.clear && (k.X+k.Y)%2 == 1 {
		return nil, nil
	}
	d := 1 << k.Level
	out := image.NewRGBA(image.Rect(0, 0, Side, Side))
	for y := range Side {
		for x := range Side {
			px := out.Pix[4*(y*Side+x):][:4]
			px[0], px[1], px[3] = uint8((k.X*Side+x)*d/16), uint8((k.Y*Side+y)*d/16), 255
		}
	}
	return out, nil
}

// draw draws a view of one cache alone.
func (c *Cache) draw(dst *image.RGBA, v viewport.View) bool {
	jobs, sharp := c.gather(v)
	c.paint(dst, v, jobs, 1)
	return sharp
}

// settle draws a view until it is sharp.
func settle(t *testing.T, c *Cache, dst *image.RGBA, v viewport.View) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if c.draw(dst, v) && !c.Busy() {
			return
		}
	}
	t.Fatal("the view did not become sharp")
}

func newTestCache(t *testing.T, src Source, limit int) *Cache {
	t.Helper()
	c := NewCache(src, limit, 2, func() {})
	t.Cleanup(c.Close)
	return c
}

// TestDrawPutsPixelsWhereTheyBelong compares each pixel of several views with the place that it shows.
func TestDrawPutsPixelsWhereTheyBelong(t *testing.T) {
	src := newRamp(2048, 3)
	c := newTestCache(t, src, 1<<30)
	for _, scale := range []float64{0.25, 0.4, 1, 1.7, 6} {
		dst := image.NewRGBA(image.Rect(0, 0, 300, 200))
		v := viewport.View{Image: [2]float64{2048, 2048}, Pixel: [2]float64{1, 1}, Screen: [2]int{300, 200}, Center: [2]float64{1030.3, 777.7}, Scale: scale}
		settle(t, c, dst, v)
		for y := 0; y < 200; y += 7 {
			for x := 0; x < 300; x += 7 {
				ix, iy := v.ToImage(float64(x)+0.5, float64(y)+0.5)
				got := dst.RGBAAt(x, y)
				// One step of the ramp is 16 pixels of the image; a pixel of the coarser levels is up to 4.
				if math.Abs(float64(got.R)-ix/16) > 1.3 || math.Abs(float64(got.G)-iy/16) > 1.3 || got.A != 255 {
					t.Fatalf("scale %v, (%d, %d): %v instead of %.1f %.1f", scale, x, y, got, ix/16, iy/16)
				}
			}
		}
	}
}

func TestCoarseAtOnceThenSharp(t *testing.T) {
	src := newRamp(2048, 3)
	src.gate = make(chan struct{})
	c := newTestCache(t, src, 1<<30)
	dst := image.NewRGBA(image.Rect(0, 0, 100, 100))
	v := viewport.View{Image: [2]float64{2048, 2048}, Pixel: [2]float64{1, 1}, Screen: [2]int{100, 100}, Center: [2]float64{1024, 1024}, Scale: 1}
	for end := time.Now().Add(10 * time.Second); dst.RGBAAt(50, 50).A == 0; time.Sleep(time.Millisecond) {
		if c.draw(dst, v) {
			t.Fatal("sharp without its tiles")
		}
		if time.Now().After(end) {
			t.Fatal("nothing coarse stands in")
		}
	}
	if got := dst.RGBAAt(50, 50); math.Abs(float64(got.R)-64) > 2 {
		t.Errorf("coarse pixel %v", got)
	}
	close(src.gate)
	settle(t, c, dst, v)
}

func TestCacheKeepsItsLimit(t *testing.T) {
	const limit = 10 * Side * Side * 4
	c := newTestCache(t, newRamp(8192, 1), limit)
	dst := image.NewRGBA(image.Rect(0, 0, 256, 256))
	for x := 300.0; x < 8000; x += 700 {
		v := viewport.View{Image: [2]float64{8192, 8192}, Pixel: [2]float64{1, 1}, Screen: [2]int{256, 256}, Center: [2]float64{x, x}, Scale: 1}
		for range 50 {
			c.draw(dst, v)
			time.Sleep(time.Millisecond / 2)
		}
		c.mu.Lock()
		bytes := c.bytes
		c.mu.Unlock()
		if bytes > limit {
			t.Fatalf("%d bytes are kept, %d allowed", bytes, limit)
		}
	}
}

func TestInvalidateMakesOnlyWhatItTouches(t *testing.T) {
	src := newRamp(1024, 1)
	c := newTestCache(t, src, 1<<30)
	dst := image.NewRGBA(image.Rect(0, 0, 1024, 1024))
	v := viewport.Fit([2]float64{1024, 1024}, [2]float64{1, 1}, [2]int{1024, 1024})
	settle(t, c, dst, v)
	before := src.made.Load()
	c.Invalidate(Box{300, 10, 310, 20}, 0)
	settle(t, c, dst, v)
	if n := src.made.Load() - before; n != 1 {
		t.Errorf("%d tiles were made anew", n)
	}
}

func TestErrorsAreToldAndEmptyTilesStayClear(t *testing.T) {
	src := newRamp(512, 1)
	src.clear = true
	c := newTestCache(t, src, 1<<30)
	dst := image.NewRGBA(image.Rect(0, 0, 512, 512))
	draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
	v := viewport.Fit([2]float64{512, 512}, [2]float64{1, 1}, [2]int{512, 512})
	settle(t, c, dst, v)
	if got := dst.RGBAAt(400, 100); got != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("an empty tile painted %v", got)
	}
	src.fail.Store(true)
	c.Invalidate(Box{0, 0, 512, 512}, 0)
	for end := time.Now().Add(10 * time.Second); c.Err() == nil; time.Sleep(time.Millisecond) {
		c.draw(dst, v)
		if time.Now().After(end) {
			t.Fatal("the error is not told")
		}
	}
}

// TestOverIsTheSumOfItsParts lays every amount of one colour on every other and compares with the quotient by 255
// in whole numbers, a channel at a time.
func TestOverIsTheSumOfItsParts(t *testing.T) {
	for _, opacity := range []uint32{256, 128, 37} {
		for alpha := range 256 {
			for below := range 256 {
				row := []uint8{uint8(alpha), uint8(alpha / 2), uint8(alpha / 3), uint8(alpha)}
				out := []uint8{uint8(below), uint8(255 - below), uint8(below / 2), 255}
				want := append([]uint8(nil), out...)
				if a := uint32(alpha) * opacity >> 8; a > 0 {
					for k := range 3 {
						want[k] = uint8(uint32(row[k])*opacity>>8 + uint32(out[k])*(255-a)/255)
					}
				}
				if over(out, row, opacity); !slices.Equal(out, want) {
					t.Fatalf("%v at %d over %d: %v, want %v", row, opacity, below, out, want)
				}
			}
		}
	}
}

// TestOnlyWhatIsInViewAsksForAFrame draws a view until everything around it is there, too: as many frames are asked
// for as tiles in view were made. A change begins with a tile in view.
func TestOnlyWhatIsInViewAsksForAFrame(t *testing.T) {
	src := newRamp(4096, 3)
	var asked atomic.Int32
	c := NewCache(src, 1<<30, 2, func() { asked.Add(1) })
	t.Cleanup(c.Close)
	dst := image.NewRGBA(image.Rect(0, 0, 256, 256))
	v := viewport.View{Image: [2]float64{4096, 4096}, Pixel: [2]float64{1, 1}, Screen: [2]int{256, 256}, Center: [2]float64{128, 128}, Scale: 1}
	settle(t, c, dst, v)
	eventually(t, "the ring", func() bool { return !c.Busy() })
	asked.Store(0)
	c.Invalidate(Box{0, 0, 4096, 4096}, 0)
	eventually(t, "nothing was made", func() bool { _, _, fresh := c.Get(Key{}); return fresh })
	settle(t, c, dst, v)
	eventually(t, "the ring", func() bool { return !c.Busy() })
	if n := asked.Load(); n != 1 {
		t.Errorf("%d frames were asked for by a view of one tile", n)
	}
}

// TestInvalidateGrowsByPixelsOfEachLevel changes a place beside a tile of two levels: a margin reaches the coarse one
// alone.
func TestInvalidateGrowsByPixelsOfEachLevel(t *testing.T) {
	c := newTestCache(t, newRamp(4096, 4), 1<<30)
	fine, coarse := Key{0, 0, 0}, Key{3, 0, 0}
	c.Want([]Key{fine, coarse})
	fresh := func(k Key) bool { _, _, fresh := c.Get(k); return fresh }
	eventually(t, "no tiles", func() bool { return fresh(fine) && fresh(coarse) })
	c.Invalidate(Box{8*Side + 20, 0, 8*Side + 21, 1}, 5)
	if fresh(coarse) || !fresh(fine) {
		t.Errorf("fresh: coarse %v, fine %v", fresh(coarse), fresh(fine))
	}
}

func BenchmarkDraw(b *testing.B) {
	for _, scale := range []struct {
		name string
		v    float64
	}{{"scale=0.7", 0.7}, {"scale=1", 1}, {"scale=3", 3}} {
		b.Run(scale.name, func(b *testing.B) {
			c := NewCache(newRamp(4096, 4), 1<<30, 2, func() {})
			defer c.Close()
			dst := image.NewRGBA(image.Rect(0, 0, 1280, 800))
			v := viewport.View{Image: [2]float64{4096, 4096}, Pixel: [2]float64{1, 1}, Screen: [2]int{1280, 800}, Center: [2]float64{2048, 2048}, Scale: scale.v}
			for !c.draw(dst, v) || c.Busy() {
				time.Sleep(time.Millisecond)
			}
			b.SetBytes(int64(len(dst.Pix)))
			for b.Loop() {
				v = v.Pan(0.5, 0)
				c.draw(dst, v)
			}
		})
	}
}

// TestForgottenTilesAreNotShown changes what a source shows: neither what was kept nor what was being made
// comes back.
func TestForgottenTilesAreNotShown(t *testing.T) {
	src := newRamp(512, 1)
	src.gate = make(chan struct{})
	c := newTestCache(t, src, 1<<24)
	k := Key{}
	c.Want([]Key{k})
	for !c.Busy() {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(5 * time.Millisecond) // the tile is being made now
	c.Forget()
	close(src.gate)
	for c.Busy() {
		time.Sleep(time.Millisecond)
	}
	if _, there, _ := c.Get(k); there {
		t.Error("a tile of the picture before is there")
	}
	c.Want([]Key{k})
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, there, fresh := c.Get(k); there && fresh {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the tile was not made again")
		}
	}
}
