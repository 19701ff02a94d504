package shell

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"explant/app/desktop/settings"
)

// rulesView is the form of a protocol's rules.
type rulesView struct {
	box     *fyne.Container
	shell   *Shell
	form    *settings.Form // nil while no protocol is chosen
	open    map[string]bool
	rows    map[string]func(settings.Item) // shows an item anew
	changed func()                         // told after every change
}

func newRulesView(s *Shell, changed func()) *rulesView {
	return &rulesView{box: container.NewVBox(), shell: s, changed: changed, open: map[string]bool{"segment": true}}
}

// show makes the form of a protocol.
func (v *rulesView) show(form *settings.Form) {
	v.form = form
	v.build()
}

// groupNames are what the groups of a protocol are called.
var groupNames = map[string]string{"segment": "Segmentation", "measure": "Measurement", "prepare": "Preparation of the volume"}

// build makes all rows.
func (v *rulesView) build() {
	v.rows = map[string]func(settings.Item){}
	v.box.Objects = nil
	if v.form != nil {
		items, err := v.form.Items()
		if err != nil {
			v.box.Add(small(err.Error(), widget.DangerImportance))
		}
		for len(items) > 0 {
			n := extent(items)
			v.box.Add(v.group(items[:n]))
			items = items[n:]
		}
	}
	v.box.Refresh()
}

// extent is how many of items the first one and what is under it are.
func extent(items []settings.Item) int {
	n := 1
	for n < len(items) && items[n].Depth > items[0].Depth {
		n++
	}
	return n
}

// group makes a heading and, when it is opened, what is under it.
func (v *rulesView) group(items []settings.Item) fyne.CanvasObject {
	head := items[0]
	name := head.Title
	if n := groupNames[head.Path]; n != "" {
		name = n
	}
	reset := flat(theme.ContentUndoIcon(), func() { v.restructure(func() error { v.form.Reset(head.Path); return nil }) })
	buttons := container.NewHBox(reset)
	switch {
	case head.Switched:
		on := widget.NewCheck("", nil)
		on.SetChecked(head.On)
		on.OnChanged = func(on bool) {
			v.open[head.Path] = on
			v.restructure(func() error { return v.form.Switch(head.Path, on) })
		}
		buttons.Add(on)
	case head.Grows:
		buttons.Add(flat(theme.ContentAddIcon(), func() {
			v.open[head.Path] = true
			v.restructure(func() error { return v.form.Grow(head.Path) })
		}))
	case head.Removable:
		buttons.Add(flat(theme.DeleteIcon(), func() { v.restructure(func() error { v.form.Shrink(head.Path); return nil }) }))
	}
	v.rows[head.Path] = func(i settings.Item) { shown(reset, i.Changed && !i.Removable) }
	v.rows[head.Path](head)
	f := newFold(name, v.open[head.Path], buttons, func() fyne.CanvasObject { return v.under(head, items[1:]) })
	f.opened = func(open bool) { v.open[head.Path] = open }
	if !head.On {
		f.button.Disable()
	}
	return f.box
}

// under makes the rows of a group, set in a little.
func (v *rulesView) under(head settings.Item, items []settings.Item) fyne.CanvasObject {
	rows := container.NewVBox()
	if head.Help != "" && head.Depth > 0 {
		rows.Add(small(head.Help, widget.LowImportance))
	}
	for len(items) > 0 {
		n := extent(items)
		if items[0].Kind == settings.Group {
			rows.Add(v.group(items[:n]))
		} else {
			rows.Add(v.row(items[0]))
		}
		items = items[n:]
	}
	edge := canvas.NewRectangle(theme.Color(theme.ColorNameSeparator))
	edge.SetMinSize(fyne.NewSize(2, 1))
	return container.NewBorder(nil, nil, container.NewHBox(gap(4), edge), nil, rows)
}

// gap is empty space.
func gap(width float32) fyne.CanvasObject {
	r := canvas.NewRectangle(nil)
	r.SetMinSize(fyne.NewSize(width, 1))
	return r
}

// row makes the line of one rule: its name, what it is, what it means.
func (v *rulesView) row(i settings.Item) fyne.CanvasObject {
	reset := flat(theme.ContentUndoIcon(), nil)
	bad := small("", widget.DangerImportance)
	input, show := v.input(i)
	reset.OnTapped = func() {
		v.form.Reset(i.Path)
		v.refresh()
	}
	v.rows[i.Path] = func(now settings.Item) {
		show(now)
		shown(reset, now.Changed)
		bad.SetText("")
		if now.Err != nil {
			bad.SetText(now.Err.Error())
		}
		shown(bad, now.Err != nil)
	}
	v.rows[i.Path](i)
	name := wrapped(i.Title)
	right := container.NewHBox(container.New(asWideAs("voxels"), widget.NewLabel(i.Unit)), container.New(asWideAs("MM"), reset))
	line := container.NewGridWithColumns(2, name, container.NewBorder(nil, nil, nil, right, input))
	switch i.Kind {
	case settings.List, settings.Text: // words want room
		line = container.NewVBox(container.NewBorder(nil, nil, nil, right, name), input)
	case settings.Switch:
		line = container.NewBorder(nil, nil, nil, right, input)
	}
	return container.NewVBox(line, bad, small(explained(i), widget.LowImportance))
}

// explained is what a rule means, its range and its default.
func explained(i settings.Item) string {
	parts := []string{}
	if i.Help != "" {
		parts = append(parts, i.Help)
	}
	if i.Range != "" {
		parts = append(parts, strings.ToUpper(i.Range[:1])+i.Range[1:]+".")
	}
	standard := i.Default
	switch {
	case i.Kind == settings.Switch:
		standard = map[string]string{"true": "on", "false": "off"}[i.Default]
	case standard == "":
		standard = "not set"
	}
	return strings.Join(append(parts, "Default: "+standard+"."), " ")
}

// input is the widget of a rule, and what shows its item anew.
func (v *rulesView) input(i settings.Item) (fyne.CanvasObject, func(settings.Item)) {
	switch i.Kind {
	case settings.Switch:
		c := widget.NewCheck(i.Title, nil)
		return c, func(now settings.Item) {
			c.OnChanged = nil
			c.SetChecked(now.Text == "true")
			c.OnChanged = func(on bool) { v.set(i.Path, fmt.Sprint(on)) }
		}
	case settings.Choice:
		c := widget.NewSelect(i.Choices, nil)
		return c, func(now settings.Item) {
			c.OnChanged = nil
			c.SetSelected(now.Text)
			c.OnChanged = func(text string) { v.set(i.Path, text) }
		}
	}
	e := v.shell.newEntry()
	e.SetPlaceHolder("not set")
	return e, func(now settings.Item) {
		e.OnChanged = nil
		if strings.TrimSpace(e.Text) != now.Text {
			e.SetText(now.Text)
		}
		e.OnChanged = func(text string) { v.set(i.Path, text) }
	}
}

// set takes what is typed.
func (v *rulesView) set(path, text string) {
	_ = v.form.Set(path, text) // the form keeps the error, which the row shows
	v.refresh()
}

// refresh shows every row anew.
func (v *rulesView) refresh() {
	items, err := v.form.Items()
	if err != nil {
		v.shell.fail("The form cannot be shown", err)
		return
	}
	for _, i := range items {
		if show := v.rows[i.Path]; show != nil {
			show(i)
		}
	}
	v.changed()
}

// restructure does what adds or takes away rows.
func (v *rulesView) restructure(do func() error) {
	if err := do(); err != nil {
		v.shell.fail("The form cannot be changed", err)
		return
	}
	v.build()
	v.changed()
}

// resetAll gives back the rules of the protocol.
func (v *rulesView) resetAll() {
	if v.form != nil {
		v.form.ResetAll()
		v.build()
		v.changed()
	}
}

// saveDialog asks for a name and saves the rules as a protocol of one's own.
func (v *rulesView) saveDialog(folder string, saved func()) {
	if v.form == nil {
		return
	}
	name := widget.NewEntry()
	name.SetText(strings.TrimSuffix(filepath.Base(v.form.Base), ".yaml"))
	if !strings.HasSuffix(v.form.Base, ".yaml") {
		name.SetText("my-" + v.form.Base)
	}
	told := small("", widget.DangerImportance)
	told.Hide()
	where := small("Every rule is spelt out in a file of "+folder+"; the command line takes it with --protocol.", widget.LowImportance)
	d := dialog.NewCustomWithoutButtons("Save as a protocol of your own", container.NewVBox(widget.NewLabel("Name"), name, told, where), v.shell.win)
	save := func() {
		err := checkName(name.Text)
		if err == nil {
			err = v.form.Save(filepath.Join(folder, strings.TrimSpace(name.Text)+".yaml"))
		}
		if err != nil {
			told.SetText(err.Error())
			told.Show()
			return
		}
		d.Hide()
		saved()
	}
	name.OnSubmitted = func(string) { save() }
	ok := widget.NewButton("Save", save)
	ok.Importance = widget.HighImportance
	d.SetButtons([]fyne.CanvasObject{widget.NewButton("Cancel", d.Hide), ok})
	d.Resize(fyne.NewSize(460, 240))
	d.Show()
	v.shell.win.Canvas().Focus(name)
}

// checkName reports a name that no file can have.
func checkName(name string) error {
	name = strings.TrimSpace(name)
	if name == "" || strings.ContainsAny(name, `/\:*?"<>|`) || name[0] == '.' {
		return errors.New("this is no name of a protocol: write letters, digits, - and _")
	}
	return nil
}

// shown shows or hides a part.
func shown(o fyne.CanvasObject, visible bool) {
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}

// asWideAs lays out one object, at least as wide as a text in a button.
type asWideAs string

// MinSize is part of fyne.Layout.
func (w asWideAs) MinSize(objects []fyne.CanvasObject) fyne.Size {
	text := fyne.MeasureText(string(w), theme.TextSize(), fyne.TextStyle{})
	return objects[0].MinSize().Max(fyne.NewSize(text.Width+2*theme.InnerPadding(), 0))
}

// Layout is part of fyne.Layout.
func (w asWideAs) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(0, 0))
	objects[0].Resize(size)
}

// spread lays objects over equal columns.
func spread(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewGridLayoutWithColumns(len(objects)), objects...)
}
