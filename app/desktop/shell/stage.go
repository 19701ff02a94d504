package shell

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/screen"
)

// scene is a presenter whose frames a stage shows and whose pointer it is.
type scene interface {
	Resize(w, h int, density float64)
	Frame() *image.RGBA
	Press(screen.Pointer)
	Move(screen.Pointer)
	Release(screen.Pointer)
	Double(screen.Pointer)
	Leave()
	Wheel(p screen.Pointer, steps float64)
}

// stage is the middle of the window: a raster that copies the newest frame of its scene, and the mouse.
type stage struct {
	widget.BaseWidget
	raster  *canvas.Raster
	scene   scene // nil: the empty ground
	held    desktop.MouseButton
	pixels  float64 // pixels of the screen a unit of length
	text    float64 // how much larger than usual text is
	pressed func()  // called first on every press: takes the focus from entries
	entered func()  // called when the pointer comes
	cursor  desktop.Cursor
}

func newStage(pressed, entered func()) *stage {
	s := &stage{pixels: 1, text: 1, pressed: pressed, entered: entered, cursor: desktop.DefaultCursor}
	s.raster = canvas.NewRaster(s.picture)
	s.raster.ScaleMode = canvas.ImageScalePixels
	s.ExtendBaseWidget(s)
	return s
}

// show puts another scene on the stage.
func (s *stage) show(sc scene) {
	s.scene = sc
	s.raster.Refresh()
}

// enlarge makes what is written and drawn over pictures larger.
func (s *stage) enlarge(scale float64) {
	s.text = scale
	s.raster.Refresh()
}

// ground is shown before the first frame.
var ground = image.NewUniform(color.RGBA{0x26, 0x29, 0x2E, 255})

// picture gives the newest frame to the painter: nothing is drawn here.
func (s *stage) picture(w, h int) image.Image {
	if width := s.raster.Size().Width; width > 0 {
		s.pixels = float64(w) / float64(width)
	}
	if s.scene != nil {
		s.scene.Resize(w, h, s.pixels*s.text)
		if f := s.scene.Frame(); f != nil {
			return f
		}
	}
	blank := image.NewRGBA(image.Rect(0, 0, 1, 1))
	blank.Set(0, 0, ground.C)
	return blank
}

// CreateRenderer is part of fyne.Widget.
func (s *stage) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.raster) }

// MinSize leaves the panels the choice.
func (s *stage) MinSize() fyne.Size { return fyne.NewSize(200, 150) }

// Cursor is part of desktop.Cursorable.
func (s *stage) Cursor() desktop.Cursor { return s.cursor }

func (s *stage) pointer(e *desktop.MouseEvent) screen.Pointer {
	p := s.at(e.Position)
	p.Primary, p.Middle = s.held&desktop.MouseButtonPrimary != 0, s.held&desktop.MouseButtonTertiary != 0
	p.Secondary = s.held&desktop.MouseButtonSecondary != 0
	return p
}

// at is a place of the stage with the keys that are held; events of moves do not carry them.
func (s *stage) at(pos fyne.Position) screen.Pointer {
	var held fyne.KeyModifier
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		held = d.CurrentKeyModifiers()
	}
	return screen.Pointer{
		X: float64(pos.X) * s.pixels, Y: float64(pos.Y) * s.pixels,
		Shift: held&fyne.KeyModifierShift != 0, Control: held&fyne.KeyModifierControl != 0, Alt: held&fyne.KeyModifierAlt != 0,
	}
}

// MouseDown is part of desktop.Mouseable.
func (s *stage) MouseDown(e *desktop.MouseEvent) {
	s.pressed()
	s.held |= e.Button
	if s.scene != nil {
		s.scene.Press(s.pointer(e))
	}
}

// MouseUp is part of desktop.Mouseable.
func (s *stage) MouseUp(e *desktop.MouseEvent) {
	s.held &^= e.Button
	if s.scene != nil {
		s.scene.Release(s.pointer(e))
	}
}

// MouseIn is part of desktop.Hoverable.
func (s *stage) MouseIn(e *desktop.MouseEvent) {
	s.entered()
	s.MouseMoved(e)
}

// MouseMoved is part of desktop.Hoverable. A button that was let go outside the stage is told here.
func (s *stage) MouseMoved(e *desktop.MouseEvent) {
	if s.scene == nil {
		return
	}
	if s.held != 0 && e.Button == 0 {
		s.held = 0
		s.scene.Release(s.pointer(e))
	}
	s.scene.Move(s.pointer(e))
}

// MouseOut is part of desktop.Hoverable.
func (s *stage) MouseOut() {
	if s.scene != nil {
		s.scene.Leave()
	}
}

// DoubleTapped is part of fyne.DoubleTappable.
func (s *stage) DoubleTapped(e *fyne.PointEvent) {
	if s.scene != nil {
		s.scene.Double(s.at(e.Position))
	}
}

// notch is what a slow notch of the wheel scrolls, in units of length; fast ones scroll more.
const notch, mostNotches = 25, 4

// Scrolled is part of fyne.Scrollable.
func (s *stage) Scrolled(e *fyne.ScrollEvent) {
	if s.scene != nil {
		s.scene.Wheel(s.at(e.Position), min(max(float64(e.Scrolled.DY)/notch, -mostNotches), mostNotches))
	}
}
