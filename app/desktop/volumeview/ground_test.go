package volumeview

import (
	"bytes"
	"image"
	"testing"
	"time"

	"explant/app/desktop/slices"
	"explant/volume/render"
)

// TestKeptPartsAreThoseDrawnAnew changes what is shown step by step: each frame, of parts that are kept, is that of a
// view that has kept nothing.
func TestKeptPartsAreThoseDrawnAnew(t *testing.T) {
	v := open(t)
	for _, c := range []struct {
		name string
		do   func()
	}{
		{"first", func() {}},
		{"slice", func() { v.Step(render.Z, 3) }},
		{"cross-hair", func() { v.MoveTo([3]int{3, 4, 5}) }},
		{"window", func() { v.SetWindow(render.Window{Low: 50, High: 150}) }},
		{"zoom", func() { v.Zoom(1.7) }},
		{"slab", func() { v.SetSlab(Slab{Slices: 5, Mode: slices.Max}) }},
		{"one alone", func() { v.Alone(coronal) }},
		{"all again", func() { v.Alone(coronal) }},
		{"from outside alone", func() { v.Alone(space) }},
		{"size", func() { v.Alone(space); v.Resize(333, 222, 1.5) }},
	} {
		c.do()
		var want *image.RGBA
		for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
			v.mu.Lock()
			fresh := &Volume{Image: v.Image, Stack: v.Stack, panes: v.panes, cross: v.cross, window: v.window, density: v.density, slab: v.slab}
			fresh.outside.rect = v.outside.rect
			v.mu.Unlock()
			w, h := v.loop.Size()
			want = image.NewRGBA(image.Rect(0, 0, w, h))
			fresh.draw(want)
			if f := v.Frame(); f.Rect == want.Rect && bytes.Equal(f.Pix, want.Pix) {
				break
			}
			if time.Now().After(end) {
				t.Errorf("%s: another frame", c.name)
				break
			}
		}
	}
}

// BenchmarkFrame draws the three planes of a volume while the slice across z changes, and at rest.
func BenchmarkFrame(b *testing.B) {
	v := open(b)
	dst := image.NewRGBA(image.Rect(0, 0, 870, 740))
	fresh := &Volume{Image: v.Image, Stack: v.Stack, panes: v.panes, cross: v.cross, window: v.window, density: 1, fitted: true}
	fresh.layout(870, 740)
	for name, by := range map[string]int{"side=870x740/slices": 1, "side=870x740/rest": 0} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(dst.Pix)))
			for b.Loop() {
				fresh.cross[2] = (fresh.cross[2] + by) % 20
				fresh.draw(dst)
			}
		})
	}
}
