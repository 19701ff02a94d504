package shell

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/annotate"
	"explant/app/pipeline"
	"explant/volume/parallel"
)

// queue stands for the UI thread: what goroutines send there runs when the test looks.
var queue = make(chan func(), 1<<16)

// open starts the program on a display that nobody sees; its folders are new.
func open(t *testing.T) *Shell {
	t.Helper()
	s := New(test.NewTempApp(t), t.TempDir(), func(fn func()) { queue <- fn })
	watch(t, s)
	t.Cleanup(func() {
		s.Close()
		for len(queue) > 0 {
			<-queue
		}
	})
	s.win.Resize(fyne.NewSize(1280, 800))
	return s
}

// eventually does what waits for the UI thread until a condition holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	end := time.After(60 * time.Second)
	for !ok() {
		select {
		case fn := <-queue:
			fn()
		case <-time.After(5 * time.Millisecond):
		case <-end:
			t.Fatalf("%s did not come", what)
		}
	}
}

// slide writes a picture of 400 x 300 pixels: left red, right white.
func slide(t *testing.T) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for y := range 300 {
		for x := range 400 {
			c := color.RGBA{200, 30, 40, 255}
			if x >= 200 {
				c = color.RGBA{255, 255, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	path := filepath.Join(t.TempDir(), "field.png")
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
	return path
}

func (s *Shell) press(x, y float32) {
	s.stage.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: desktop.MouseButtonPrimary})
}

func (s *Shell) drag(x, y float32) {
	s.stage.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: desktop.MouseButtonPrimary})
}

func (s *Shell) release(x, y float32) {
	s.stage.MouseUp(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: desktop.MouseButtonPrimary})
}

// TestOpensDrawsAndTakesBack goes the way of a person: open, draw a rectangle, undo, redo, open again.
func TestOpensDrawsAndTakesBack(t *testing.T) {
	s := open(t)
	path := slide(t)
	s.Open(path)
	eventually(t, "the image", func() bool { return s.image != nil })
	s.stage.picture(800, 600)
	eventually(t, "a sharp picture", func() bool {
		f := s.slide.Frame()
		return f != nil && f.Rect.Dx() == 800 && s.slide.Sharp() && f.RGBAAt(100, 300).R == 200 && f.RGBAAt(700, 300).G == 255
	})
	if s.welcome.Visible() || !strings.HasPrefix(s.win.Title(), "field.png") || !strings.HasPrefix(s.status.calibration.Text, "uncalibrated") {
		t.Errorf("title %q, calibration %q", s.win.Title(), s.status.calibration.Text)
	}
	s.tools.take(annotate.Rectangle)
	s.marks.setClass(1)
	s.press(100, 100)
	s.drag(200, 200)
	s.release(200, 200)
	if n := s.marker.Book.Len(); n != 1 || len(s.marks.shown) != 1 || s.marks.shown[0].Class != "platelet" {
		t.Fatalf("%d objects; %d in the list", n, len(s.marks.shown))
	}
	s.undo()
	if n := s.marker.Book.Len(); n != 0 {
		t.Errorf("%d objects after undo", n)
	}
	s.redo()
	s.closeImage()
	s.Open(path)
	eventually(t, "the image again", func() bool { return s.image != nil })
	if n := s.marker.Book.Len(); n != 1 {
		t.Errorf("%d objects after opening again", n)
	}
}

func TestKeysReachTheirActions(t *testing.T) {
	s := open(t)
	s.Open(slide(t))
	eventually(t, "the image", func() bool { return s.image != nil })
	for key, kind := range map[rune]annotate.Kind{
		'b': annotate.Brush, 'e': annotate.Eraser, 'P': annotate.Polygon, 'f': annotate.Freehand, 'r': annotate.Rectangle, 'o': annotate.Ellipse,
		'w': annotate.Wand, '.': annotate.Points, 'l': annotate.Ruler, 'a': annotate.Angle, 'v': annotate.Select,
	} {
		if a := s.keyed(key); a == nil {
			t.Errorf("%c has no action", key)
		} else if a.do(); s.marker.Kind() != kind {
			t.Errorf("%c took %s", key, s.marker.Kind())
		}
	}
	for key, name := range map[rune]string{'n': "Next new image", 'N': "Previous new image", 's': "Next stain or channel alone", '?': "Keys", '[': "Smaller brush, or stricter wand"} {
		if a := s.keyed(key); a == nil || a.name != name {
			t.Errorf("%c does %+v, not %s", key, a, name)
		}
	}
	s.heldKey(fyne.KeyH, true)
	s.heldKey(fyne.KeyH, false)
	if !s.overlay.hidden {
		t.Error("a short press of H does not hide the overlay")
	}
	seen := map[string]string{}
	for _, a := range s.actions {
		if a.do == nil {
			t.Errorf("%s does nothing", a.name)
		}
		for _, k := range strings.Split(a.keys, ", ") {
			if other, twice := seen[k]; twice && k != "" {
				t.Errorf("%s is the key of %q and of %q", k, other, a.name)
			}
			seen[k] = a.name
		}
	}
}

// TestEscapeClosesADialog opens the sheet of keys: while it is there no other key does anything.
func TestEscapeClosesADialog(t *testing.T) {
	s := open(t)
	s.Open(slide(t))
	eventually(t, "the image", func() bool { return s.image != nil })
	s.sheet()
	s.typedRune('b')
	if s.marker.Kind() == annotate.Brush {
		t.Error("a key reached the image below a dialog")
	}
	s.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if s.win.Canvas().Overlays().Top() != nil {
		t.Error("the dialog is still there")
	}
	if s.typedRune('b'); s.marker.Kind() != annotate.Brush {
		t.Error("after the dialog the keys are dead")
	}
}

func TestSearchFindsByWords(t *testing.T) {
	s := open(t)
	if found := matching(s.actions, "brush"); len(found) != 3 || found[0].name != "Brush" {
		t.Errorf("brush: %v", found)
	}
	if found := matching(s.actions, "export geo"); len(found) != 1 {
		t.Errorf("export geo: %v", found)
	}
	if found := matching(s.actions, "no such thing"); len(found) != 0 {
		t.Errorf("found %v", found)
	}
}

func TestTypedCalibrationIsRemembered(t *testing.T) {
	s := open(t)
	path := slide(t)
	s.Open(path)
	eventually(t, "the image", func() bool { return s.image != nil })
	mm, text, err := typedSize("0.5um", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.setSpacing(mm, text)
	if got := s.status.calibration.Text; got != "0.5 µm/px (typed)" {
		t.Errorf("%q", got)
	}
	s.closeImage()
	s.Open(path)
	eventually(t, "the image again", func() bool { return s.image != nil })
	if s.image.Typed != [3]float64{0.0005, 0.0005, 0} {
		t.Errorf("typed spacing %v", s.image.Typed)
	}
}

// TestScaleBarCalibrates asks for a scale bar, draws over it, and types its length.
func TestScaleBarCalibrates(t *testing.T) {
	s := open(t)
	s.Open(slide(t))
	eventually(t, "the image", func() bool { return s.image != nil })
	s.stage.picture(800, 600)
	s.wantBar()
	s.press(100, 100)
	s.drag(300, 100)
	s.release(300, 100)
	eventually(t, "the dialog", func() bool { return s.win.Canvas().Overlays().Top() != nil })
	bar, ok := s.win.Canvas().Focused().(*widget.Entry)
	if !ok {
		t.Fatal("the length of the bar is not asked for")
	}
	test.Type(bar, "50um")
	bar.OnSubmitted(bar.Text)
	want := fmt.Sprintf("%.4g µm/px (typed)", 50/s.selectedRuler())
	if got := s.status.calibration.Text; got != want || s.marks.barWanted || s.win.Canvas().Overlays().Top() != nil {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestRunShowsResults runs a protocol from the window and reads its table.
func TestRunShowsResults(t *testing.T) {
	made, err := pipeline.MakePhantom(t.Context(), "dab", t.TempDir(), pipeline.PhantomOptions{Size: 256, Seed: 1}, pipeline.Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	s := open(t)
	s.Open(made.Image)
	eventually(t, "the image", func() bool { return s.image != nil })
	s.run.protocol.SetSelected("slide-dab")
	s.analyse()
	if s.tabs.Selected() != s.jobsTab {
		t.Error("the run is not shown")
	}
	eventually(t, "the results", func() bool { return len(s.results.values.rows) > 0 && s.overlay.image != nil })
	if s.tabs.Selected() != s.resultsTab || s.results.report.Disabled() {
		t.Error("the results are not shown")
	}
	if _, err := os.Stat(filepath.Join(s.results.out, pipeline.ReportFile)); err != nil {
		t.Error(err)
	}
}

func TestErrorsAreShown(t *testing.T) {
	s := open(t)
	path := filepath.Join(t.TempDir(), "no.tif")
	if err := os.WriteFile(path, []byte("II*\x00 no image"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.Open(path)
	eventually(t, "the message", func() bool { return s.win.Canvas().Overlays().Top() != nil })
	if s.image != nil || s.status.message.Text != "This image cannot be opened" {
		t.Errorf("status %q", s.status.message.Text)
	}
}

// TestNothingIsCutOff holds the window to sizes that screens have.
func TestNothingIsCutOff(t *testing.T) {
	s := open(t)
	for _, scale := range []float64{1, 1.5, 2} {
		s.setLooks(s.variant(), scale)
		if least := s.win.Content().MinSize(); least.Width > 1280 || least.Height > 760 {
			t.Errorf("with text at %.0f %% the window needs %v", 100*scale, least)
		}
		for name, part := range map[string]fyne.CanvasObject{"tools": s.tools.box, "status": s.status.box} {
			if least := part.MinSize(); least.Width > 1280 {
				t.Errorf("with text at %.0f %% %s needs %v", 100*scale, name, least)
			}
		}
	}
}

// TestKeysWithCtrlWorkWhileTyping presses Ctrl+Enter and Ctrl+P in an entry.
func TestKeysWithCtrlWorkWhileTyping(t *testing.T) {
	s := open(t)
	s.Open(slide(t))
	eventually(t, "the image", func() bool { return s.image != nil })
	e := s.run.out
	e.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyP, Modifier: fyne.KeyModifierControl})
	if !s.preview.on.Checked {
		t.Error("Ctrl+P in an entry does nothing")
	}
	s.preview.set(false)
	e.SetText("folder")
	e.TypedShortcut(&fyne.ShortcutSelectAll{})
	if e.SelectedText() != "folder" {
		t.Error("Ctrl+A does not select the text")
	}
}
