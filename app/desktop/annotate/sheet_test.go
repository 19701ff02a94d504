package annotate

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"explant/app/desktop/screen"
	"explant/app/desktop/viewport"
	"explant/io/geojson"
	"explant/volume"
	"explant/volume/render"
)

// volumeMarker is the tools on a volume of 100 x 80 x 60 voxels of 10 x 10 x 30 µm, with a new journal.
func volumeMarker(t *testing.T) (m *Marker, journal string) {
	t.Helper()
	journal = filepath.Join(t.TempDir(), "v.log")
	b, _, err := OpenVolume(journal, "tester")
	if err != nil {
		t.Fatal(err)
	}
	m = NewMarker(b, volume.Grid{N: [3]int{100, 80, 60}, Spacing: [3]float64{0.01, 0.01, 0.03}}, func() {})
	m.Failed = func(err error) { t.Error(err) }
	t.Cleanup(func() { _ = m.Close() })
	return m, journal
}

// dragOn drags over places of the picture of a slice.
func dragOn(m *Marker, s viewport.Sheet, places ...[2]float64) {
	at := func(p [2]float64) viewport.Place { return viewport.Place{Sheet: s, X: p[0], Y: p[1], PerPixel: 0.25} }
	m.Press(at(places[0]), screen.Pointer{})
	for _, p := range places[1:] {
		m.Move(at(p), screen.Pointer{})
	}
	m.Release(at(places[len(places)-1]), screen.Pointer{})
}

var axial, sagittal, coronal = viewport.Sheet{Axis: render.Z, Slice: 7}, viewport.Sheet{Axis: render.X, Slice: 12}, viewport.Sheet{Axis: render.Y, Slice: 40}

// TestMarksOfAVolumeLieOnTheirSlice draws the same rectangle of the screen on three planes: its coordinates
// are voxels, its measure is in the units of its plane, and a restart finds it where it was.
func TestMarksOfAVolumeLieOnTheirSlice(t *testing.T) {
	m, journal := volumeMarker(t)
	m.SetKind(Rectangle)
	for _, c := range []struct {
		on   viewport.Sheet
		text string
		box  Box // of the sheet: z upwards becomes z from the first slice on
		area string
	}{
		{axial, "axial 8", Box{10, 10, 30, 20}, "0.02 mm²"},
		{sagittal, "sagittal 13", Box{10, 40, 30, 50}, "0.06 mm²"},
		{coronal, "coronal 41", Box{10, 40, 30, 50}, "0.06 mm²"},
	} {
		dragOn(m, c.on, [2]float64{10, 10}, [2]float64{30, 20})
		o := m.Book.Object(m.Selected())
		if o == nil || m.SheetText(o) != c.text || boxOf(o) != c.box || m.Measure(o) != c.area {
			t.Fatalf("%s: %+v, %s", c.text, o, m.Measure(o))
		}
		if on, b := m.Where(o); on != c.on || b != (Box{10, 10, 30, 20}) {
			t.Errorf("%s is shown on %v in %v", c.text, on, b)
		}
	}
	drawn := m.Book.Objects()
	again, _, err := OpenVolume(journal, "tester")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if !reflect.DeepEqual(again.Objects(), drawn) {
		t.Error("a restart changed the objects")
	}
	for _, s := range []viewport.Sheet{axial, sagittal, coronal} {
		if n := len(again.Near(s, Box{0, 0, 100, 100}, 0)); n != 1 {
			t.Errorf("%d objects on %v", n, s)
		}
		if n := len(again.Near(viewport.Sheet{Axis: s.Axis, Slice: s.Slice + 1}, Box{0, 0, 100, 100}, 0)); n != 0 {
			t.Errorf("%d objects on the slice after %v", n, s)
		}
	}
}

// TestMarksAreDrawnOnTheirSliceAlone looks at the frames.
func TestMarksAreDrawnOnTheirSliceAlone(t *testing.T) {
	m, _ := volumeMarker(t)
	m.SetClass("fibrin", [3]uint8{250, 10, 20})
	m.SetKind(Rectangle)
	dragOn(m, sagittal, [2]float64{10, 10}, [2]float64{30, 20})
	m.Choose("")
	shown := func(s viewport.Sheet) bool {
		w, h := 80, 60
		v := viewport.Fit([2]float64{float64(w), float64(h)}, [2]float64{1, 1}, [2]int{4 * w, 4 * h})
		dst := image.NewRGBA(image.Rect(0, 0, 4*w, 4*h))
		settled(m, dst, s, v)
		return dst.RGBAAt(4*10, 4*15).R > 100
	}
	if !shown(sagittal) || shown(viewport.Sheet{Axis: render.X, Slice: 13}) || shown(viewport.Sheet{Axis: render.Y, Slice: 12}) || !shown(sagittal) {
		t.Error("a mark is on another slice, or not on its own")
	}
}

// TestVolumeMarksGoThroughGeoJSON writes and reads them: slices across z are where QuPath has them.
func TestVolumeMarksGoThroughGeoJSON(t *testing.T) {
	m, _ := volumeMarker(t)
	m.SetKind(Ellipse)
	for _, s := range []viewport.Sheet{axial, sagittal, coronal} {
		dragOn(m, s, [2]float64{10, 10}, [2]float64{30, 20})
	}
	var text bytes.Buffer
	if err := geojson.Write(&text, m.Book.Objects()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"plane":{"c":-1,"z":7,"t":0}`, `"metadata":{"plane":"sagittal"}`, `"metadata":{"plane":"coronal"}`} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %s in %s", want, text.String())
		}
	}
	all, err := geojson.Read(&text)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := volumeMarker(t)
	if err := other.Import(all); err != nil || !reflect.DeepEqual(other.Book.Objects(), m.Book.Objects()) {
		t.Errorf("import: %v", err)
	}
	all[1].Geometry.Plane.Z = 100
	if err := other.Import(all); err == nil || !strings.Contains(err.Error(), "object 2: slice 100 across x is not in a volume of 100") {
		t.Errorf("a slice beyond the volume: %v", err)
	}
}

// TestBrushIsRoundOnTheScreen draws on a plane whose pixels are three times as high as wide.
func TestBrushIsRoundOnTheScreen(t *testing.T) {
	m, _ := volumeMarker(t)
	m.SetKind(Brush)
	dragOn(m, coronal, [2]float64{50, 30}, [2]float64{50.1, 30})
	b := boxOf(m.Book.Object(m.Selected()))
	// A radius of 14 pixels of the screen is 3.5 columns, and a third of that in slices.
	if w, h := b.X1-b.X0, b.Y1-b.Y0; math.Abs(w-7) > 0.5 || math.Abs(h-7/3.) > 0.2 {
		t.Errorf("a dot of %.2f x %.2f voxels", w, h)
	}
}

func TestAngleIsThatOfTheWorld(t *testing.T) {
	m, _ := volumeMarker(t)
	m.SetKind(Angle)
	at := func(x, y float64) viewport.Place { return viewport.Place{Sheet: coronal, X: x, Y: y, PerPixel: 0.25} }
	for _, p := range [][2]float64{{40, 30}, {10, 30}, {40, 20}} { // 30 columns of 10 µm, 10 slices of 30 µm
		m.Move(at(p[0], p[1]), screen.Pointer{})
		m.Press(at(p[0], p[1]), screen.Pointer{})
		m.Release(at(p[0], p[1]), screen.Pointer{})
	}
	o := m.Book.Object(m.Selected())
	if o == nil || m.Measure(o) != "45.0°" || m.Book.UndoName() != "Angle" {
		t.Fatalf("%+v", o)
	}
	m.SetGrid(volume.Grid{N: [3]int{100, 80, 60}})
	if got := m.Measure(o); got != "18.4°" {
		t.Errorf("uncalibrated: %s", got)
	}
}

func TestPointsOfAClassAreCounted(t *testing.T) {
	m, _ := newMarker(t)
	m.SetKind(Points)
	m.SetClass("nucleus", [3]uint8{1, 2, 3})
	for i := range 3 {
		m.Press(on([2]float64{float64(10 * i), 5}), screen.Pointer{})
	}
	o := m.Book.Object(m.Selected())
	if m.Book.Len() != 1 || m.Measure(o) != "3 points" {
		t.Fatalf("%d objects: %+v", m.Book.Len(), o)
	}
	m.SetClass("net", [3]uint8{3, 2, 1})
	m.Press(on([2]float64{50, 50}), screen.Pointer{})
	if m.Book.Len() != 2 || m.Undo() != "Point" || m.Undo() != "Point" || m.Measure(m.Book.Object(o.ID)) != "2 points" {
		t.Errorf("%d objects", m.Book.Len())
	}
}

// TestGripsReshape drags the corner of each kind of object.
func TestGripsReshape(t *testing.T) {
	m, _ := newMarker(t)
	m.SetKind(Rectangle)
	drag(m, [2]float64{10, 10}, [2]float64{110, 60})
	m.SetKind(Select)
	drag(m, [2]float64{110, 60}, [2]float64{210, 110})
	if o := m.Book.Object(m.Selected()); Area(o) != 200*100 || m.Book.UndoName() != "Reshape" {
		t.Errorf("rectangle: area %v after %s", Area(o), m.Book.UndoName())
	}
	m.SetKind(Ruler)
	drag(m, [2]float64{300, 300}, [2]float64{400, 300})
	m.SetKind(Select)
	drag(m, [2]float64{400, 300}, [2]float64{300, 350})
	if o := m.Book.Object(m.Selected()); m.Measure(o) != "25 µm" {
		t.Errorf("ruler: %s", m.Measure(o))
	}
	m.SetKind(Ellipse)
	drag(m, [2]float64{500, 500}, [2]float64{600, 560})
	m.SetKind(Select)
	drag(m, [2]float64{500, 500}, [2]float64{400, 440})
	o := m.Book.Object(m.Selected())
	if b := boxOf(o); math.Abs(b.X0-400) > 0.1 || math.Abs(b.Y1-560) > 0.1 || !o.Geometry.Ellipse {
		t.Errorf("ellipse in %v", b)
	}
	locked := *o
	locked.ID, locked.Locked = "", true
	id, err := m.Book.Add("Import", locked)
	if err != nil {
		t.Fatal(err)
	}
	m.Choose(id)
	drag(m, [2]float64{500, 500}, [2]float64{550, 550})
	if boxOf(m.Book.Object(id)) != boxOf(&locked) {
		t.Error("a locked object was moved")
	}
}

// TestWandTakesWhatLooksAlike floods a disc on a noisy ground, with a hole in it, on a view that is enlarged
// twice.
func TestWandTakesWhatLooksAlike(t *testing.T) {
	m, _ := newMarker(t)
	m.SetClass("fibrin", [3]uint8{1, 2, 3})
	v := viewport.Fit([2]float64{1000, 800}, [2]float64{1, 1}, [2]int{2000, 1600})
	picture := image.NewRGBA(image.Rect(0, 0, 2000, 1600))
	for y := range 1600 {
		for x := range 2000 {
			r := math.Hypot(float64(x)+0.5-800, float64(y)+0.5-600) / 2
			c := color.RGBA{220, 210, 215, 255}
			if r < 100 && r > 30 {
				c = color.RGBA{150, 60, uint8(120 + (x*7+y*13)%15), 255}
			}
			picture.SetRGBA(x, y, c)
		}
	}
	m.Ground = func(viewport.Sheet) (*image.RGBA, viewport.View) { return picture, v }
	m.SetKind(Wand)
	drag(m, [2]float64{450, 300}, [2]float64{452, 300})
	o := m.Book.Object(m.Selected())
	if o == nil || o.Class != "fibrin" || len(o.Geometry.Polygons) != 1 || len(o.Geometry.Polygons[0]) != 2 {
		t.Fatalf("%+v", o)
	}
	if want := math.Pi * (100*100 - 30*30); math.Abs(Area(o)-want) > 0.02*want {
		t.Errorf("area %v, want %v", Area(o), want)
	}
	drag(m, [2]float64{400, 300}, [2]float64{401, 300}) // the hole is glass: it does not belong to the object
	if m.Book.Len() != 2 {
		t.Errorf("%d objects", m.Book.Len())
	}
	if m.Undo() != "Wand" || m.Grow(1000) == "" {
		t.Error("no wand")
	}
	drag(m, [2]float64{450, 300}, [2]float64{451, 300})
	if o := m.Book.Object(m.Selected()); m.Book.Len() != 1 || math.Abs(Area(o)-1000*800) > 4000 {
		t.Errorf("with every tolerance: %d objects, area %v", m.Book.Len(), Area(o))
	}
}
