package serial

import (
	"math"
)

// Field is a small displacement over a section: at nodes that are spread evenly over it, the first in a corner of
// its first pixel and the last in that of its last one, row by row, and bilinear between them. Beyond the edge the
// displacement is that of the edge.
type Field struct {
	NX, NY int
	W, H   float64      // pixels of the section
	Move   [][2]float64 // pixels
}

// nodesAcross is the number of nodes along the longer side of a section.
const nodesAcross = 17

// newField has nodes about as far apart along both sides.
func newField(w, h int) *Field {
	f := &Field{W: float64(w), H: float64(h)}
	apart := max(f.W, f.H) / (nodesAcross - 1)
	f.NX, f.NY = max(int(math.Round(f.W/apart)), 1)+1, max(int(math.Round(f.H/apart)), 1)+1
	f.Move = make([][2]float64, f.NX*f.NY)
	return f
}

// weights are the node above and to the left of a place, and how far the place lies towards the next ones, 0 to 1.
func (f *Field) weights(p [2]float64) (node int, u, v float64) {
	x := min(max((p[0]+0.5)/f.W*float64(f.NX-1), 0), float64(f.NX-1))
	y := min(max((p[1]+0.5)/f.H*float64(f.NY-1), 0), float64(f.NY-1))
	i, j := min(int(x), f.NX-2), min(int(y), f.NY-2)
	return j*f.NX + i, x - float64(i), y - float64(j)
}

// corners are the four nodes about a place and their weights.
func (f *Field) corners(p [2]float64) (node [4]int, weight [4]float64) {
	k, u, v := f.weights(p)
	return [4]int{k, k + 1, k + f.NX, k + f.NX + 1}, [4]float64{(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v}
}

// At is the displacement of a place.
func (f *Field) At(p [2]float64) (d [2]float64) {
	node, weight := f.corners(p)
	for i, k := range node {
		d[0] += weight[i] * f.Move[k][0]
		d[1] += weight[i] * f.Move[k][1]
	}
	return d
}

// place is where node k lies.
func (f *Field) place(k int) [2]float64 {
	return [2]float64{float64(k%f.NX)/float64(f.NX-1)*f.W - 0.5, float64(k/f.NX)/float64(f.NY-1)*f.H - 0.5}
}
