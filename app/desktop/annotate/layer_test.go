package annotate

import (
	"image/color"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"explant/app/desktop/tiles"
	"explant/app/desktop/viewport"
	"explant/io/geojson"
	"explant/volume/render"
)

// TestSpecksAreSeen looks at the coarsest tile of a large image: an object of one pixel is a spot in its
// colour there, where its outline would be next to nothing, and where none is the tile is clear.
func TestSpecksAreSeen(t *testing.T) {
	b, _, err := Open(filepath.Join(t.TempDir(), "s.log"), "tester")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	o := Object{Class: "rbc", Color: &[3]uint8{200, 10, 20}, Geometry: geojson.Geometry{Polygons: []geojson.Polygon{rectangle(geojson.Point{1600, 800}, geojson.Point{1601, 801})}}}
	if _, err := b.Add("Rectangle", o); err != nil {
		t.Fatal(err)
	}
	l := newLayer(b, render.X, 8000, 8000, func(p geojson.Point, _ viewport.Sheet) geojson.Point { return p })
	top := len(l.levels) - 1
	d := l.levels[top].Downsample
	img, err := l.Tile(t.Context(), tiles.Key{Level: top})
	if err != nil {
		t.Fatal(err)
	}
	if got := img.RGBAAt(int(1600.5/d), int(800.5/d)); got != (color.RGBA{200, 10, 20, 255}) {
		t.Errorf("at its place the tile is %v", got)
	}
	if got := img.RGBAAt(int(1600.5/d)+4, int(800.5/d)); got.A != 0 {
		t.Errorf("beside it the tile is %v", got)
	}
	if img, err := l.Tile(t.Context(), tiles.Key{Level: top, X: 1, Y: 1}); img != nil || err != nil {
		t.Errorf("a tile without objects: %v, %v", img, err)
	}
}

// A tile of which a part is drawn anew is what it would be if all of it were, to a level or two: lines and areas
// are drawn from another corner.
func TestPatchedTilesEqualWholeOnes(t *testing.T) {
	b, _, err := Open(filepath.Join(t.TempDir(), "s.log"), "tester")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	r := rand.New(rand.NewPCG(3, 4))
	box := func(x, y, side float64) Object {
		return Object{Class: "rbc", Color: &[3]uint8{200, 10, uint8(x)}, Geometry: geojson.Geometry{Polygons: []geojson.Polygon{rectangle(geojson.Point{x, y}, geojson.Point{x + side, y + side})}}}
	}
	for range 200 {
		if _, err := b.Add("Rectangle", box(250*r.Float64(), 250*r.Float64(), 1+30*r.Float64())); err != nil {
			t.Fatal(err)
		}
	}
	l := newLayer(b, render.X, 256, 256, func(p geojson.Point, _ viewport.Sheet) geojson.Point { return p })
	level := slices.IndexFunc(l.levels, func(l tiles.Level) bool { return l.Downsample == 1 })
	key := tiles.Key{Level: level}
	old, err := l.Tile(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Add("Rectangle", box(100.3, 120.7, 41)); err != nil {
		t.Fatal(err)
	}
	was := slices.Clone(old.Pix)
	got, err := l.Patch(t.Context(), key, old, tiles.Box{X0: 100.3, Y0: 120.7, X1: 141.3, Y1: 161.7})
	if err != nil {
		t.Fatal(err)
	}
	want, err := l.Tile(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for i := range want.Pix {
		if d := int(got.Pix[i]) - int(want.Pix[i]); d < -3 || d > 3 {
			t.Fatalf("byte %d is %d, want %d", i, got.Pix[i], want.Pix[i])
		}
		if want.Pix[i] != was[i] {
			changed++
		}
	}
	if changed == 0 || !slices.Equal(was, old.Pix) {
		t.Error("the object is not drawn, or the tile that is shown was drawn upon")
	}
}
