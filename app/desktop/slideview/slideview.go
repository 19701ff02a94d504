// Package slideview presents a slide or field: what the screen shows of it, and what the pointer and the
// keys do. It knows no window; frames are drawn off the UI thread.
package slideview

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"sync"

	"explant/app/desktop/screen"
	"explant/app/desktop/source"
	"explant/app/desktop/tiles"
	"explant/app/desktop/viewport"
)

// tileBytes bounds the tiles that are kept of a slide, in bytes.
const tileBytes = 192 << 20

// Ground is the colour around a picture.
var Ground = color.RGBA{0x26, 0x29, 0x2E, 255}

// Marks is what is drawn over a slide, in frames that view shows, and what takes part in the pointer.
type Marks interface {
	Layer(on viewport.Sheet) *tiles.Cache // of what is drawn and rests; nil while it is hidden
	Draw(dst *image.RGBA, on viewport.Sheet, v viewport.View, density float64)
}

// Slide presents one image.
type Slide struct {
	Image *source.Image

	// OnHover is told where in the image the pointer is, in its pixels, and whether that is inside. It is
	// set before the first frame and called on the goroutine of the pointer.
	OnHover func(x, y float64, inside bool)

	pyramid *source.Pyramid
	pixels  *tiles.Cache
	loop    *screen.Loop
	hand    hand          // of the goroutine of the pointer
	picture tiles.Picture // of the goroutine that draws

	mu       sync.Mutex
	view     viewport.View
	fitted   bool // the whole image is shown: it stays so when the window changes
	density  float64
	look     source.Look
	marks    Marks
	tool     Tool
	holdHand bool
	overlay  *overlay
	opacity  float64
	sharp    bool
}

// New presents an open image; present is called, from another goroutine, when a new frame is there.
func New(ctx context.Context, m *source.Image, present func()) (*Slide, error) {
	s := &Slide{Image: m, density: 1, fitted: true, opacity: 0.5}
	if !m.Color() {
		channels, err := m.Channels(ctx)
		if err != nil {
			return nil, err
		}
		s.look.Channels = channels
	}
	s.pyramid = source.NewPyramid(m, s.look)
	s.view = viewport.View{Image: [2]float64{float64(m.Info.Grid.N[0]), float64(m.Info.Grid.N[1])}, Pixel: pixel(m)}
	s.loop = screen.NewLoop(s.draw, present)
	s.pixels = tiles.NewCache(s.pyramid, tileBytes, 2, s.loop.Wake)
	return s, nil
}

// pixel is the shape of a pixel: its sides relative to the smaller one.
func pixel(m *source.Image) [2]float64 {
	g := m.Grid()
	x, y := g.Spacing[0], g.Spacing[1]
	if !(x > 0 && y > 0) {
		return [2]float64{1, 1}
	}
	least := min(x, y)
	return [2]float64{x / least, y / least}
}

// Close ends what runs in the background. The image stays open.
func (s *Slide) Close() {
	s.loop.Close()
	s.pixels.Close()
	if s.overlay != nil {
		s.overlay.close()
	}
}

// Frame is the newest frame; nil before the first.
func (s *Slide) Frame() *image.RGBA { return s.loop.Frame() }

// Resize sets the size of the frames in pixels, and the pixels of the screen a unit of length of the
// window.
func (s *Slide) Resize(w, h int, density float64) {
	s.mu.Lock()
	same := density == s.density
	s.mu.Unlock()
	if !s.loop.Resize(w, h) && same {
		return
	}
	s.change(func() {
		s.density = density
		s.view = s.view.Resize(w, h)
		if s.fitted {
			s.view = s.view.Fit()
		}
	})
}

// change alters the state and asks for a frame of it.
func (s *Slide) change(fn func()) {
	s.mu.Lock()
	fn()
	s.mu.Unlock()
	s.loop.Wake()
}

// Recalibrated takes the shape of the pixels anew.
func (s *Slide) Recalibrated() {
	s.change(func() {
		s.view.Pixel = pixel(s.Image)
		if s.fitted {
			s.view = s.view.Fit()
		}
	})
}

// Redraw asks for a new frame of the same state.
func (s *Slide) Redraw() { s.loop.Wake() }

// View is what the screen shows now.
func (s *Slide) View() viewport.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view
}

// Pan moves the picture by pixels of the screen.
func (s *Slide) Pan(dx, dy float64) {
	s.change(func() { s.view, s.fitted = s.view.Pan(dx, dy), false })
}

// Zoom multiplies the scale about a place of the screen.
func (s *Slide) Zoom(x, y, factor float64) {
	s.change(func() { s.view, s.fitted = s.view.Zoom(x, y, factor), false })
}

// ZoomMiddle multiplies the scale about the middle of the screen.
func (s *Slide) ZoomMiddle(factor float64) {
	w, h := s.loop.Size()
	s.Zoom(float64(w)/2, float64(h)/2, factor)
}

// Fit shows the whole image.
func (s *Slide) Fit() { s.change(func() { s.view, s.fitted = s.view.Fit(), true }) }

// Show brings a place of the image to the middle, at a scale; 0 keeps the scale.
func (s *Slide) Show(x, y, scale float64) {
	s.change(func() {
		if scale > 0 {
			s.view.Scale = scale
		}
		s.view, s.fitted = s.view.CenterOn(x, y), false
	})
}

// SetMarks sets what is drawn over the slide; nil for nothing.
func (s *Slide) SetMarks(m Marks) { s.change(func() { s.marks = m }) }

// Look is how samples become colours now.
func (s *Slide) Look() source.Look {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.look
}

// SetLook changes how samples become colours.
func (s *Slide) SetLook(l source.Look) {
	s.change(func() {
		s.look = l
		s.pyramid.SetLook(l)
		s.pixels.Invalidate(tiles.Box{X1: s.view.Image[0], Y1: s.view.Image[1]}, 0)
	})
}

// Sharp reports whether the last frame had everything at its best.
func (s *Slide) Sharp() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sharp
}

// Err is why tiles are missing, nil when none are.
func (s *Slide) Err() error { return s.pixels.Err() }

// Ground is the image in the window as it is shown now, without marks and classes, and the view of it.
func (s *Slide) Ground(viewport.Sheet) (*image.RGBA, viewport.View) {
	v := s.View()
	dst := image.NewRGBA(image.Rect(0, 0, v.Screen[0], v.Screen[1]))
	paintGround(dst)
	s.pixels.DrawHeld(dst, v)
	return dst, v
}

func paintGround(part *image.RGBA) {
	draw.Draw(part, part.Rect, image.NewUniform(Ground), image.Point{}, draw.Src)
}

// draw makes a frame.
func (s *Slide) draw(dst *image.RGBA) {
	s.mu.Lock()
	v, density, marks, over, opacity := s.view, s.density, s.marks, s.overlay, s.opacity
	s.mu.Unlock()
	v = v.Resize(dst.Rect.Dx(), dst.Rect.Dy())
	layers := []tiles.Layer{{Cache: s.pixels, Opacity: 1}}
	if over != nil && opacity > 0 {
		layers = append(layers, tiles.Layer{Cache: over.cache, Opacity: opacity})
	}
	if marks != nil {
		if l := marks.Layer(viewport.Sheet{}); l != nil {
			layers = append(layers, tiles.Layer{Cache: l, Opacity: 1})
		}
	}
	sharp := s.picture.Draw(dst, v, tiles.Ground{Paint: paintGround}, layers...)
	if marks != nil {
		marks.Draw(dst, viewport.Sheet{}, v, density)
	}
	size := int(13*density + 0.5)
	fx, _ := v.Factor()
	screen.ScaleBar(dst, dst.Rect, s.Image.Grid().Spacing[0]/fx, 1/fx, size)
	s.drawMap(dst, v, density)
	s.mu.Lock()
	s.sharp = sharp
	s.mu.Unlock()
}
