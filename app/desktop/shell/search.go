package shell

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// searchEntry is an entry whose arrows walk through the list below it.
type searchEntry struct {
	widget.Entry
	move func(by int)
	quit func()
}

// TypedKey is part of fyne.Focusable.
func (e *searchEntry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyDown:
		e.move(1)
	case fyne.KeyUp:
		e.move(-1)
	case fyne.KeyEscape:
		e.quit()
	default:
		e.Entry.TypedKey(k)
	}
}

// matching are the actions with all words of a query in their menu or name: first those whose name begins
// with it, else in the order of the table.
func matching(all []action, query string) []action {
	var first, found []action
	for _, a := range all {
		text := strings.ToLower(a.menu + " " + a.name)
		fits := true
		for _, word := range strings.Fields(strings.ToLower(query)) {
			fits = fits && strings.Contains(text, word)
		}
		switch {
		case fits && strings.HasPrefix(strings.ToLower(a.name), strings.ToLower(query)):
			first = append(first, a)
		case fits:
			found = append(found, a)
		}
	}
	return append(first, found...)
}

// search finds any action by its words.
func (s *Shell) search() {
	found := s.actions
	at := 0
	list := widget.NewList(func() int { return len(found) },
		func() fyne.CanvasObject {
			return container.NewBorder(nil, nil, widget.NewLabel(""), widget.NewLabel(""))
		},
		func(i widget.ListItemID, row fyne.CanvasObject) {
			if i < len(found) {
				parts := row.(*fyne.Container).Objects
				parts[0].(*widget.Label).SetText(found[i].menu + ":  " + found[i].name)
				parts[1].(*widget.Label).SetText(found[i].keys)
			}
		})
	entry := &searchEntry{}
	entry.ExtendBaseWidget(entry)
	entry.SetPlaceHolder("what do you want to do?")
	d := dialog.NewCustomWithoutButtons("Find an action", container.NewBorder(entry, nil, nil, nil, list), s.win)
	do := func(i int) {
		d.Hide()
		if i < len(found) {
			found[i].do()
		}
	}
	walking := false
	choose := func(i int) {
		walking = true
		at = min(max(i, 0), max(len(found)-1, 0))
		list.Select(at)
		walking = false
	}
	list.OnSelected = func(i widget.ListItemID) {
		if !walking {
			do(i)
		}
	}
	entry.move = func(by int) { choose(at + by) }
	entry.quit = d.Hide
	entry.OnChanged = func(query string) {
		found = matching(s.actions, query)
		list.UnselectAll()
		list.Refresh()
		choose(0)
	}
	entry.OnSubmitted = func(string) { do(at) }
	d.Resize(fyne.NewSize(520, 460))
	d.Show()
	choose(0)
	s.win.Canvas().Focus(entry)
}

// held are keys that are no action: they do something while they are down, or with the mouse.
var held = [][2]string{
	{"Space (held)", "Pan"}, {"H (held)", "Peek under the overlay"}, {"1 to 9", "Class of what is drawn"},
	{"Wheel", "Zoom; in volumes go through slices"}, {"Ctrl+wheel", "Zoom in volumes"}, {"Right drag", "Window of grey values in volumes"},
	{"Arrows", "Pan; in volumes slice by 1"}, {"PgUp, PgDn", "Slice by 10"}, {"Shift+move", "Cross-hair follows in volumes"},
	{"Double click", "One plane alone; ends a polygon"},
}

// sheet lists every key.
func (s *Shell) sheet() {
	var all [][2]string
	for _, a := range s.actions {
		if a.keys != "" && !strings.HasPrefix(a.name, "Class ") {
			all = append(all, [2]string{a.keys, a.name})
		}
	}
	all = append(all, held...)
	const columns = 3
	grid, rows := container.NewGridWithColumns(columns), (len(all)+columns-1)/columns
	for len(all) > 0 {
		part := container.New(layout.NewFormLayout())
		n := min(rows, len(all))
		for _, k := range all[:n] {
			part.Add(widget.NewLabelWithStyle(k[0], fyne.TextAlignTrailing, fyne.TextStyle{Bold: true}))
			part.Add(widget.NewLabel(k[1]))
		}
		grid.Add(part)
		all = all[n:]
	}
	d := dialog.NewCustom("Keys", "Close", container.NewVScroll(grid), s.win)
	d.Resize(fyne.NewSize(1060, 640))
	d.Show()
}
