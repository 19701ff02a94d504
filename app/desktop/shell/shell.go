package shell

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/slices"
	"explant/app/desktop/slideview"
	"explant/app/desktop/source"
	"explant/app/desktop/volumeview"
	"explant/volume/render"
)

// Shell is the window and what is open in it. Its methods are called on the UI thread.
type Shell struct {
	app     fyne.App
	win     fyne.Window
	stage   *stage
	actions []action
	status  *statusBar

	opening context.CancelFunc // of the image that is being opened; nil when none is
	opened
	probe *source.Probe
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
		next, err := s.present(ctx, path)
		fyne.Do(func() {
			switch {
			case ctx.Err() != nil:
				next.close()
			case err != nil:
				s.opening = nil
				s.fail("This image cannot be opened", err)
			default:
				s.opening = nil
				s.show(next)
			}
		})
	}()
}

// opened is an image with what presents it: a slide or a volume.
type opened struct {
	image  *source.Image
	slide  *slideview.Slide
	volume *volumeview.Volume
}

// present opens an image and makes its first picture; it runs off the UI thread.
func (s *Shell) present(ctx context.Context, path string) (o opened, err error) {
	if o.image, err = source.Open(ctx, path); err != nil {
		return opened{}, err
	}
	if o.image.Volume() {
		o.volume, err = volumeview.New(ctx, o.image, slices.Options{}, s.refresh)
	} else {
		o.slide, err = slideview.New(ctx, o.image, s.refresh)
	}
	if err != nil {
		_ = o.image.Close()
		return opened{}, err
	}
	return o, nil
}

// close ends what presents the image, and closes it.
func (o opened) close() {
	if o.slide != nil {
		o.slide.Close()
	}
	if o.volume != nil {
		o.volume.Close()
	}
	if o.image != nil {
		_ = o.image.Close() // after reading, where nothing can be lost
	}
}

// refresh tells the stage that a frame is ready; it is called from any goroutine.
func (s *Shell) refresh() { fyne.Do(s.stage.raster.Refresh) }

func (s *Shell) show(o opened) {
	s.closeImage()
	s.opened = o
	m := o.image
	s.probe = source.NewProbe(m, func(_ [3]int, values string) { fyne.Do(func() { s.status.values.SetText(values) }) })
	if o.slide != nil {
		o.slide.OnHover = s.hover
		s.stage.show(o.slide)
	} else {
		o.volume.OnHover = s.hoverVoxel
		s.stage.show(o.volume)
	}
	s.win.SetTitle(m.Name + " – explant")
	s.status.say(m.Describe())
	s.status.calibration.SetText(calibrationText(m))
}

// hoverVoxel tells where the pointer is in a volume.
func (s *Shell) hoverVoxel(at [3]int, inside bool) {
	if !inside {
		s.hover(0, 0, false)
		return
	}
	s.status.place.SetText(s.image.PlaceText(float64(at[0]), float64(at[1]), float64(at[2])))
	s.probe.Ask(at)
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
	s.opened.close()
	s.opened = opened{}
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
	return []action{
		{"File", "Open…", "Ctrl+O", s.openDialog},
		{"File", "Quit", "Ctrl+Q", s.app.Quit},
		{"View", "Whole image", "0", s.fit},
		{"View", "Zoom in", "+, =", func() { s.zoom(1.25) }},
		{"View", "Zoom out", "-", func() { s.zoom(0.8) }},
		{"View", "Make the 3D view", "D", s.showSpace},
	}
}

func (s *Shell) fit() {
	if s.slide != nil {
		s.slide.Fit()
	}
	if s.volume != nil {
		s.volume.Fit()
	}
}

func (s *Shell) zoom(factor float64) {
	if s.slide != nil {
		s.slide.ZoomMiddle(factor)
	}
	if s.volume != nil {
		s.volume.Zoom(factor)
	}
}

func (s *Shell) showSpace() {
	if s.volume != nil {
		s.volume.ShowSpace()
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
	if s.volume != nil {
		s.sliceKey(e.Name)
	}
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
	if name != fyne.KeySpace {
		return
	}
	if s.slide != nil {
		s.slide.HoldHand(down)
	}
	if s.volume != nil {
		s.volume.HoldHand(down)
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

// sliceKey goes through the slices across z.
func (s *Shell) sliceKey(name fyne.KeyName) {
	steps := map[fyne.KeyName]int{fyne.KeyUp: 1, fyne.KeyRight: 1, fyne.KeyDown: -1, fyne.KeyLeft: -1, fyne.KeyPageUp: 10, fyne.KeyPageDown: -10}
	if by := steps[name]; by != 0 {
		s.volume.Step(render.Z, by)
	}
}
