package shell

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"explant/app/desktop/annotate"
	"explant/io/geojson"
)

// TestUndoHasTheKeysOfTheSystem sends the shortcuts as the window's driver reports them.
func TestUndoHasTheKeysOfTheSystem(t *testing.T) {
	s := open(t)
	s.Open(slide(t))
	eventually(t, "the image", func() bool { return s.image != nil })
	if err := s.marker.Import([]annotate.Object{{Geometry: geojson.Geometry{Points: []geojson.Point{{5, 5}}}}}); err != nil {
		t.Fatal(err)
	}
	press := func(sc fyne.Shortcut) int {
		s.win.Canvas().(interface{ TypedShortcut(fyne.Shortcut) }).TypedShortcut(sc)
		return s.marker.Book.Len()
	}
	again := &desktop.CustomShortcut{KeyName: fyne.KeyZ, Modifier: fyne.KeyModifierControl | fyne.KeyModifierShift}
	for i, c := range []struct {
		keys fyne.Shortcut
		left int
	}{{&fyne.ShortcutUndo{}, 0}, {&fyne.ShortcutRedo{}, 1}, {&fyne.ShortcutUndo{}, 0}, {again, 1}} {
		if n := press(c.keys); n != c.left {
			t.Errorf("press %d: %d objects, want %d", i, n, c.left)
		}
	}
}

// TestKeysWorkWhateverHasTheFocus selects text to be copied: keys with Ctrl are those of a menu, which no text
// swallows, and the pointer on the picture gives the other keys back. What is typed keeps the focus and its steps.
func TestKeysWorkWhateverHasTheFocus(t *testing.T) {
	s := open(t)
	for _, a := range s.actions {
		for _, m := range s.win.MainMenu().Items {
			for _, item := range m.Items {
				if sc, ok := shortcut(strings.Split(a.keys, ", ")[0]); ok && item.Label == a.label() {
					if item.Shortcut == nil || item.Shortcut.ShortcutName() != sc.ShortcutName() {
						t.Errorf("%s: the menu does not listen to %s", a.name, a.keys)
					}
				}
			}
		}
	}
	c := s.win.Canvas()
	s.tabs.Select(s.runTab)
	c.Focus(s.preview.on)
	if c.Focused() == nil {
		t.Fatal("the check box does not take the focus")
	}
	s.stage.MouseIn(&desktop.MouseEvent{})
	if c.Focused() != nil {
		t.Error("a check box keeps the keys of the tools")
	}
	s.search()
	entry, ok := c.Focused().(*searchEntry)
	if !ok {
		t.Fatal("the search does not take the focus")
	}
	entry.TypedRune('7')
	s.stage.MouseIn(&desktop.MouseEvent{})
	if c.Focused() != fyne.Focusable(entry) {
		t.Error("typing was interrupted by the pointer")
	}
	s.named("Ctrl+Z").do()
	if entry.Text != "" {
		t.Errorf("after a step back the text is %q", entry.Text)
	}
	s.named("Ctrl+Shift+Z").do()
	if entry.Text != "7" {
		t.Errorf("after the step was done again the text is %q", entry.Text)
	}
}
