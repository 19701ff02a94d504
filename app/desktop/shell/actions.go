package shell

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// action is one thing that the program does on command: in a menu, by a key, from the search.
type action struct {
	menu string // the menu that lists it
	name string
	keys string // as people write them, several parted by ", ": "Ctrl+O", "V", "F9"; "" for none
	do   func()
}

// typedRune does what a typed character means, unless a dialog is open.
func (s *Shell) typedRune(r rune) {
	if s.win.Canvas().Overlays().Top() != nil {
		return
	}
	if a := s.keyed(r); a != nil {
		a.do()
	}
}

// closeDialog takes the keys of an open dialog: Escape closes it. It reports whether there is one.
func (s *Shell) closeDialog(key fyne.KeyName) bool {
	top := s.win.Canvas().Overlays().Top()
	if pop, ok := top.(*widget.PopUp); ok && key == fyne.KeyEscape {
		pop.Hide()
	}
	return top != nil
}

// keyed finds the action of a typed character; a capital may have one of its own.
func (s *Shell) keyed(r rune) *action {
	name := strings.ToUpper(string(r))
	if name == "H" {
		return nil // taken while it is held
	}
	if unicode.IsUpper(r) {
		if a := s.named("Shift+" + name); a != nil {
			return a
		}
	}
	return s.named(name)
}

// named finds the action of keys as the table has them.
func (s *Shell) named(name string) *action {
	for i := range s.actions {
		for _, k := range strings.Split(s.actions[i].keys, ", ") {
			if k == name {
				return &s.actions[i]
			}
		}
	}
	return nil
}

// named are keys that type no character.
var named = map[string]fyne.KeyName{
	"F1": fyne.KeyF1, "F9": fyne.KeyF9, "F10": fyne.KeyF10, "Enter": fyne.KeyReturn, "Esc": fyne.KeyEscape,
	"Backspace": fyne.KeyBackspace, "Delete": fyne.KeyDelete, "0": fyne.Key0,
}

// ofSystem are the keys that the window reports as what they mean everywhere.
var ofSystem = map[string]fyne.Shortcut{"Ctrl+Z": &fyne.ShortcutUndo{}, "Ctrl+Y": &fyne.ShortcutRedo{}}

// shortcut is what the window listens to for keys with Ctrl; false for keys without.
func shortcut(keys string) (fyne.Shortcut, bool) {
	if known, ok := ofSystem[keys]; ok {
		return known, true
	}
	parts := strings.Split(keys, "+")
	c := &desktop.CustomShortcut{}
	for _, p := range parts[:len(parts)-1] {
		switch p {
		case "Ctrl":
			c.Modifier |= fyne.KeyModifierControl
		case "Shift":
			c.Modifier |= fyne.KeyModifierShift
		}
	}
	last := parts[len(parts)-1]
	c.KeyName = fyne.KeyName(last)
	if n, ok := named[last]; ok {
		c.KeyName = n
	}
	return c, c.Modifier&fyne.KeyModifierControl != 0
}

// bind listens to the keys of all actions.
func (s *Shell) bind() {
	c := s.win.Canvas()
	for _, a := range s.actions {
		for _, k := range strings.Split(a.keys, ", ") {
			if sc, ok := shortcut(k); ok {
				c.AddShortcut(sc, func(fyne.Shortcut) { a.do() })
			}
		}
	}
	c.SetOnTypedRune(s.typedRune)
	c.SetOnTypedKey(s.typedKey)
	if d, ok := c.(desktop.Canvas); ok {
		d.SetOnKeyDown(func(e *fyne.KeyEvent) { s.heldKey(e.Name, true) })
		d.SetOnKeyUp(func(e *fyne.KeyEvent) { s.heldKey(e.Name, false) })
	}
}

// unseen is a shortcut that its menu does not write a second time. Those of menus are taken before what has the
// focus could swallow them, such as text that was selected to be copied.
type unseen struct{ fyne.Shortcut }

// typed is text that is being typed, which has steps of its own.
type typed interface {
	Undo()
	Redo()
}

// typing is the text that has the focus; nil when none has.
func (s *Shell) typing() typed {
	text, _ := s.win.Canvas().Focused().(typed)
	return text
}

// stepBack takes the last step back: of what is typed, or else of what is drawn.
func (s *Shell) stepBack() {
	if text := s.typing(); text != nil {
		text.Undo()
		return
	}
	s.undo()
}

// stepAgain does the step again that was taken back last.
func (s *Shell) stepAgain() {
	if text := s.typing(); text != nil {
		text.Redo()
		return
	}
	s.redo()
}

// entered takes the focus from what would swallow the keys of the tools when the pointer comes to the picture,
// unless something is typed there.
func (s *Shell) entered() {
	if s.win.Canvas().Focused() != nil && s.typing() == nil {
		s.win.Canvas().Unfocus()
	}
}

// menus lists the actions under their menus, in the order of the table.
func (s *Shell) menus() *fyne.MainMenu {
	main := fyne.NewMainMenu()
	for _, a := range s.actions {
		if a.menu == "" {
			continue
		}
		var m *fyne.Menu
		for _, known := range main.Items {
			if known.Label == a.menu {
				m = known
			}
		}
		if m == nil {
			m = fyne.NewMenu(a.menu)
			main.Items = append(main.Items, m)
		}
		item := fyne.NewMenuItem(a.label(), a.do)
		if sc, ok := shortcut(strings.Split(a.keys, ", ")[0]); ok {
			item.Shortcut = unseen{sc}
		}
		m.Items = append(m.Items, item)
	}
	return main
}

// label is the name with its keys.
func (a action) label() string {
	if a.keys == "" {
		return a.name
	}
	return a.name + "    " + a.keys
}
