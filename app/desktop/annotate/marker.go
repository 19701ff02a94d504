package annotate

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"sync"

	"explant/app/desktop/screen"
	"explant/app/desktop/tiles"
	"explant/app/desktop/viewport"
	"explant/io/geojson"
	"explant/volume"
)

// Kind is a tool.
type Kind string

// The tools.
const (
	Select    Kind = "Select"
	Brush     Kind = "Brush"
	Eraser    Kind = "Eraser"
	Polygon   Kind = "Polygon"
	Freehand  Kind = "Freehand"
	Rectangle Kind = "Rectangle"
	Ellipse   Kind = "Ellipse"
	Ruler     Kind = "Ruler"
)

// layerBytes bounds the tiles of drawn objects that are kept.
const layerBytes = 96 << 20

// Marker is the tools on one image: what the pointer does, and the picture of what is drawn. The pointer
// and the setters are used on one goroutine, Draw on another.
type Marker struct {
	Book *Book

	// Told when something changed that panels show; Failed when a step could not be saved.
	Told   func()
	Failed func(error)

	grid   volume.Grid
	redraw func()
	layer  *tiles.Cache

	mu       sync.Mutex
	kind     Kind
	class    string
	color    [3]uint8
	radius   float64 // of the brush, in pixels of the screen
	selected string
	draft    []geojson.Point // what is being drawn, in pixels of the image
	drawing  bool
	width    float64 // of the brush of the draft, in pixels of the image
	hover    geojson.Point
	hovering bool
	hidden   bool
}

// NewMarker puts the tools on an image; redraw asks for a new frame. The marker takes over the book.
func NewMarker(b *Book, g volume.Grid, redraw func()) *Marker {
	m := &Marker{Book: b, grid: g, redraw: redraw, kind: Select, radius: 14, Told: func() {}, Failed: func(error) {}}
	m.layer = tiles.NewCache(newLayer(b, g.N[0], g.N[1]), layerBytes, 1, redraw)
	b.Changed = func(box Box) {
		const margin = 4 // pixels of the coarsest tiles' lines
		levels := m.layer.Levels()
		d := levels[len(levels)-1].Downsample * margin
		m.layer.Invalidate(box.X0-d, box.Y0-d, box.X1+d, box.Y1+d)
	}
	return m
}

// Close ends the making of tiles and closes the journal.
func (m *Marker) Close() error {
	m.layer.Close()
	return m.Book.Close()
}

func (m *Marker) change(fn func()) {
	m.mu.Lock()
	fn()
	m.mu.Unlock()
	m.redraw()
}

// SetKind takes another tool; what is half drawn is dropped.
func (m *Marker) SetKind(k Kind) {
	m.change(func() { m.kind, m.draft, m.drawing = k, nil, false })
}

// Kind is the tool in use.
func (m *Marker) Kind() Kind {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kind
}

// SetClass sets the class of what is drawn next. While objects are selected, not drawn, the selected one
// takes it.
func (m *Marker) SetClass(name string, c [3]uint8) {
	m.change(func() { m.class, m.color = name, c })
	if o := m.Book.Object(m.Selected()); m.Kind() == Select && o != nil && o.Class != name {
		next := *o
		next.Class, next.Color = name, &c
		m.step(m.Book.Change("Set class "+name, o.ID, next))
	}
}

// SetHidden hides all objects while it is true.
func (m *Marker) SetHidden(on bool) { m.change(func() { m.hidden = on }) }

// The range of the radius of the brush, in pixels of the screen.
const leastRadius, mostRadius = 2, 200

// Grow multiplies the radius of the brush.
func (m *Marker) Grow(by float64) {
	m.change(func() { m.radius = min(max(m.radius*by, leastRadius), mostRadius) })
}

// Selected is the identifier of the selected object; "" for none.
func (m *Marker) Selected() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.selected
}

// Choose selects an object; "" for none.
func (m *Marker) Choose(id string) {
	m.change(func() { m.selected = id })
	m.Told()
}

// step shows how a step ended.
func (m *Marker) step(err error) {
	if err != nil {
		m.Failed(err)
	}
	m.Told()
	m.redraw()
}

// Undo takes the last step back, and tells its name.
func (m *Marker) Undo() string { return m.back(m.Book.Undo) }

// Redo does the step again that was taken back last, and tells its name.
func (m *Marker) Redo() string { return m.back(m.Book.Redo) }

func (m *Marker) back(fn func() (string, error)) string {
	name, err := fn()
	if m.Book.Object(m.Selected()) == nil {
		m.change(func() { m.selected = "" })
	}
	m.step(err)
	return name
}

// Delete takes the selected object away.
func (m *Marker) Delete() {
	if id := m.Selected(); id != "" {
		m.change(func() { m.selected = "" })
		m.step(m.Book.Delete("Delete", id))
	}
}

// Draw draws the objects, the selected one stronger, and what is being drawn.
func (m *Marker) Draw(dst *image.RGBA, v viewport.View, density float64) {
	m.mu.Lock()
	kind, c, draft, drawing, width, hidden := m.kind, m.color, append([]geojson.Point(nil), m.draft...), m.drawing, m.width, m.hidden
	radius, hover, hovering, selected, class := m.radius*density, m.hover, m.hovering, m.selected, m.class
	m.mu.Unlock()
	if hidden {
		return
	}
	if class == "" {
		c = none
	}
	m.layer.Draw(dst, v, 1)
	at := func(p geojson.Point) screen.Point {
		x, y := v.ToScreen(p[0], p[1])
		return screen.Point{X: x, Y: y}
	}
	if o := m.Book.Object(selected); o != nil {
		drawObject(dst, o, at, 3*density, 2*areaAlpha)
		m.label(dst, o, at, density)
	}
	ink := color.NRGBA{c[0], c[1], c[2], 255}
	fx, _ := v.Factor()
	if len(draft) > 0 {
		m.drawDraft(dst, kind, along(draft, at), drawing, width*fx, ink, density)
		if kind == Ruler && len(draft) == 2 {
			m.label(dst, &Object{Geometry: geojson.Geometry{Lines: [][]geojson.Point{draft}}}, at, density)
		}
	}
	if hovering && (kind == Brush || kind == Eraser) {
		screen.Line(dst, screen.Circle(at(hover), radius), true, 1.5*density, color.NRGBA{0, 0, 0, 160})
		screen.Line(dst, screen.Circle(at(hover), radius), true, density, color.NRGBA{255, 255, 255, 230})
	}
}

// drawDraft draws what is not finished yet.
func (m *Marker) drawDraft(dst *image.RGBA, kind Kind, points []screen.Point, drawing bool, width float64, ink color.NRGBA, density float64) {
	line := 2 * density
	switch kind {
	case Brush, Eraser:
		if kind == Eraser {
			ink = color.NRGBA{255, 255, 255, 255}
		}
		ink.A = 110
		capsules(dst, points, width, ink)
	case Rectangle, Ellipse:
		if len(points) == 2 {
			p := rectangle(geojson.Point{points[0].X, points[0].Y}, geojson.Point{points[1].X, points[1].Y})
			if kind == Ellipse {
				p = ellipse(geojson.Point{points[0].X, points[0].Y}, geojson.Point{points[1].X, points[1].Y})
			}
			screen.Line(dst, along(p[0], func(p geojson.Point) screen.Point { return screen.Point{X: p[0], Y: p[1]} }), true, line, ink)
		}
	default:
		screen.Line(dst, points, false, line, ink)
		if kind == Polygon {
			for _, p := range points {
				screen.Dot(dst, p, 1.8*line, ink)
			}
		}
	}
}

// capsules draws the way of a brush as one area.
func capsules(dst *image.RGBA, points []screen.Point, radius float64, c color.NRGBA) {
	if len(points) == 1 {
		screen.Dot(dst, points[0], radius, c)
		return
	}
	screen.Line(dst, points, false, 2*radius, c)
	screen.Dot(dst, points[0], radius, c)
}

// label writes the length of a line, or the area of an object, beside it.
func (m *Marker) label(dst *image.RGBA, o *Object, at func(geojson.Point) screen.Point, density float64) {
	text := m.Measure(o)
	_, y0, x1, _ := o.Geometry.Bounds()
	p := at(geojson.Point{x1, y0})
	size := int(13*density + 0.5)
	x := min(max(int(p.X)+size/2, 0), dst.Rect.Max.X-screen.TextWidth(text, size)-size/2)
	screen.Label(dst, x, min(max(int(p.Y), 2*size), dst.Rect.Max.Y-size), text, size)
}

// Measure is the length or the area of an object in words, in pixels where the image is uncalibrated.
func (m *Marker) Measure(o *Object) string {
	sx, sy, calibrated := m.grid.Spacing[0], m.grid.Spacing[1], m.grid.Calibrated()
	if !calibrated {
		sx, sy = 1, 1
	}
	if len(o.Geometry.Lines) > 0 {
		length := 0.0
		for _, l := range o.Geometry.Lines {
			for i := range len(l) - 1 {
				length += math.Hypot((l[i+1][0]-l[i][0])*sx, (l[i+1][1]-l[i][1])*sy)
			}
		}
		if calibrated {
			return screen.Length(length)
		}
		return fmt.Sprintf("%.1f px (uncalibrated)", length)
	}
	area := Area(o) * sx * sy
	switch {
	case !calibrated:
		return fmt.Sprintf("%.0f px² (uncalibrated)", area)
	case area >= 0.01:
		return fmt.Sprintf("%.4g mm²", area)
	}
	return fmt.Sprintf("%.4g µm²", area*1e6)
}

// SetGrid takes another calibration.
func (m *Marker) SetGrid(g volume.Grid) { m.change(func() { m.grid = g }) }
