package shell

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/slideview"
	"explant/app/desktop/source"
)

// Shell is the window and what is open in it. Its methods are called on the UI thread.
type Shell struct {
	app     fyne.App
	win     fyne.Window
	stage   *stage
	actions []action
	status  *statusBar

	opening context.CancelFunc // of the image that is being opened; nil when none is
	image   *source.Image
	slide   *slideview.Slide
	probe   *source.Probe
}

// New makes the window; nothing is open yet.
func New(a fyne.App) *Shell {
	s := &Shell{app: a}
	a.Settings().SetTheme(looks{variant: int(theme.VariantDark)})
	s.win = a.NewWindow("explant")
	s.stage = newStage(func() { s.win.Canvas().Unfocus() })
	s.status = newStatusBar()
	s.actions = s.table()
	s.win.SetMainMenu(s.menus())
	s.win.SetContent(container.NewBorder(nil, s.status.box, nil, nil, s.stage))
	s.win.Resize(fyne.NewSize(1280, 800))
	s.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) {
		if len(uris) > 0 {
			s.Open(uris[0].Path())
		}
	})
	s.win.SetOnClosed(s.closeImage)
	s.bind()
	return s
}

// Run shows the window until it is closed.
func (s *Shell) Run() { s.win.ShowAndRun() }

// Open opens a file or a folder in the background and shows it.
func (s *Shell) Open(path string) {
	if s.opening != nil {
		s.opening()
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.opening = cancel
	s.status.say("opening " + path + " …")
	go func() {
		m, err := source.Open(ctx, path)
		var slide *slideview.Slide
		if err == nil && !m.Volume() {
			slide, err = slideview.New(ctx, m, s.refresh)
		}
		fyne.Do(func() {
			if ctx.Err() != nil {
				return
			}
			s.opening = nil
			if err != nil {
				s.fail("This image cannot be opened", err)
				return
			}
			s.show(m, slide)
		})
	}()
}

// refresh tells the stage that a frame is ready; it is called from any goroutine.
func (s *Shell) refresh() { fyne.Do(s.stage.raster.Refresh) }

func (s *Shell) show(m *source.Image, slide *slideview.Slide) {
	s.closeImage()
	s.image, s.slide = m, slide
	s.probe = source.NewProbe(m, func(at [3]int, values string) { fyne.Do(func() { s.status.values.SetText(values) }) })
	slide.OnHover = s.hover
	s.stage.show(slide)
	s.win.SetTitle(m.Name + " – explant")
	s.status.say(m.Describe())
	s.status.calibration.SetText(calibrationText(m))
}

// hover tells where the pointer is.
func (s *Shell) hover(x, y float64, inside bool) {
	if !inside {
		s.status.place.SetText("")
		s.status.values.SetText("")
		return
	}
	s.status.place.SetText(s.image.PlaceText(x, y))
	s.probe.Ask([3]int{int(x), int(y), 0})
}

func (s *Shell) closeImage() {
	if s.image == nil {
		return
	}
	s.stage.show(nil)
	s.probe.Close()
	if s.slide != nil {
		s.slide.Close()
	}
	_ = s.image.Close() // after reading, where nothing can be lost
	s.image, s.slide = nil, nil
}

// fail shows an error: what, where, and what to do.
func (s *Shell) fail(what string, err error) {
	s.status.say(what)
	text := widget.NewLabel(err.Error())
	text.Wrapping = fyne.TextWrapWord
	text.Selectable = true
	d := dialog.NewCustom(what, "Close", text, s.win)
	d.Resize(fyne.NewSize(560, 200))
	d.Show()
}

// table lists everything that the program does on command.
func (s *Shell) table() []action {
	view := func(fn func(*slideview.Slide)) func() {
		return func() {
			if s.slide != nil {
				fn(s.slide)
			}
		}
	}
	return []action{
		{"File", "Open…", "Ctrl+O", s.openDialog},
		{"File", "Quit", "Ctrl+Q", s.app.Quit},
		{"View", "Whole image", "0", view((*slideview.Slide).Fit)},
		{"View", "Zoom in", "+, =", view(func(v *slideview.Slide) { v.ZoomMiddle(1.25) })},
		{"View", "Zoom out", "-", view(func(v *slideview.Slide) { v.ZoomMiddle(0.8) })},
	}
}

func (s *Shell) openDialog() {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil {
			s.fail("The file dialog failed", err)
			return
		}
		if r != nil {
			path := r.URI().Path()
			_ = r.Close()
			s.Open(path)
		}
	}, s.win)
	d.Resize(fyne.NewSize(900, 600))
	d.Show()
}

// typedKey takes keys that type no character.
func (s *Shell) typedKey(e *fyne.KeyEvent) {
	const step = 60
	if s.slide == nil {
		return
	}
	switch e.Name {
	case fyne.KeyLeft:
		s.slide.Pan(step, 0)
	case fyne.KeyRight:
		s.slide.Pan(-step, 0)
	case fyne.KeyUp:
		s.slide.Pan(0, step)
	case fyne.KeyDown:
		s.slide.Pan(0, -step)
	}
}

// heldKey takes keys that do something while they are held.
func (s *Shell) heldKey(name fyne.KeyName, down bool) {
	if name == fyne.KeySpace && s.slide != nil {
		s.slide.HoldHand(down)
	}
}

// calibrationText says in the status bar how large a pixel is and who says so.
func calibrationText(m *source.Image) string {
	g := m.Grid
	if !g.Calibrated() {
		return "uncalibrated"
	}
	return fmt.Sprintf("%.4g µm/px (%s)", g.Spacing[0]*1000, g.Calibration.Source)
}
