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
type index map[cell][]string

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

func (i index) add(id string, on viewport.Sheet, b Box) {
	for _, c := range cells(on, b) {
		i[c] = append(i[c], id)
	}
}

func (i index) remove(id string, on viewport.Sheet, b Box) {
	for _, c := range cells(on, b) {
		if i[c] = without(i[c], id); len(i[c]) == 0 {
			delete(i, c)
		}
	}
}

// find lists the objects of a sheet whose cells a box touches, each once; all is the list for a box over too many.
func (i index) find(on viewport.Sheet, b Box, all []string) []string {
	x0, y0, x1, y1 := span(b)
	if (x1-x0+1)*(y1-y0+1) > mostCells {
		return all
	}
	out := slices.Clone(i[wide(on)])
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			out = append(out, i[cell{on, x, y}]...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
