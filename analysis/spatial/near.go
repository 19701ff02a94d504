package spatial

import (
	"math"
	"slices"
)

// Near lists for every cell the others whose centres are no farther than reach, in rising order; reach
// must be positive. On a lattice of pitch h a reach of 1.8 h makes the 26 cells around one its
// neighbours.
func Near(cells []Cell, reach float64) [][]int32 {
	boxes := map[[3]int32][]int32{}
	box := func(c Cell) (b [3]int32) {
		for a, x := range c.At {
			b[a] = int32(math.Floor(x / reach))
		}
		return b
	}
	for i, c := range cells {
		b := box(c)
		boxes[b] = append(boxes[b], int32(i))
	}
	near := make([][]int32, len(cells))
	for i, c := range cells {
		b := box(c)
		for k := range 27 {
			at := [3]int32{b[0] + int32(k%3) - 1, b[1] + int32(k/3%3) - 1, b[2] + int32(k/9) - 1}
			for _, j := range boxes[at] {
				if int(j) != i && apart(c, cells[j]) <= reach {
					near[i] = append(near[i], j)
				}
			}
		}
		slices.Sort(near[i])
	}
	return near
}

// Groups numbers the connected groups of the cells that are in, from 1 in the order of their first
// cells; 0 are the others.
func Groups(in []bool, near [][]int32) (number []int, n int) {
	number = make([]int, len(in))
	for first := range in {
		if !in[first] || number[first] != 0 {
			continue
		}
		n++
		number[first] = n
		for edge := []int32{int32(first)}; len(edge) > 0; {
			i := edge[len(edge)-1]
			edge = edge[:len(edge)-1]
			for _, j := range near[i] {
				if in[j] && number[j] == 0 {
					number[j] = n
					edge = append(edge, j)
				}
			}
		}
	}
	return number, n
}
