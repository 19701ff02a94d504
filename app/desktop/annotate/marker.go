package annotate

import (
	"errors"
	"fmt"
	"image"
	"sync"

	"explant/app/desktop/tiles"
	"explant/app/desktop/viewport"
	"explant/io/geojson"
	"explant/volume"
	"explant/volume/render"
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
	Wand      Kind = "Wand"
	Points    Kind = "Points"
	Ruler     Kind = "Ruler"
	Angle     Kind = "Angle"
)

// layerBytes bounds the tiles of drawn objects that are kept.
const layerBytes = 96 << 20

// Marker is the tools on one image: what the pointer does, and the picture of what is drawn. The pointer
// and the setters are used on one goroutine, Draw on another; Draw of different axes on several.
type Marker struct {
	Book *Book

	// Told when something changed that panels show; Failed when a step could not be saved. Ground is the
	// picture of a sheet as the screen shows it, without marks: what the wand sees.
	Told   func()
	Failed func(error)
	Ground func(viewport.Sheet) (*image.RGBA, viewport.View)

	size   [3]int // voxels
	redraw func()
	layers map[render.Axis]*layerTiles

	mu        sync.Mutex
	grid      volume.Grid
	kind      Kind
	class     string
	color     [3]uint8
	radius    float64 // of the brush, in pixels of the screen
	tolerance float64 // of the wand, in grey levels of the screen
	selected  string
	draft     draft
	hover     viewport.Place
	hovering  bool
	hidden    bool
}

// errLocked refuses to change what another program has locked.
var errLocked = errors.New("the object is locked: unlock it in the program that locked it, and import it again")

// draft is what is being drawn.
type draft struct {
	on      viewport.Sheet
	points  []geojson.Point // in pixels of the image
	drawing bool
	width   float64           // of the brush, in pixels of the image along their smaller side
	shape   *geojson.Geometry // of the selected object while it is moved or reshaped
	grip    *grip             // that is held; nil while all of an object is
	flood   *flood            // of the wand
	taken   []geojson.Polygon // by it
}

// layerTiles are the drawn objects across one axis.
type layerTiles struct {
	*tiles.Cache
	src *layer
}

// NewMarker puts the tools on an image; redraw asks for a new frame. The marker takes over the book.
func NewMarker(b *Book, g volume.Grid, redraw func()) *Marker {
	m := &Marker{Book: b, grid: g, size: g.N, redraw: redraw, kind: Select, radius: 14, tolerance: 24, Told: func() {}, Failed: func(error) {},
		Ground: func(viewport.Sheet) (*image.RGBA, viewport.View) { return nil, viewport.View{} }, layers: map[render.Axis]*layerTiles{}}
	axes := []render.Axis{viewport.Sheet{}.Axis}
	if b.volume {
		axes = []render.Axis{render.X, render.Y, render.Z}
	}
	for _, a := range axes {
		w, h := render.PlaneSize(g, m.axis(viewport.Sheet{Axis: a}))
		src := newLayer(b, a, w, h, m.turn)
		m.layers[a] = &layerTiles{tiles.NewCache(src, layerBytes/len(axes), 1, redraw), src}
	}
	b.Changed = m.changed
	return m
}

// changed draws a part of a sheet anew.
func (m *Marker) changed(on viewport.Sheet, box Box) {
	l := m.layers[on.Axis]
	if l == nil || l.src.slice.Load() != int64(on.Slice) {
		return
	}
	a, b := m.turn(geojson.Point{box.X0, box.Y0}, on), m.turn(geojson.Point{box.X1, box.Y1}, on)
	l.Invalidate(tiles.Box{X0: a[0], Y0: min(a[1], b[1]), X1: b[0], Y1: max(a[1], b[1])}, reach)
}

// Close ends the making of tiles and closes the journal.
func (m *Marker) Close() error {
	for _, l := range m.layers {
		l.Close()
	}
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
	m.change(func() { m.kind, m.draft = k, draft{} })
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
	if o := m.Book.Object(m.Selected()); m.Kind() == Select && o != nil && o.Class != name && !o.Locked {
		next := *o
		next.Class, next.Color = name, &c
		m.step(m.Book.Change("Set class "+name, o.ID, next))
	}
}

// SetHidden hides all objects while it is true.
func (m *Marker) SetHidden(on bool) { m.change(func() { m.hidden = on }) }

// The range of the radius of the brush, in pixels of the screen, and of the tolerance of the wand, in grey
// levels.
const (
	leastRadius, mostRadius       = 2, 200
	leastTolerance, mostTolerance = 1, 200
)

// Grow multiplies the radius of the brush, or while the wand is in use its tolerance; it returns what the
// tool takes now, in words.
func (m *Marker) Grow(by float64) (text string) {
	m.change(func() {
		if m.kind == Wand {
			m.tolerance = min(max(m.tolerance*by, leastTolerance), mostTolerance)
			text = fmt.Sprintf("the wand takes what differs by at most %.0f of 255 grey levels", m.tolerance)
			return
		}
		m.radius = min(max(m.radius*by, leastRadius), mostRadius)
		text = fmt.Sprintf("brush of %.0f px of the screen", 2*m.radius)
	})
	return text
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
	id := m.Selected()
	if o := m.Book.Object(id); o != nil && o.Locked {
		m.Failed(errLocked)
		return
	}
	if id != "" {
		m.change(func() { m.selected = "" })
		m.step(m.Book.Delete("Delete", id))
	}
}

// SetGrid takes another calibration.
func (m *Marker) SetGrid(g volume.Grid) { m.change(func() { m.grid = g }) }
