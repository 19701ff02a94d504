package screen

import (
	"bytes"
	"image"
	"image/color"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

var white = color.RGBA{255, 255, 255, 255}

func TestAreaLeavesHolesOut(t *testing.T) {
	dst := image.NewRGBA(image.Rect(0, 0, 40, 40))
	outer := []Point{{5, 5}, {35, 5}, {35, 35}, {5, 35}}
	hole := []Point{{15, 15}, {15, 25}, {25, 25}, {25, 15}}
	Area(dst, [][]Point{outer, hole}, white)
	for _, c := range []struct {
		x, y int
		in   bool
	}{{2, 2, false}, {10, 10, true}, {20, 20, false}, {30, 20, true}, {38, 38, false}} {
		if got := dst.RGBAAt(c.x, c.y).A == 255; got != c.in {
			t.Errorf("(%d, %d): filled is %v", c.x, c.y, got)
		}
	}
}

func TestLineHasItsWidth(t *testing.T) {
	dst := image.NewRGBA(image.Rect(0, 0, 60, 60))
	Line(dst, []Point{{10, 30}, {50, 30}}, false, 4, white)
	for y, want := range map[int]bool{27: false, 28: true, 31: true, 32: false} {
		if got := dst.RGBAAt(30, y).A > 128; got != want {
			t.Errorf("row %d: drawn is %v", y, got)
		}
	}
	Line(dst, []Point{{-1e12, 5}, {1e12, 5}}, false, 2, white) // far outside: neither slow nor a panic
	Area(dst, nil, white)
	Line(dst, nil, true, 2, white)
}

func TestTextFitsItsRoom(t *testing.T) {
	const text = "coronal  y 101 / 200   mean of 20 slices (400 µm)"
	if got := FitText(text, 26, 200); got >= 26 || TextWidth(text, got) > 210 {
		t.Errorf("height %d, %d px wide", got, TextWidth(text, got))
	}
	if got := FitText("z 1", 26, 200); got != 26 {
		t.Errorf("a short text was made %d high", got)
	}
}

// TestKeptLettersAreThoseOfTheFont writes a line with and without the letters that are kept, and where they were
// not drawn at whole pixels.
func TestKeptLettersAreThoseOfTheFont(t *testing.T) {
	const text, size = "axial  z 513 / 1024   µm Ag", 13
	for _, at := range []fixed.Point26_6{fixed.P(3, 20), {X: 3<<6 + 17, Y: 20 << 6}} {
		var got, want image.RGBA
		for _, dst := range []*image.RGBA{&got, &want} {
			*dst = *image.NewRGBA(image.Rect(0, 0, 220, 30))
			faces.Lock()
			f := face(size)
			if dst == &want {
				f = f.(*glyphs).Face
			}
			d := font.Drawer{Dst: dst, Face: f, Src: image.NewUniform(white), Dot: at}
			d.DrawString(text)
			faces.Unlock()
		}
		if !bytes.Equal(got.Pix, want.Pix) || !slices.ContainsFunc(want.Pix, func(v uint8) bool { return v > 200 }) {
			t.Errorf("at %v the line is another one", at)
		}
	}
}

// BenchmarkLabel writes a line of 24 letters with its edge on a plate.
func BenchmarkLabel(b *testing.B) {
	dst := image.NewRGBA(image.Rect(0, 0, 400, 40))
	b.SetBytes(24)
	for b.Loop() {
		Label(dst, 10, 25, "axial  z 513 / 1024  mean", 13)
	}
}

func TestLengthReadsBest(t *testing.T) {
	for mm, want := range map[float64]string{2.5: "2.5 mm", 0.25: "250 µm", 0.00005: "50 nm"} {
		if got := Length(mm); got != want {
			t.Errorf("%v mm is %q, want %q", mm, got, want)
		}
	}
}

// TestLoopShowsTheNewestState wakes a loop many times while it draws: the last frame has the last state.
func TestLoopShowsTheNewestState(t *testing.T) {
	var state, frames atomic.Int32
	l := NewLoop(func(dst *image.RGBA) {
		dst.Pix[0] = uint8(state.Load())
		time.Sleep(time.Millisecond)
	}, func() { frames.Add(1) })
	defer l.Close()
	if l.Frame() != nil {
		t.Error("a frame before the window has a size")
	}
	l.Resize(10, 10)
	for i := range 100 {
		state.Store(int32(i + 1))
		l.Wake()
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if f := l.Frame(); f != nil && f.Pix[0] == 100 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the newest state is not shown")
		}
	}
	if n := frames.Load(); n > 100 {
		t.Errorf("%d frames for 100 changes", n)
	}
	if f := l.Frame(); f.Rect.Dx() != 10 || f.Rect.Dy() != 10 {
		t.Errorf("the frame is %v", f.Rect)
	}
}
