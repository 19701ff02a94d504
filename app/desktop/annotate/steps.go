package annotate

import (
	"encoding/json"
	"fmt"
	"slices"

	"explant/app/desktop/journal"
)

// Add adds an object and returns its identifier; name names the step.
func (b *Book) Add(name string, o Object) (id string, err error) {
	op, err := b.adding(name, o)
	if err != nil {
		return "", err
	}
	return op.ID, b.do(op)
}

// adding is the step that adds an object, under an identifier that is free.
func (b *Book) adding(name string, o Object) (journal.Operation, error) {
	if o.ID == "" || b.Object(o.ID) != nil {
		o.ID = newID()
	}
	after, err := json.Marshal(o)
	return journal.Operation{Op: "add", Name: name, ID: o.ID, After: after}, err
}

// atOnce is the number of objects that are written to the disk together.
const atOnce = 1000

// AddAll adds objects, each as a step.
func (b *Book) AddAll(name string, all []Object) error {
	for some := range slices.Chunk(all, atOnce) {
		ops, taken := make([]journal.Operation, len(some)), map[string]bool{}
		for i, o := range some {
			if taken[o.ID] {
				o.ID = ""
			}
			var err error
			if ops[i], err = b.adding(name, o); err != nil {
				return err
			}
			taken[ops[i].ID] = true
		}
		if err := b.do(ops...); err != nil {
			return err
		}
	}
	return nil
}

// Change puts another state in the place of an object.
func (b *Book) Change(name, id string, o Object) error {
	old := b.Object(id)
	if old == nil {
		return fmt.Errorf("%s: the object is gone", name)
	}
	o.ID = id
	before, err := json.Marshal(old)
	if err != nil {
		return err
	}
	after, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return b.do(journal.Operation{Op: "change", Name: name, ID: id, Before: before, After: after})
}

// Delete takes an object away.
func (b *Book) Delete(name, id string) error {
	old := b.Object(id)
	if old == nil {
		return nil
	}
	before, err := json.Marshal(old)
	if err != nil {
		return err
	}
	return b.do(journal.Operation{Op: "delete", Name: name, ID: id, Before: before})
}

// inverse takes an operation back.
func inverse(op journal.Operation) journal.Operation {
	opposite := map[string]string{"add": "delete", "delete": "add", "change": "change"}
	return journal.Operation{Op: opposite[op.Op], Name: op.Name, ID: op.ID, Before: op.After, After: op.Before}
}

// UndoName is the name of the step that Undo takes back; "" for none.
func (b *Book) UndoName() string { return lastName(b.undo) }

// RedoName is the name of the step that Redo does again; "" for none.
func (b *Book) RedoName() string { return lastName(b.redo) }

func lastName(steps []step) string {
	if len(steps) == 0 {
		return ""
	}
	return steps[len(steps)-1].op.Name
}

// Undo takes the last step back; it returns its name, "" when there is none.
func (b *Book) Undo() (string, error) {
	if len(b.undo) == 0 {
		return "", nil
	}
	last := b.undo[len(b.undo)-1]
	op := inverse(last.op)
	op.Undo = last.seq
	return op.Name, b.do(op)
}

// Redo does the step again that was taken back last.
func (b *Book) Redo() (string, error) {
	if len(b.redo) == 0 {
		return "", nil
	}
	last := b.redo[len(b.redo)-1]
	op := last.op
	op.Undo, op.Redo = 0, last.seq
	return op.Name, b.do(op)
}
