package shell

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"explant/app/config"
	"explant/app/desktop/annotate"
	"explant/app/desktop/runner"
	"explant/app/desktop/source"
)

// Shell is the window and what is open in it. Its methods are called on the UI thread.
type Shell struct {
	app   fyne.App
	win   fyne.Window
	data  string // folder of journals, demo phantoms and results that cannot lie beside their image
	prefs fyne.Preferences
	ui    func(func()) // runs a function on the UI thread, from any goroutine, without waiting

	actions []action
	stage   *stage
	welcome fyne.CanvasObject
	center  *fyne.Container
	split   *container.Split // the stage and what is right of it
	outer   *container.Split // what is left of the stage, and the rest
	tabs    *container.AppTabs
	status  *statusBar
	tools   *toolBar
	list    *listPanel
	marks   *marksPanel
	display *displayPanel
	run     *runPanel
	preview *previewView
	jobs    *jobsPanel
	results *resultsPanel
	config  config.Config

	histogram *histogramView
	seen      inView
	resting   *time.Timer // until the view has rested; nil before the first change

	runTab, jobsTab, resultsTab *container.TabItem

	opening context.CancelFunc // of the image that is being opened; nil when none is
	opened
	probe   *source.Probe
	runner  *runner.Runner
	overlay overlayState
}

// New makes the window; nothing is open yet. data is the folder of what belongs to no image alone, ui is
// fyne.Do, or what tests have in its place.
func New(a fyne.App, data string, ui func(func())) *Shell {
	s := &Shell{app: a, data: data, prefs: a.Preferences(), ui: ui}
	s.restyle()
	s.win = a.NewWindow("explant")
	s.stage = newStage(func() { s.win.Canvas().Unfocus() }, s.entered)
	s.actions = s.table()
	s.status = newStatusBar(s)
	s.tools = newToolBar(s)
	s.list = newListPanel(s)
	s.marks = newMarksPanel(s)
	s.display = newDisplayPanel(s)
	s.preview, s.histogram = newPreviewView(s), newHistogramView(s)
	s.run = newRunPanel(s)
	s.jobs = newJobsPanel(s)
	s.results = newResultsPanel(s)
	s.runner = runner.New(func(t runner.Task) { s.ui(func() { s.told(t) }) })
	s.stage.enlarge(s.scale())
	s.win.SetMainMenu(s.menus())
	s.win.SetContent(s.layout())
	s.win.Resize(fyne.NewSize(1280, 800))
	s.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { s.dropped(uris) })
	s.win.SetCloseIntercept(s.quit)
	s.bind()
	s.list.recent()
	return s
}

// layout puts the parts into the window.
func (s *Shell) layout() fyne.CanvasObject {
	s.runTab, s.jobsTab, s.resultsTab = container.NewTabItem("Run", s.run.box), container.NewTabItem("Jobs", s.jobs.box), container.NewTabItem("Results", s.results.box)
	s.tabs = container.NewAppTabs(
		container.NewTabItem("Mark", s.marks.box), container.NewTabItem("Display", container.NewVScroll(s.display.box)),
		s.runTab, s.jobsTab, s.resultsTab,
	)
	s.welcome = newWelcome(s)
	s.center = container.NewStack(s.stage, s.preview.badge, s.welcome)
	s.split = container.NewHSplit(s.center, s.tabs)
	s.split.SetOffset(s.prefs.FloatWithFallback("layout.right", 0.68))
	s.outer = container.NewHSplit(s.list.box, s.split)
	s.outer.SetOffset(s.prefs.FloatWithFallback("layout.left", 0.16))
	if s.prefs.Bool("layout.noLeft") {
		s.foldLeft()
	}
	if s.prefs.Bool("layout.noRight") {
		s.foldRight()
	}
	return container.NewBorder(s.tools.box, s.status.box, nil, nil, s.outer)
}

// foldLeft hides or shows the list of images.
func (s *Shell) foldLeft() { fold(s.outer, s.list.box) }

// foldRight hides or shows the inspector.
func (s *Shell) foldRight() { fold(s.split, s.tabs) }

func fold(split *container.Split, part fyne.CanvasObject) {
	if part.Visible() {
		part.Hide()
	} else {
		part.Show()
	}
	split.Refresh()
}

// Run shows the window until it is closed.
func (s *Shell) Run() { s.win.ShowAndRun() }

// Window is the window of the shell.
func (s *Shell) Window() fyne.Window { return s.win }

// quit keeps the layout and closes what is open.
func (s *Shell) quit() {
	s.prefs.SetFloat("layout.left", s.outer.Offset)
	s.prefs.SetFloat("layout.right", s.split.Offset)
	s.prefs.SetBool("layout.noLeft", !s.list.box.Visible())
	s.prefs.SetBool("layout.noRight", !s.tabs.Visible())
	s.Close()
	s.win.Close()
}

// Close ends what runs in the background and closes the image.
func (s *Shell) Close() {
	if s.opening != nil {
		s.opening()
	}
	if s.resting != nil {
		s.resting.Stop()
	}
	s.list.close()
	s.runner.Close()
	s.closeImage()
}

func (s *Shell) dropped(uris []fyne.URI) {
	if len(uris) > 0 {
		s.Open(uris[0].Path())
	}
}

// refresh tells the stage that a frame is ready; it is called from any goroutine.
func (s *Shell) refresh() {
	s.ui(func() {
		s.stage.raster.Refresh()
		s.looked()
	})
}

// do returns a function that does something with the drawing on the open slide.
func (s *Shell) do(fn func(*annotate.Marker)) func() {
	return func() {
		if s.marker != nil {
			fn(s.marker)
		}
	}
}

// home is where file dialogs begin: the folder of the last image.
func (s *Shell) home() fyne.ListableURI {
	dir := s.prefs.String("folder")
	if dir == "" {
		dir, _ = os.UserHomeDir()
	}
	if u, err := storage.ListerForURI(storage.NewFileURI(dir)); err == nil {
		return u
	}
	return nil
}

// DataFolder is the usual folder of what belongs to no image alone: explant in $XDG_DATA_HOME, or in
// ~/.local/share.
func DataFolder() string {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "explant")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return filepath.Join(os.TempDir(), "explant")
	}
	return filepath.Join(home, ".local", "share", "explant")
}

// wrapped is a label that breaks its lines.
func wrapped(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}
