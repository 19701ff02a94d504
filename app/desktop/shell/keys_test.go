package shell

import (
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
