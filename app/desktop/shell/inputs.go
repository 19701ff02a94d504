package shell

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/analysis/protocol"
	"explant/app/desktop/runner"
	"explant/app/pipeline"
)

// inputsView takes what goes in beside the image and the rules.
type inputsView struct {
	box      *fyne.Container
	shell    *Shell
	axis     *choiceEntry
	axisRow  fyne.CanvasObject
	entries  map[string]*entry // by flag
	rows     map[string]fyne.CanvasObject
	channels *fyne.Container
	stated   []*widget.Select // the marker of each channel of the image
	files    []string         // "h3cit=h3.tif"
	controls []string
	batch    *fyne.Container // of fluorescence
	markers  []string        // of the protocol
	rules    protocol.Protocol
	changed  func()
}

// byName leaves it to the name of a channel which marker it is.
const byName = "by its name"

func newInputsView(s *Shell, changed func()) *inputsView {
	v := &inputsView{shell: s, entries: map[string]*entry{}, rows: map[string]fyne.CanvasObject{}, changed: changed, channels: container.NewVBox()}
	v.axis = s.newChoiceEntry(pipeline.Axes)
	v.axis.SetText("z")
	v.axis.OnChanged = func(string) { changed() }
	v.axisRow = container.NewVBox(spread(wrapped("Flow axis"), v.axis), small("From inlet to outlet; or two points in mm, x0,y0,z0:x1,y1,z1.", widget.LowImportance))
	v.batch = container.NewVBox()
	v.box = container.NewVBox(v.axisRow, v.batch)
	for _, i := range runner.Inputs {
		v.rows[i.Flag] = v.row(i)
		v.box.Add(v.rows[i.Flag])
	}
	return v
}

// row makes the line of one input.
func (v *inputsView) row(i runner.Input) fyne.CanvasObject {
	e := v.shell.newEntry()
	e.SetPlaceHolder(i.Hint)
	bad := small("", widget.DangerImportance)
	bad.Hide()
	e.OnChanged = func(text string) {
		bad.Hide()
		if err := v.check(i, text); err != nil {
			bad.SetText(err.Error())
			bad.Show()
		}
		v.changed()
	}
	v.entries[i.Flag] = e
	var input fyne.CanvasObject = e
	if i.File {
		pick := flat(theme.FolderOpenIcon(), func() { v.shell.pick(func(path string) { e.SetText(path) }) })
		input = container.NewBorder(nil, nil, nil, pick, e)
	}
	return container.NewVBox(spread(wrapped(i.Title), input), bad, small(i.Help, widget.LowImportance))
}

// check is what is wrong with a text; nil for none at all.
func (v *inputsView) check(i runner.Input, text string) error {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return i.Check(text)
}

// pick lets a person choose a file.
func (s *Shell) pick(chosen func(path string)) {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil {
			s.fail("The file dialog failed", err)
			return
		}
		if r != nil {
			path := r.URI().Path()
			_ = r.Close() // it is opened again by its path
			chosen(path)
		}
	}, s.win)
	if at := s.home(); at != nil {
		d.SetLocation(at)
	}
	d.Resize(fyne.NewSize(900, 600))
	d.Show()
}

// show offers what a protocol takes.
func (v *inputsView) show(p protocol.Protocol) {
	v.rules = p
	shown(v.axisRow, !p.Engine.Planar() && p.Engine != protocol.Voxels)
	for _, i := range runner.Inputs {
		shown(v.rows[i.Flag], i.For(p))
	}
	v.markers, v.stated, v.files = nil, nil, nil
	if p.Fluorescence != nil {
		for m := range p.Fluorescence.Markers {
			v.markers = append(v.markers, m)
		}
		slices.Sort(v.markers)
		for c := range v.shell.image.Info.Channels {
			sel := widget.NewSelect(append([]string{byName}, v.markers...), func(string) { v.changed() })
			sel.Selected = byName
			v.stated = append(v.stated, sel)
			_ = c
		}
	}
	v.buildBatch()
}

// buildBatch shows the channels and the control slides of fluorescence.
func (v *inputsView) buildBatch() {
	v.batch.Objects = nil
	defer v.batch.Refresh()
	if len(v.markers) == 0 {
		return
	}
	v.batch.Add(heading("Channels"))
	names := v.shell.image.Info.ChannelNames
	for c, sel := range v.stated {
		name := fmt.Sprintf("%d", c+1)
		if c < len(names) {
			name += "  " + names[c]
		}
		v.batch.Add(spread(wrapped(name), sel))
	}
	for k, f := range v.files {
		v.batch.Add(v.listed(f, func() { v.files = slices.Delete(v.files, k, k+1) }))
	}
	v.batch.Add(widget.NewButtonWithIcon("A channel in a file of its own…", theme.ContentAddIcon(), v.addChannel))
	v.batch.Add(heading("Control slides"))
	v.batch.Add(small("Slides of the same batch without the specific stain; they set the thresholds of markers.", widget.LowImportance))
	for k, f := range v.controls {
		v.batch.Add(v.listed(f, func() { v.controls = slices.Delete(v.controls, k, k+1) }))
	}
	v.batch.Add(widget.NewButtonWithIcon("Add a control slide…", theme.ContentAddIcon(), func() {
		v.shell.pick(func(path string) { v.controls = append(v.controls, path); v.rebuilt() })
	}))
}

func (v *inputsView) rebuilt() {
	v.buildBatch()
	v.changed()
}

// listed is a line of a list with a button that takes it out.
func (v *inputsView) listed(text string, remove func()) fyne.CanvasObject {
	l := widget.NewLabel(filepath.Base(text))
	l.Truncation = fyne.TextTruncateEllipsis
	return container.NewBorder(nil, nil, nil, flat(theme.DeleteIcon(), func() { remove(); v.rebuilt() }), l)
}

// addChannel asks for the marker and the file of a channel.
func (v *inputsView) addChannel() {
	marker := widget.NewSelect(v.markers, nil)
	marker.SetSelectedIndex(0)
	d := dialog.NewCustomWithoutButtons("Which marker is in the file?", marker, v.shell.win)
	next := widget.NewButton("Choose the file…", func() {
		d.Hide()
		v.shell.pick(func(path string) { v.files = append(v.files, marker.Selected+"="+path); v.rebuilt() })
	})
	next.Importance = widget.HighImportance
	d.SetButtons([]fyne.CanvasObject{widget.NewButton("Cancel", d.Hide), next})
	d.Resize(fyne.NewSize(360, 160))
	d.Show()
}

// put puts what is typed for a protocol into an order.
func (v *inputsView) put(o *runner.Order) error {
	if !v.rules.Engine.Planar() {
		o.Axis = strings.TrimSpace(v.axis.Text)
	}
	for _, i := range runner.Inputs {
		text := strings.TrimSpace(v.entries[i.Flag].Text)
		if text == "" || !i.For(v.rules) {
			continue
		}
		if err := i.Check(text); err != nil {
			return fmt.Errorf("%s: %w", i.Title, err)
		}
		*i.In(o) = text
	}
	if o.Frame != "" {
		o.Axis = ""
	}
	if v.rules.Engine == protocol.Fluorescence {
		for c, sel := range v.stated {
			if sel.Selected != byName {
				o.Channels = append(o.Channels, fmt.Sprintf("%s=%d", sel.Selected, c+1))
			}
		}
		o.Channels = append(o.Channels, v.files...)
		o.Controls = slices.Clone(v.controls)
	}
	return nil
}
