// Package annotate holds what a person draws on an image: objects with classes, the tools that make and
// change them, named undo and redo, and their picture. A step is in the journal before it is in the book,
// and in the book before it is on the screen. It knows no window.
package annotate

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"explant/app/desktop/journal"
	"explant/app/desktop/viewport"
	"explant/io/geojson"
)

// Object is a drawn object; it is not changed once it is in a book.
type Object = geojson.Feature

// Box is the part of the image that something covers, in its pixels.
type Box struct{ X0, Y0, X1, Y1 float64 }

func boxOf(o *Object) Box {
	x0, y0, x1, y1 := o.Geometry.Bounds()
	return Box{x0, y0, x1, y1}
}

// Meets reports whether two boxes overlap when the first is grown by a margin.
func (b Box) Meets(o Box, margin float64) bool {
	return b.X0-margin <= o.X1 && b.X1+margin >= o.X0 && b.Y0-margin <= o.Y1 && b.Y1+margin >= o.Y0
}

// Join is the box around two.
func (b Box) Join(o Box) Box {
	return Box{min(b.X0, o.X0), min(b.Y0, o.Y0), max(b.X1, o.X1), max(b.Y1, o.Y1)}
}

// step is a step that can be undone, or done again.
type step struct {
	seq uint64
	op  journal.Operation
}

// Drawn is an object with what is reckoned from it once; it is not changed.
type Drawn struct {
	*Object
	On   viewport.Sheet
	Box  Box
	Area float64 // px²
}

// Book is the objects of one image and its journal. Objects may be read from any goroutine; steps are
// made on one.
type Book struct {
	// Changed is called after each step with the part of a sheet to draw anew.
	Changed func(viewport.Sheet, Box)

	volume  bool // objects lie on slices of a volume
	journal *journal.Journal
	undo    []step
	redo    []step

	mu      sync.RWMutex
	objects map[string]*Drawn
	order   []*Drawn // the oldest first
	index   index
}

// Open replays the journal of a slide at path; what was torn at its end is told.
func Open(path, author string) (*Book, journal.Torn, error) { return openBook(path, author, false) }

// OpenVolume replays the journal of a volume.
func OpenVolume(path, author string) (*Book, journal.Torn, error) {
	return openBook(path, author, true)
}

func openBook(path, author string, volume bool) (*Book, journal.Torn, error) {
	b := &Book{Changed: func(viewport.Sheet, Box) {}, volume: volume, objects: map[string]*Drawn{}, index: index{}}
	j, torn, err := journal.Open(path, author, func(r journal.Record) error {
		b.remember(r.Seq, r.Operation)
		_, _, err := b.apply(r.Operation)
		return err
	})
	if err != nil {
		return nil, torn, err
	}
	b.journal = j
	return b, torn, nil
}

// Close closes the journal.
func (b *Book) Close() error { return b.journal.Close() }

// remember keeps the stacks of undo and redo in step with the journal.
func (b *Book) remember(seq uint64, op journal.Operation) {
	switch {
	case op.Undo != 0 && len(b.undo) > 0:
		last := b.undo[len(b.undo)-1]
		b.undo, b.redo = b.undo[:len(b.undo)-1], append(b.redo, last)
	case op.Redo != 0 && len(b.redo) > 0:
		last := b.redo[len(b.redo)-1]
		b.redo, b.undo = b.redo[:len(b.redo)-1], append(b.undo, last)
	default:
		b.undo, b.redo = append(b.undo, step{seq, op}), nil
	}
}

// do writes steps into the journal, all at once, and then into the book.
func (b *Book) do(ops ...journal.Operation) error {
	first, err := b.journal.Append(ops...)
	if err != nil {
		return err
	}
	changes := map[viewport.Sheet]Box{}
	for i, op := range ops {
		b.remember(first+uint64(i), op)
		sheet, changed, err := b.apply(op)
		if err != nil {
			return err
		}
		if before, there := changes[sheet]; there {
			changed = before.Join(changed)
		}
		changes[sheet] = changed
	}
	for sheet, changed := range changes {
		b.Changed(sheet, changed)
	}
	return nil
}

// sheet is where an object lies.
func (b *Book) sheet(o *Object) viewport.Sheet {
	if b.volume {
		return sheetOf(o)
	}
	return viewport.Sheet{}
}

// apply changes the objects. A step that would move an object to another sheet is none that the tools make.
func (b *Book) apply(op journal.Operation) (on viewport.Sheet, changed Box, err error) {
	var after *Object
	if op.After != nil {
		after = new(Object)
		if err := json.Unmarshal(op.After, after); err != nil {
			return on, changed, fmt.Errorf("object %s: %w", op.ID, err)
		}
		after.ID = op.ID
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.objects[op.ID]
	if old != nil {
		changed, on = old.Box, old.On
		b.index.remove(old)
	}
	if after == nil {
		delete(b.objects, op.ID)
		b.order = without(b.order, old)
		return on, changed, nil
	}
	next := &Drawn{after, b.sheet(after), boxOf(after), Area(after)}
	if old != nil {
		changed = changed.Join(next.Box)
		b.order[slices.Index(b.order, old)] = next
	} else {
		changed = next.Box
		b.order = append(b.order, next)
	}
	b.objects[op.ID] = next
	b.index.add(next)
	return next.On, changed, nil
}

// Object is the object with an identifier; nil for none.
func (b *Book) Object(id string) *Object {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if d := b.objects[id]; d != nil {
		return d.Object
	}
	return nil
}

// Len is the number of objects.
func (b *Book) Len() int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.order)
}

// Objects are all objects, the oldest first.
func (b *Book) Objects() []Object {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]Object, len(b.order))
	for i, d := range b.order {
		out[i] = *d.Object
	}
	return out
}

// Newest are all objects, the newest first.
func (b *Book) Newest() []*Object {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]*Object, len(b.order))
	for i, d := range b.order {
		out[len(out)-1-i] = d.Object
	}
	return out
}

// Near are the objects of a sheet whose box meets one, in no order.
func (b *Book) Near(on viewport.Sheet, box Box, margin float64) []*Drawn {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.index.find(on, Box{box.X0 - margin, box.Y0 - margin, box.X1 + margin, box.Y1 + margin}, b.order)
}

// newID is a random identifier in the form of a UUID of version 4.
func newID() string {
	var u [16]byte
	_, _ = rand.Read(u[:]) // never fails
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
