package shell

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
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

// matching are the actions with all words of a query in their menu or name, in the order of the table.
func matching(all []action, query string) []action {
	var found []action
	for _, a := range all {
		text := strings.ToLower(a.menu + " " + a.name)
		fits := true
		for _, word := range strings.Fields(strings.ToLower(query)) {
			fits = fits && strings.Contains(text, word)
		}
		if fits {
			found = append(found, a)
		}
	}
	return found
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

// sheet lists every key.
func (s *Shell) sheet() {
	rows := container.NewGridWithColumns(4)
	add := func(keys, name string) {
		rows.Add(widget.NewLabelWithStyle(keys, fyne.TextAlignTrailing, fyne.TextStyle{Bold: true}))
		rows.Add(widget.NewLabel(name))
	}
	for _, a := range s.actions {
		if a.keys != "" {
			add(a.keys, a.name)
		}
	}
	add("Space (held)", "Pan")
	add("H (held)", "Peek under the overlay")
	add("Wheel", "Zoom; in volumes slices")
	add("Ctrl+wheel", "Zoom in volumes")
	add("Arrows", "Pan; in volumes slices")
	add("PgUp, PgDn", "Slice by 10")
	add("Shift+move", "Move the cross-hair")
	add("1 to 9", "Class")
	d := dialog.NewCustom("Keys", "Close", container.NewVScroll(rows), s.win)
	d.Resize(fyne.NewSize(980, 620))
	d.Show()
}
