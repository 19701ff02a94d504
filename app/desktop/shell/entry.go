package shell

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// entry is an entry in which the keys of actions work, too: those with Ctrl that mean nothing to text.
type entry struct {
	widget.Entry
	shell *Shell
}

func (s *Shell) newEntry() *entry {
	e := &entry{shell: s}
	e.ExtendBaseWidget(e)
	return e
}

// TypedShortcut is part of fyne.Shortcutable.
func (e *entry) TypedShortcut(sc fyne.Shortcut) {
	if !e.shell.byShortcut(sc) {
		e.Entry.TypedShortcut(sc)
	}
}

// choiceEntry is entry with choices.
type choiceEntry struct {
	widget.SelectEntry
	shell *Shell
}

func (s *Shell) newChoiceEntry(choices []string) *choiceEntry {
	e := &choiceEntry{shell: s}
	e.ExtendBaseWidget(e)
	e.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	e.SetOptions(choices)
	return e
}

// TypedShortcut is part of fyne.Shortcutable.
func (e *choiceEntry) TypedShortcut(sc fyne.Shortcut) {
	if !e.shell.byShortcut(sc) {
		e.SelectEntry.TypedShortcut(sc)
	}
}

// byShortcut does the action of keys with Ctrl; false where none has them.
func (s *Shell) byShortcut(sc fyne.Shortcut) bool {
	if _, ok := sc.(*desktop.CustomShortcut); !ok {
		return false
	}
	for _, a := range s.actions {
		for _, k := range strings.Split(a.keys, ", ") {
			if own, ok := shortcut(k); ok && own.ShortcutName() == sc.ShortcutName() {
				a.do()
				return true
			}
		}
	}
	return false
}
