package shell

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// foldable is a heading with what lies under it, which is made when it is first opened.
type foldable struct {
	box    *fyne.Container
	button *widget.Button
	under  *fyne.Container
	make   func() fyne.CanvasObject // nil once it was called
	opened func(bool)               // told of every change; may be nil
}

// newFold makes a heading; beside stands right of it and may be nil.
func newFold(name string, open bool, beside fyne.CanvasObject, content func() fyne.CanvasObject) *foldable {
	f := &foldable{make: content, under: container.NewStack()}
	f.button = widget.NewButtonWithIcon(name, theme.MenuExpandIcon(), func() { f.set(!f.under.Visible()) })
	f.button.Alignment = widget.ButtonAlignLeading
	f.button.Importance = widget.LowImportance
	f.under.Hide()
	f.box = container.NewVBox(container.NewBorder(nil, nil, nil, beside, f.button), f.under)
	if open {
		f.set(true)
	}
	return f
}

// set opens or closes it.
func (f *foldable) set(open bool) {
	if open && f.make != nil {
		f.under.Add(f.make())
		f.make = nil
	}
	f.under.Hide()
	f.button.SetIcon(theme.MenuExpandIcon())
	if open {
		f.under.Show()
		f.button.SetIcon(theme.MenuDropDownIcon())
	}
	f.box.Refresh()
	if f.opened != nil {
		f.opened(open)
	}
}

// small is a line of small text that breaks.
func small(text string, importance widget.Importance) *widget.Label {
	l := wrapped(text)
	l.SizeName = theme.SizeNameCaptionText
	l.Importance = importance
	return l
}
