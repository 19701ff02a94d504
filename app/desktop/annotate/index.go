package annotate

import (
	"slices"

	"explant/app/desktop/viewport"
)

// cellSide is the side of a cell of the index in pixels of the image.
const cellSide = 512

// mostCells is the number of cells over which all objects are looked through instead.
const mostCells = 4096

// cell is a column and a row of the index on a sheet.
type cell struct {
	on   viewport.Sheet
	x, y int
}

// wide gathers the objects of a sheet that cover many cells.
func wide(on viewport.Sheet) cell { return cell{on, -1 << 40, 0} }

// index finds the objects near a place: it lists them by the cells that they touch.
type index map[cell][]*Drawn

func span(b Box) (x0, y0, x1, y1 int) {
	at := func(v float64) int { return int(min(max(v, -1<<40), 1<<40)/cellSide + 1<<20) }
	return at(b.X0), at(b.Y0), at(b.X1), at(b.Y1)
}

// cells lists the cells that a box touches; a wide box is in one of its own.
func cells(on viewport.Sheet, b Box) []cell {
	x0, y0, x1, y1 := span(b)
	if (x1-x0+1)*(y1-y0+1) > 64 {
		return []cell{wide(on)}
	}
	var out []cell
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			out = append(out, cell{on, x, y})
		}
	}
	return out
}

func (i index) add(d *Drawn) {
	for _, c := range cells(d.On, d.Box) {
		i[c] = append(i[c], d)
	}
}

func (i index) remove(d *Drawn) {
	for _, c := range cells(d.On, d.Box) {
		if i[c] = without(i[c], d); len(i[c]) == 0 {
			delete(i, c)
		}
	}
}

// find lists the objects of a sheet whose box meets one, each once; all is the list for a box over too many cells.
func (i index) find(on viewport.Sheet, b Box, all []*Drawn) (out []*Drawn) {
	x0, y0, x1, y1 := span(b)
	if (x1-x0+1)*(y1-y0+1) > mostCells {
		return meeting(nil, all, on, b)
	}
	out = meeting(nil, i[wide(on)], on, b)
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			for _, d := range i[cell{on, x, y}] {
				if ox, oy, _, _ := span(d.Box); x == max(ox, x0) && y == max(oy, y0) && d.Box.Meets(b, 0) {
					out = append(out, d) // in the first of the cells that both touch
				}
			}
		}
	}
	return out
}

// meeting adds the objects of a sheet whose box meets one to out.
func meeting(out, all []*Drawn, on viewport.Sheet, b Box) []*Drawn {
	for _, d := range all {
		if d.On == on && d.Box.Meets(b, 0) {
			out = append(out, d)
		}
	}
	return out
}

// without is a list without one of its objects, looked for from the end: steps mostly concern the newest.
func without(all []*Drawn, d *Drawn) []*Drawn {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i] == d {
			return slices.Delete(all, i, i+1)
		}
	}
	return all
}
