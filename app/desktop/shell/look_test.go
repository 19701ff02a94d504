package shell

import (
	"encoding/binary"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"explant/app/desktop/annotate"
	"explant/app/desktop/library"
	"explant/app/desktop/slices"
	"explant/app/desktop/volumeview"
	"explant/io/geojson"
	"explant/volume/render"
)

// scan writes a volume of 40 x 30 x 20 voxels of 10 x 10 x 30 µm, its values 100 times the slice.
func scan(t *testing.T) string {
	t.Helper()
	data := []byte("NRRD0004\ntype: uint16\ndimension: 3\nsizes: 40 30 20\nspacings: 0.01 0.01 0.03\nunits: \"mm\" \"mm\" \"mm\"\nendian: little\nencoding: raw\n\n")
	for z := range 20 {
		for range 40 * 30 {
			data = binary.LittleEndian.AppendUint16(data, uint16(100*z))
		}
	}
	path := filepath.Join(t.TempDir(), "scan.nrrd")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestMarksOnAVolume draws on two planes with the pointer, exports, takes back, and goes to a mark from the
// list.
func TestMarksOnAVolume(t *testing.T) {
	s := open(t)
	s.Open(scan(t))
	eventually(t, "the volume", func() bool { return s.volume != nil })
	s.stage.picture(800, 600)
	eventually(t, "a frame", func() bool { f := s.volume.Frame(); return f != nil && f.Rect.Dx() == 800 })
	s.tools.take(annotate.Rectangle)
	s.marks.setClass(0)
	for _, at := range [][2]float32{{100, 100}, {500, 100}, {100, 400}} { // axial, sagittal, coronal
		s.press(at[0], at[1])
		s.drag(at[0]+60, at[1]+50)
		s.release(at[0]+60, at[1]+50)
	}
	if n := s.marker.Book.Len(); n != 3 || len(s.marks.shown) != 3 {
		t.Fatalf("%d marks, %d in the list", n, len(s.marks.shown))
	}
	for i, want := range []string{"coronal 16", "sagittal 21", "axial 11"} {
		if got := s.marker.SheetText(s.marks.shown[i]); got != want {
			t.Errorf("mark %d lies on %s, want %s", i, got, want)
		}
	}
	path := filepath.Join(t.TempDir(), "marks.geojson")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := geojson.Write(f, s.marker.Book.Objects()); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s.undo()
	}
	s.importFile(path)
	if n := s.marker.Book.Len(); n != 3 {
		t.Errorf("%d marks after the import", n)
	}
	s.volume.MoveTo([3]int{0, 0, 0})
	s.marks.goTo(s.marks.shown[2])
	if got := s.volume.Cross(); got[2] != 10 {
		t.Errorf("the list brought the cross-hair to %v", got)
	}
	s.tools.take(annotate.Select)
	s.press(20, 150)
	s.release(20, 150)
	if got := s.volume.Cross(); got[0] > 5 {
		t.Errorf("with the select tool a press beside all marks leaves the cross-hair at %v", got)
	}
}

func TestSlabIsTyped(t *testing.T) {
	for text, want := range map[string]volumeview.Slab{"5": {Slices: 5}, " 0.1mm ": {MM: 0.1}, "60 um": {MM: 0.06}} {
		if got, err := typedSlab(text, true); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-3", "thick", "0"} {
		if got, err := typedSlab(text, true); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
	if _, err := typedSlab("0.1mm", false); err == nil {
		t.Error("millimetres on an uncalibrated volume")
	}
	s := open(t)
	s.Open(scan(t))
	eventually(t, "the volume", func() bool { return s.volume != nil && s.volume.Stack.Progress() == 1 })
	p := s.volume.Stack.Slab(render.Z, 10, 5, slices.Max)
	if p.Data[0] != 1200 {
		t.Errorf("the brightest of slices 8 to 12 is %d", p.Data[0])
	}
}

// TestKeySGoesThroughStains looks at what the slide shows after each press.
func TestKeySGoesThroughStains(t *testing.T) {
	s := open(t)
	s.Open(slide(t))
	eventually(t, "the image", func() bool { return s.slide != nil })
	var seen []string
	for range 8 {
		s.keyed('s').do()
		look := s.slide.Look()
		if look.Stain == nil {
			break
		}
		seen = append(seen, look.Stain.Name)
	}
	if len(seen) < 2 || s.slide.Look().Stain != nil || s.display.profile.Selected != asItIs {
		t.Errorf("S showed %v and then %v", seen, s.slide.Look().Stain)
	}
}

// TestKeyNOpensTheNextNewImage goes through a folder of three, the middle one with a mark.
func TestKeyNOpensTheNextNewImage(t *testing.T) {
	s := open(t)
	dir := t.TempDir()
	for i, name := range []string{"a1.png", "b2.png", "c3.png"} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, image.NewGray(image.Rect(0, 0, 30+i, 20))); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	items, err := library.Folder(dir, s.data)
	if err != nil || len(items) != 3 {
		t.Fatal(items, err)
	}
	items[1].State = library.Annotated
	s.list.show(items, dir)
	s.Open(items[0].Path)
	eventually(t, "the first", func() bool { return s.image != nil && s.image.Path == items[0].Path })
	s.keyed('n').do()
	eventually(t, "the third", func() bool { return s.image != nil && s.image.Path == items[2].Path })
	s.keyed('N').do()
	eventually(t, "the first again", func() bool { return s.image != nil && s.image.Path == items[0].Path })
}
