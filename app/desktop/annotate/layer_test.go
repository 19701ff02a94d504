package annotate

import (
	"image/color"
	"path/filepath"
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
