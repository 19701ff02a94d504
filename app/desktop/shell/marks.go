package shell

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/analysis/result"
	"explant/app/desktop/annotate"
	"explant/app/desktop/source"
	"explant/app/desktop/viewport"
	"explant/io/geojson"
)

// classNames are the classes that a person draws, in the order of the number keys.
var classNames = []string{"fibrin", "platelet", "rbc", "leukocyte", "nucleus", "net", "collagen", "other", "excluded:artefact"}

// marksPanel lists the classes and the objects that are drawn.
type marksPanel struct {
	box     fyne.CanvasObject
	shell   *Shell
	classes []*widget.Button
	class   int
	objects *widget.List
	shown   []*annotate.Object
	summary *widget.Label
	detail  *widget.Label
	guided  bool // the list is set by the program, not chosen by the person

	barWanted bool // a ruler is to be drawn over a scale bar, for the calibration
}

func newMarksPanel(s *Shell) *marksPanel {
	p := &marksPanel{shell: s, summary: widget.NewLabel(""), detail: wrapped("")}
	p.summary.Truncation = fyne.TextTruncateEllipsis
	grid := container.NewGridWithColumns(2)
	for i, name := range classNames {
		b := widget.NewButton(fmt.Sprintf("%d  %s", i+1, strings.TrimPrefix(name, "excluded:")), func() { p.setClass(i) })
		b.Alignment = widget.ButtonAlignLeading
		b.Importance = widget.LowImportance
		p.classes = append(p.classes, b)
		swatch := canvas.NewRectangle(classColor(name))
		swatch.SetMinSize(fyne.NewSize(8, 20))
		swatch.CornerRadius = 2
		grid.Add(container.NewBorder(nil, nil, swatch, nil, b))
	}
	p.objects = widget.NewList(func() int { return len(p.shown) }, objectRow, p.fillRow)
	p.objects.OnSelected = func(id widget.ListItemID) { p.goTo(p.shown[id]) }
	undo := widget.NewButtonWithIcon("Undo", theme.ContentUndoIcon(), s.undo)
	del := widget.NewButtonWithIcon("Delete", theme.DeleteIcon(), s.do((*annotate.Marker).Delete))
	out := widget.NewButtonWithIcon("Export", theme.UploadIcon(), s.exportDialog)
	in := widget.NewButtonWithIcon("Import", theme.DownloadIcon(), s.importDialog)
	top := container.NewVBox(heading("Classes"), grid, widget.NewSeparator(), heading("Objects"), p.summary)
	bottom := container.NewVBox(p.detail, container.NewGridWithColumns(2, undo, del, in, out))
	room := canvas.NewRectangle(color.Transparent)
	room.SetMinSize(fyne.NewSize(10, 110)) // that the list keeps
	p.box = container.NewVScroll(container.NewBorder(top, bottom, nil, nil, container.NewStack(room, p.objects)))
	return p
}

// heading is a line above a part of a panel.
func heading(text string) *widget.Label {
	return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

func classColor(name string) color.NRGBA { return source.ClassColor(result.Class{Name: name}) }

func objectRow() fyne.CanvasObject {
	swatch := canvas.NewRectangle(color.Black)
	swatch.SetMinSize(fyne.NewSize(8, 16))
	return container.NewBorder(nil, nil, swatch, nil, widget.NewLabel(""))
}

func (p *marksPanel) fillRow(id widget.ListItemID, row fyne.CanvasObject) {
	if id >= len(p.shown) {
		return
	}
	o := p.shown[id]
	parts := row.(*fyne.Container).Objects
	text := o.Class
	if text == "" {
		text = "no class"
	}
	if o.Name != "" {
		text += " “" + o.Name + "”"
	}
	if on := p.shell.marker.SheetText(o); on != "" {
		text += "   " + on
	}
	parts[0].(*widget.Label).SetText(text + "   " + p.shell.marker.Measure(o))
	swatch := parts[1].(*canvas.Rectangle)
	swatch.FillColor = color.NRGBA{0x9A, 0xA5, 0xB1, 255}
	if o.Color != nil {
		swatch.FillColor = color.NRGBA{o.Color[0], o.Color[1], o.Color[2], 255}
	}
	swatch.Refresh()
}

// setClass chooses the class of what is drawn next.
func (p *marksPanel) setClass(i int) {
	p.class = i
	for k, b := range p.classes {
		b.Importance = widget.LowImportance
		if k == i {
			b.Importance = widget.HighImportance
		}
		b.Refresh()
	}
	if m := p.shell.marker; m != nil {
		c := classColor(classNames[i])
		m.SetClass(classNames[i], [3]uint8{c.R, c.G, c.B})
	}
}

// show takes the drawing of another image.
func (p *marksPanel) show() {
	p.setClass(p.class)
	p.refresh()
}

// refresh shows the objects, the newest first.
func (p *marksPanel) refresh() {
	m := p.shell.marker
	p.shown = nil
	if m == nil {
		p.summary.SetText("")
		p.detail.SetText("")
		p.objects.Refresh()
		p.shell.status.saved.SetText("")
		return
	}
	p.shown = m.Book.Newest()
	p.summary.SetText(fmt.Sprintf("%d drawn; the newest first", len(p.shown)))
	if len(p.shown) > 0 {
		p.shell.list.annotated(p.shell.image.Path)
	} else {
		p.summary.SetText("none yet: take a tool (B) and a class (1 to 9)")
	}
	p.detail.SetText("")
	if name := m.Book.UndoName(); name != "" {
		p.detail.SetText("Ctrl+Z takes back: " + name)
	}
	p.shell.status.saved.SetText("saved")
	p.objects.Refresh()
	p.follow(m.Selected())
	p.shell.drawnBar()
}

// follow marks the selected object in the list.
func (p *marksPanel) follow(id string) {
	p.guided = true
	defer func() { p.guided = false }()
	p.objects.UnselectAll()
	for i, o := range p.shown {
		if o.ID == id {
			p.objects.Select(i)
			return
		}
	}
}

// goTo selects an object and brings the view there.
func (p *marksPanel) goTo(o *annotate.Object) {
	m := p.shell.marker
	if p.guided || m == nil {
		return
	}
	m.Choose(o.ID)
	on, b := m.Where(o)
	p.shell.bring(on, b)
}

// bring shows a box of a sheet when it is not in view.
func (s *Shell) bring(on viewport.Sheet, b annotate.Box) {
	if s.volume != nil {
		s.volume.Show(on, b.X0, b.Y0, b.X1, b.Y1)
		return
	}
	v := s.slide.View()
	if x0, y0, x1, y1 := v.Bounds(); b.X0 < x0 || b.Y0 < y0 || b.X1 > x1 || b.Y1 > y1 {
		scale := min(float64(v.Screen[0])/(b.X1-b.X0+1), float64(v.Screen[1])/(b.Y1-b.Y0+1)) / 2
		s.slide.Show((b.X0+b.X1)/2, (b.Y0+b.Y1)/2, min(v.Scale, scale))
	}
}

func (s *Shell) undo() {
	if s.marker != nil {
		if name := s.marker.Undo(); name != "" {
			s.status.say("taken back: " + name)
		}
	}
}

func (s *Shell) redo() {
	if s.marker != nil {
		if name := s.marker.Redo(); name != "" {
			s.status.say("done again: " + name)
		}
	}
}

// exportDialog writes the objects as GeoJSON.
func (s *Shell) exportDialog() {
	if s.marker == nil {
		return
	}
	d := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
		if err != nil {
			s.fail("The file cannot be written", err)
		}
		if err != nil || w == nil {
			return
		}
		err = geojson.Write(w, s.marker.Book.Objects())
		if closing := w.Close(); err == nil {
			err = closing
		}
		if err != nil {
			s.fail("The objects are not exported", err)
			return
		}
		s.status.say("exported to " + w.URI().Path())
	}, s.win)
	name := filepath.Base(s.image.Path)
	d.SetFileName(strings.TrimSuffix(name, filepath.Ext(name)) + ".geojson")
	if at := s.home(); at != nil {
		d.SetLocation(at)
	}
	d.Resize(fyne.NewSize(900, 600))
	d.Show()
}

// importDialog adds the objects of a GeoJSON file.
func (s *Shell) importDialog() {
	if s.marker == nil {
		return
	}
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil {
			s.fail("The file cannot be read", err)
		}
		if err != nil || r == nil {
			return
		}
		path := r.URI().Path()
		_ = r.Close() // it is opened again by its path
		s.importFile(path)
	}, s.win)
	d.SetFilter(storage.NewExtensionFileFilter([]string{".geojson", ".json"}))
	if at := s.home(); at != nil {
		d.SetLocation(at)
	}
	d.Resize(fyne.NewSize(900, 600))
	d.Show()
}

func (s *Shell) importFile(path string) {
	f, err := os.Open(path)
	if err != nil {
		s.fail("The file cannot be read", err)
		return
	}
	defer f.Close()
	all, err := geojson.Read(f)
	if err == nil {
		err = s.marker.Import(all)
	}
	if err != nil {
		s.fail("The objects are not imported", fmt.Errorf("%s: %w", path, err))
		return
	}
	s.status.say(fmt.Sprintf("%d objects imported from %s", len(all), filepath.Base(path)))
}
