package spatial

import (
	"cmp"
	"math"
	"slices"
)

// Cell is a part of the space.
type Cell struct {
	At   [3]float64 // its centre
	Load float64    // what it holds
	Room float64    // what it could hold, in the unit of Load; positive
}

// Shares are load over room, cell by cell.
func Shares(cells []Cell) []float64 {
	x := make([]float64, len(cells))
	for i, c := range cells {
		x[i] = c.Load / c.Room
	}
	return x
}

// Top is the load in the most loaded part of the room, as a share of all load: share is that part, 0 to
// 1. The cell in which the part ends counts with the part of it that is needed. Where there is no load it
// returns NaN.
func Top(cells []Cell, share float64) float64 {
	load, room := totals(cells)
	left, taken := share*room, 0.0
	byShare := ranked(cells)
	for i := len(byShare) - 1; i >= 0 && left > 0; i-- {
		c := byShare[i]
		taken += c.Load * min(left/c.Room, 1)
		left -= c.Room
	}
	return taken / load
}

// Gini is the coefficient of Gini of load over room: 0 where load is spread as room is, towards 1 where a
// vanishing part of the room holds all. It is twice the area between the diagonal and the curve of Lorenz,
// taken to be straight within a cell. Where there is no load it returns NaN.
//
// Source: Gini, Variabilità e mutabilità, Bologna, 1912; with weights as in Lerman and Yitzhaki, Econ. Lett.
// 15:363-368, 1984, doi:10.1016/0165-1765(84)90126-5.
func Gini(cells []Cell) float64 {
	load, room := totals(cells)
	below, area := 0.0, 0.0
	for _, c := range ranked(cells) {
		area += c.Room * (2*below + c.Load)
		below += c.Load
	}
	return 1 - area/(load*room)
}

func totals(cells []Cell) (load, room float64) {
	for _, c := range cells {
		load += c.Load
		room += c.Room
	}
	return load, room
}

// ranked are the cells by rising share, equal ones in their order.
func ranked(cells []Cell) []Cell {
	out := slices.Clone(cells)
	slices.SortStableFunc(out, func(a, b Cell) int { return cmp.Compare(a.Load/a.Room, b.Load/b.Room) })
	return out
}

// apart is the distance of two cells.
func apart(a, b Cell) float64 {
	x, y, z := a.At[0]-b.At[0], a.At[1]-b.At[1], a.At[2]-b.At[2]
	return math.Sqrt(x*x + y*y + z*z)
}
