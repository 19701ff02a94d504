package shell

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/annotate"
	"explant/app/desktop/journal"
	"explant/app/desktop/library"
	"explant/app/desktop/slices"
	"explant/app/desktop/slideview"
	"explant/app/desktop/source"
	"explant/app/desktop/volumeview"
	"explant/io/calibration"
)

// opened is an image with what presents it, a slide or a volume, and what is drawn on it.
type opened struct {
	image  *source.Image
	slide  *slideview.Slide
	marker *annotate.Marker
	volume *volumeview.Volume
	torn   journal.Torn
}

// close ends what presents the image, and closes it.
func (o opened) close() error {
	var err error
	if o.slide != nil {
		o.slide.Close()
	}
	if o.volume != nil {
		o.volume.Close()
	}
	if o.marker != nil {
		err = o.marker.Close()
	}
	if o.image != nil {
		err = errors.Join(err, o.image.Close())
	}
	return err
}

// Open opens a file or a folder in the background and shows it. A folder of several images becomes a list.
func (s *Shell) Open(path string) {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		if items, err := library.Folder(path, s.data); err == nil && library.Many(items) {
			s.list.show(items, path)
			s.status.say(path)
			return
		}
	}
	if s.opening != nil {
		s.opening()
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.opening = cancel
	s.status.say("opening " + filepath.Base(path) + " …")
	typed := s.typedSpacing(path)
	go func() {
		next, err := s.present(ctx, path, typed)
		s.ui(func() {
			switch {
			case ctx.Err() != nil:
				_ = next.close() // another image was asked for meanwhile; nothing was drawn on this one
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

// present opens an image and makes its first picture; it runs off the UI thread.
func (s *Shell) present(ctx context.Context, path string, typed [3]float64) (o opened, err error) {
	if o.image, err = source.Open(ctx, path); err != nil {
		return opened{}, err
	}
	o.image.Calibrate(typed)
	if o.image.Volume() {
		o.volume, err = volumeview.New(ctx, o.image, slices.Options{}, s.refresh)
	} else {
		o.slide, err = slideview.New(ctx, o.image, s.refresh)
	}
	if err == nil {
		err = s.presentMarks(&o)
	}
	if err != nil {
		return opened{}, errors.Join(err, o.close())
	}
	return o, nil
}

// presentMarks opens what was drawn on an image, and puts it over the picture.
func (s *Shell) presentMarks(o *opened) error {
	path, err := library.Journal(o.image.Path, s.data)
	if err != nil {
		return err
	}
	read := annotate.Open
	if o.volume != nil {
		read = annotate.OpenVolume
	}
	book, torn, err := read(path, author())
	if err != nil {
		return err
	}
	o.torn = torn
	if o.volume != nil {
		o.marker = annotate.NewMarker(book, o.image.Grid(), o.volume.Redraw)
		o.marker.Ground = o.volume.Ground
		o.volume.SetMarks(o.marker)
		return nil
	}
	o.marker = annotate.NewMarker(book, o.image.Grid(), o.slide.Redraw)
	o.marker.Ground = o.slide.Ground
	o.slide.SetMarks(o.marker)
	o.slide.SetTool(o.marker)
	return nil
}

// author is who draws, as the system knows the person.
func author() string {
	for _, name := range []string{"EXPLANT_AUTHOR", "USER", "LOGNAME", "USERNAME"} {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return "unknown"
}

// show puts an opened image on the stage.
func (s *Shell) show(o opened) {
	s.closeImage()
	s.opened = o
	m := o.image
	s.probe = source.NewProbe(m, func(_ [3]int, values string) { s.ui(func() { s.status.values.SetText(values) }) })
	o.marker.Told = s.marks.refresh
	o.marker.Failed = func(err error) { s.fail("The last step is not saved", err) }
	if o.slide != nil {
		o.slide.OnHover = s.hover
		s.stage.show(o.slide)
	} else {
		o.volume.OnHover = s.hoverVoxel
		o.volume.OnWindow = s.display.window
		s.stage.show(o.volume)
	}
	s.welcome.Hide()
	s.win.SetTitle(m.Name + " – explant")
	s.status.say(m.Describe())
	if text := o.torn.String(); text != "" {
		s.status.say(text)
	}
	s.remember(m.Path)
	s.list.opened(m.Path)
	s.tools.show()
	s.display.show()
	s.run.show()
	s.marks.show()
	s.recalibrated()
	s.results.load()
}

func (s *Shell) closeImage() {
	if s.image == nil {
		return
	}
	s.stage.show(nil)
	s.probe.Close()
	s.preview.close()
	s.histogram.close()
	s.results.placer.close()
	s.closeOverlay()
	if err := s.opened.close(); err != nil {
		s.fail("The image did not close cleanly", err)
	}
	s.opened = opened{}
}

// mostRecent is the length of the list of images opened last.
const mostRecent = 12

// remember puts an image on top of those opened last.
func (s *Shell) remember(path string) {
	all := []string{path}
	for _, older := range s.prefs.StringList("recent") {
		if older != path && len(all) < mostRecent {
			all = append(all, older)
		}
	}
	s.prefs.SetStringList("recent", all)
	s.prefs.SetString("folder", filepath.Dir(path))
}

// hover tells where the pointer is on a slide.
func (s *Shell) hover(x, y float64, inside bool) {
	if !inside {
		s.status.place.SetText("")
		s.status.values.SetText("")
		return
	}
	s.status.place.SetText(s.image.PlaceText(x, y))
	s.probe.Ask([3]int{int(x), int(y), 0})
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

// fail shows an error: what, where, and what to do; the text can be copied.
func (s *Shell) fail(what string, err error) {
	s.status.say(what)
	text := wrapped(err.Error())
	text.Selectable = true
	d := dialog.NewCustomWithoutButtons(what, text, s.win)
	copyIt := widget.NewButtonWithIcon("Copy", theme.ContentCopyIcon(), func() { s.app.Clipboard().SetContent(what + ": " + err.Error()) })
	d.SetButtons([]fyne.CanvasObject{copyIt, widget.NewButton("Close", d.Hide)})
	d.Resize(fyne.NewSize(560, 200))
	d.Show()
}

func (s *Shell) openDialog() {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil {
			s.fail("The file dialog failed", err)
			return
		}
		if r != nil {
			path := r.URI().Path()
			_ = r.Close() // it is opened again by its path
			s.Open(path)
		}
	}, s.win)
	if at := s.home(); at != nil {
		d.SetLocation(at)
	}
	d.Resize(fyne.NewSize(900, 600))
	d.Show()
}

func (s *Shell) folderDialog() {
	d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		if err != nil {
			s.fail("The folder dialog failed", err)
			return
		}
		if u != nil {
			s.Open(u.Path())
		}
	}, s.win)
	if at := s.home(); at != nil {
		d.SetLocation(at)
	}
	d.Resize(fyne.NewSize(900, 600))
	d.Show()
}

// spacingKey names the typed spacing of an image among the settings.
func spacingKey(path string) string {
	print, err := library.Print(path)
	if err != nil {
		return ""
	}
	return "spacing." + print[:12]
}

// typedSpacing is what a person typed for an image before, in mm; 0 where nothing was.
func (s *Shell) typedSpacing(path string) [3]float64 {
	key := spacingKey(path)
	text := s.prefs.String(key)
	if key == "" || text == "" {
		return [3]float64{}
	}
	mm, err := calibration.ParseSpacing(text)
	if err != nil {
		return [3]float64{}
	}
	return mm
}
