package volumeview

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"explant/app/desktop/screen"
	"explant/app/desktop/slices"
	"explant/app/desktop/source"
	"explant/volume/render"
)

// open presents a volume of 40 x 30 x 20 voxels: its left half 100, its right half 200.
func open(t testing.TB) *Volume {
	t.Helper()
	data := []byte("NRRD0004\ntype: uint16\ndimension: 3\nsizes: 40 30 20\nspacings: 0.01 0.01 0.03\nunits: \"mm\" \"mm\" \"mm\"\nendian: little\nencoding: raw\n\n")
	for range 20 * 30 {
		for x := range 40 {
			data = binary.LittleEndian.AppendUint16(data, uint16(100+100*(x/20)))
		}
	}
	path := filepath.Join(t.TempDir(), "v.nrrd")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := source.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := New(context.Background(), m, slices.Options{}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close(); _ = m.Close() })
	v.Resize(400, 300, 1)
	for v.Frame() == nil || v.Stack.Progress() < 1 {
		time.Sleep(time.Millisecond)
	}
	return v
}

func TestFirstViewIsTheMiddle(t *testing.T) {
	v := open(t)
	if v.Cross() != [3]int{20, 15, 10} {
		t.Errorf("cross-hair at %v", v.Cross())
	}
	// The spacing along z is three times the others: upright planes are drawn in that shape.
	if p := v.panes[sagittal].view.Pixel; p[0] != 1 || p[1] < 2.999 || p[1] > 3.001 {
		t.Errorf("pixels of the sagittal plane are %v", p)
	}
	v.SetWindow(render.Window{Low: 100, High: 200})
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		f := v.Frame()
		left, right := f.RGBAAt(60, 100), f.RGBAAt(140, 100)
		if left.R == 0 && right.R == 255 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("left %v, right %v", left, right)
		}
	}
}

func TestPointerMovesTheLinkedCrossHair(t *testing.T) {
	v := open(t)
	// The axial pane is the upper left quarter, 198 x 148 pixels: 4.93 pixels a voxel.
	v.Press(screen.Pointer{X: 50, Y: 40, Primary: true})
	v.Release(screen.Pointer{})
	at := v.Cross()
	if at[2] != 10 || at[0] < 9 || at[0] > 10 || at[1] < 7 || at[1] > 8 {
		t.Errorf("cross-hair at %v", at)
	}
	v.Wheel(screen.Pointer{X: 50, Y: 40}, 3)
	if v.Cross()[2] != 13 {
		t.Errorf("slice %d after three notches", v.Cross()[2])
	}
	v.Wheel(screen.Pointer{X: 300, Y: 40}, -100)
	if v.Cross()[0] != 0 {
		t.Errorf("x is %d: it must stay in the volume", v.Cross()[0])
	}
	v.Move(screen.Pointer{X: 100, Y: 75, Shift: true})
	if got := v.Cross(); got[0] < 19 || got[0] > 20 {
		t.Errorf("with Shift the cross-hair is at %v", got)
	}
}

func TestRightDragChangesTheWindow(t *testing.T) {
	v := open(t)
	var told render.Window
	v.OnWindow = func(w render.Window) { told = w }
	before := v.Window()
	v.Press(screen.Pointer{X: 50, Y: 40, Secondary: true})
	v.Move(screen.Pointer{X: 90, Y: 40, Secondary: true})
	v.Release(screen.Pointer{})
	after := v.Window()
	if width := func(w render.Window) float64 { return w.High - w.Low }; width(after) <= width(before) || told != after {
		t.Errorf("%v became %v, told %v", before, after, told)
	}
}

func TestDoubleClickShowsOnePlaneAlone(t *testing.T) {
	v := open(t)
	v.Double(screen.Pointer{X: 300, Y: 40})
	if r := v.panes[sagittal].rect; r.Dx() != 400 || !v.panes[axial].rect.Empty() {
		t.Errorf("the sagittal plane has %v", r)
	}
	v.Double(screen.Pointer{X: 300, Y: 40})
	if v.panes[axial].rect.Empty() {
		t.Error("the planes did not come back")
	}
}
