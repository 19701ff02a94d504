package slideview

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"explant/app/desktop/screen"
	"explant/app/desktop/source"
	"explant/app/desktop/viewport"
)

// open presents a picture of 2000 x 1000 pixels, left red and right blue, in a window of 400 x 200.
func open(t *testing.T) *Slide {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 2000, 1000))
	for y := range 1000 {
		for x := range 2000 {
			img.SetRGBA(x, y, color.RGBA{uint8(255 * (1 - x/1000)), 0, uint8(255 * (x / 1000)), 255})
		}
	}
	path := filepath.Join(t.TempDir(), "s.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	m, err := source.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), m, func() {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); _ = m.Close() })
	s.Resize(400, 200, 1)
	return s
}

// shows waits for a frame with a colour at a place.
func shows(t *testing.T, s *Slide, x, y int, c color.RGBA) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		f := s.Frame()
		if f != nil && s.Sharp() && f.RGBAAt(x, y) == c {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("(%d, %d) never became %v", x, y, c)
		}
	}
}

var red, blue = color.RGBA{255, 0, 0, 255}, color.RGBA{0, 0, 255, 255}

func TestFirstFrameIsTheWholeImage(t *testing.T) {
	s := open(t)
	shows(t, s, 100, 100, red)
	shows(t, s, 300, 100, blue)
}

func TestDragMovesThePicture(t *testing.T) {
	s := open(t)
	s.Zoom(200, 100, 4)
	shows(t, s, 150, 100, red)
	s.Press(screen.Pointer{X: 200, Y: 100, Primary: true})
	s.Move(screen.Pointer{X: 100, Y: 100, Primary: true})
	s.Release(screen.Pointer{X: 100, Y: 100})
	shows(t, s, 150, 100, blue)
	s.Fit()
	shows(t, s, 150, 100, red)
}

func TestHoverTellsThePlaceOfTheImage(t *testing.T) {
	s := open(t)
	var x, y float64
	var inside bool
	s.OnHover = func(ix, iy float64, in bool) { x, y, inside = ix, iy, in }
	s.Move(screen.Pointer{X: 100, Y: 50})
	if x != 500 || y != 250 || !inside {
		t.Errorf("%v %v %v", x, y, inside)
	}
	s.Leave()
	if inside {
		t.Error("outside the window the pointer is still inside")
	}
}

func TestClickOnTheMapGoesThere(t *testing.T) {
	s := open(t)
	s.Zoom(200, 100, 16)
	place := mapPlace(s.View(), 1)
	if place.Empty() {
		t.Fatal("no map while a part is shown")
	}
	s.Press(screen.Pointer{X: float64(place.Min.X) + float64(place.Dx())*0.9, Y: float64(place.Min.Y) + float64(place.Dy())/2, Primary: true})
	s.Release(screen.Pointer{})
	if c := s.View().Center; c[0] < 1750 || c[0] > 1850 || c[1] < 450 || c[1] > 550 {
		t.Errorf("centre %v", c)
	}
}

// tool records what it is given.
type tool struct {
	takes bool
	calls []string
}

func (t *tool) Press(at viewport.Place, p screen.Pointer) bool {
	t.calls = append(t.calls, "press")
	return t.takes
}
func (t *tool) Move(at viewport.Place, p screen.Pointer)    { t.calls = append(t.calls, "move") }
func (t *tool) Release(at viewport.Place, p screen.Pointer) { t.calls = append(t.calls, "release") }
func (t *tool) Double() bool                                { return true }
func (t *tool) Out()                                        {}

func TestToolComesBeforeTheHand(t *testing.T) {
	s := open(t)
	s.Zoom(200, 100, 4)
	for _, c := range []struct {
		name  string
		takes bool
		space bool
		pans  bool
		calls int
	}{{"tool takes it", true, false, false, 3}, {"tool leaves it", false, false, true, 1}, {"space is held", true, true, true, 0}} {
		use := &tool{takes: c.takes}
		s.SetTool(use)
		s.HoldHand(c.space)
		before := s.View().Center
		s.Press(screen.Pointer{X: 50, Y: 50, Primary: true})
		s.Move(screen.Pointer{X: 70, Y: 50, Primary: true})
		s.Release(screen.Pointer{X: 70, Y: 50})
		if panned := s.View().Center != before; panned != c.pans || len(use.calls) != c.calls {
			t.Errorf("%s: panned %v, calls %v", c.name, panned, use.calls)
		}
	}
}
