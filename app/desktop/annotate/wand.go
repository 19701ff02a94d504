package annotate

import (
	"image"
	"math"

	"explant/app/desktop/viewport"
	"explant/io/geojson"
)

// flood is what the wand has taken of a picture of the screen: a cell of the mask is a pixel of it.
type flood struct {
	picture   *image.RGBA // of the sheet, without marks
	view      viewport.View
	turn      func(geojson.Point) geojson.Point // between places of the sheet and of its picture
	tolerance float64
	in        *mask // in pixels of the screen
}

// leastHole is the number of pixels of the screen below which a hole in what the wand took is noise.
const leastHole = 40

// wave begins to take what looks like the place of a press, within the view.
func (m *Marker) wave(at viewport.Place, here geojson.Point) {
	picture, view := m.Ground(at.Sheet)
	if picture == nil {
		return
	}
	m.change(func() {
		f := &flood{picture: smoothed(picture), view: view, tolerance: m.tolerance, turn: func(p geojson.Point) geojson.Point { return m.turn(p, at.Sheet) }}
		f.in = &mask{cell: 1, w: picture.Rect.Dx(), h: picture.Rect.Dy(), in: make([]bool, picture.Rect.Dx()*picture.Rect.Dy())}
		m.draft = draft{on: at.Sheet, points: []geojson.Point{here}, drawing: true, flood: f, taken: f.take(here)}
	})
}

// cast makes what the wand took a part of the object under its start, if it has the class in use, or a new
// object.
func (m *Marker) cast(d draft) {
	if len(d.taken) == 0 {
		return
	}
	m.mu.Lock()
	class := m.class
	m.mu.Unlock()
	sx, sy := m.squares(d.on)
	for _, o := range m.candidates(d.on, d.points[0]) {
		old := stretched(o.Geometry, sx, sy)
		if o.Class == class && Hit(o, d.points[0][0], d.points[0][1], 0) {
			both := united(old.Polygons, stretched(geojson.Geometry{Polygons: d.taken}, sx, sy).Polygons, 1/d.flood.view.Scale)
			m.reshape("Wand", o, stretched(geojson.Geometry{Polygons: both}, 1/sx, 1/sy).Polygons)
			return
		}
	}
	m.add("Wand", d.on, geojson.Geometry{Polygons: d.taken})
}

// united is what lies in one of two areas, on a grid of cells.
func united(a, b []geojson.Polygon, cell float64) []geojson.Polygon {
	all := append(append([]geojson.Polygon(nil), a...), b...)
	m := newMask(boxOf(&Object{Geometry: geojson.Geometry{Polygons: all}}), cell*cellsPerRadius)
	for _, p := range all {
		m.fill(p)
	}
	return m.polygons()
}

// outline is the border of what was taken, on the sheet; small holes are closed.
func (f *flood) outline() []geojson.Polygon {
	var all []geojson.Polygon
	for _, p := range f.in.polygons() {
		kept := p[:1]
		for _, hole := range p[1:] {
			if math.Abs(signed(hole)) >= leastHole {
				kept = append(kept, hole)
			}
		}
		all = append(all, kept)
	}
	return mapped(geojson.Geometry{Polygons: all}, func(p geojson.Point) geojson.Point {
		x, y := f.view.ToImage(p[0], p[1])
		return f.turn(geojson.Point{x, y})
	}).Polygons
}

// take adds what is connected with a place and differs from it by no more than the tolerance, in every
// colour, and returns the border of all that was taken. What lies beyond the image is never taken.
func (f *flood) take(at geojson.Point) []geojson.Polygon {
	at = f.turn(at)
	sx, sy := f.view.ToScreen(at[0], at[1])
	seed := image.Pt(int(math.Floor(sx)), int(math.Floor(sy)))
	if f.in.at(seed.X, seed.Y) || !seed.In(image.Rect(0, 0, f.in.w, f.in.h)) {
		return f.outline()
	}
	x0, y0, x1, y1 := f.view.Bounds()
	ax, ay := f.view.ToScreen(x0, y0)
	bx, by := f.view.ToScreen(x1, y1)
	within := image.Rect(int(math.Ceil(ax)), int(math.Ceil(ay)), int(math.Ceil(bx)), int(math.Ceil(by))).Intersect(image.Rect(0, 0, f.in.w, f.in.h))
	color := f.picture.Pix[f.picture.PixOffset(seed.X, seed.Y):][:3]
	alike := func(x, y int) bool {
		p := f.picture.Pix[f.picture.PixOffset(x, y):][:3]
		for c := range 3 {
			if math.Abs(float64(p[c])-float64(color[c])) > f.tolerance {
				return false
			}
		}
		return true
	}
	stack := []image.Point{seed}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !p.In(within) || f.in.in[p.Y*f.in.w+p.X] || !alike(p.X, p.Y) {
			continue
		}
		f.in.in[p.Y*f.in.w+p.X] = true
		stack = append(stack, p.Add(image.Pt(1, 0)), p.Add(image.Pt(-1, 0)), p.Add(image.Pt(0, 1)), p.Add(image.Pt(0, -1)))
	}
	return f.outline()
}

// smoothed is a picture whose pixels are the means of 3 x 3: single ones neither stop the wand nor let it
// leak.
func smoothed(src *image.RGBA) *image.RGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			var sum, n int
			for c := range 3 {
				sum, n = 0, 0
				for ny := max(y-1, 0); ny <= min(y+1, h-1); ny++ {
					for nx := max(x-1, 0); nx <= min(x+1, w-1); nx++ {
						sum += int(src.Pix[ny*src.Stride+4*nx+c])
						n++
					}
				}
				out.Pix[y*out.Stride+4*x+c] = uint8((sum + n/2) / n)
			}
			out.Pix[y*out.Stride+4*x+3] = 255
		}
	}
	return out
}
