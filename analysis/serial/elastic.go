package serial

import (
	"context"

	"gonum.org/v1/gonum/mat"
)

// What is believed of displacements before anything is seen.
const (
	moveSD       = 0.010 // of the longer side: standard deviation of a node's displacement
	bendSD       = 0.006 // of the longer side: that of the second difference of neighbouring nodes
	elasticSteps = 6     // on each level
	correlated   = 60.0  // values of a level that say the same: structures change from section to section, in pieces of that size
)

// refineField finds the displacement of the fixed section's places, before the affine map leads them to the moving
// one, that is the most probable for the squared differences of a level and what is believed of displacements.
// Source: maximum a posteriori with Gaussian noise and prior; steps of Gauss and Newton.
func refineField(ctx context.Context, fixed, moving *level, a Affine, f *Field) error {
	for range elasticSteps {
		if err := ctx.Err(); err != nil {
			return err
		}
		w := &twin{fixed, warp(fixed, moving, func(p [2]float64) [2]float64 {
			d := f.At(p)
			return a.Apply([2]float64{p[0] + d[0], p[1] + d[1]})
		})}
		n := newNormal(f)
		noise := n.data(fixed, w)
		if n.count == 0 || !(noise > 0) {
			return nil
		}
		n.prior(noise, moveSD)
		if !n.step() {
			return nil
		}
	}
	return nil
}

// normal are the normal equations of a step of all nodes: unknown 2k and 2k+1 are those of node k.
type normal struct {
	f     *Field
	band  int
	h     *mat.SymBandDense
	b     []float64
	count int
}

func newNormal(f *Field) *normal {
	size, band := 2*len(f.Move), min(4*f.NX+1, 2*len(f.Move)-1) // two rows of nodes apart, for second differences
	return &normal{f: f, band: band, h: mat.NewSymBandDense(size, band, nil), b: make([]float64, size)}
}

func (n *normal) add(i, j int, v float64) {
	if i > j {
		i, j = j, i
	}
	n.h.SetSymBand(i, j, n.h.At(i, j)+v)
}

// slopes are, at a value that is seen, the difference of two pictures by colour, and how the fixed one changes there
// as the places that are sought move along x and y.
type slopes interface {
	at(i int) (e, gx, gy [3]float64, ok bool)
}

// data adds what the pictures say and returns the variance of the differences, times the values that say the same.
func (n *normal) data(fixed *level, s slopes) float64 {
	sum := 0.0
	cells := make(map[int]*[36]float64, len(n.f.Move))
	for i := range fixed.w * fixed.h {
		e, gx, gy, ok := s.at(i)
		if !ok {
			continue
		}
		var gxx, gxy, gyy, bx, by float64
		for c, e := range e {
			gx, gy := gx[c], gy[c]
			gxx, gxy, gyy = gxx+gx*gx, gxy+gx*gy, gyy+gy*gy
			bx, by = bx+gx*e, by+gy*e
			sum += e * e
		}
		n.count++
		node, weight := n.f.corners(fixed.place(i%fixed.w, i/fixed.w))
		acc := cells[node[0]]
		if acc == nil {
			acc = new([36]float64)
			cells[node[0]] = acc
		}
		at := 0
		for p := range 4 {
			for q := p; q < 4; q++ {
				f := weight[p] * weight[q]
				acc[at] += gxx * f
				acc[at+1] += gxy * f
				acc[at+2] += gyy * f
				at += 3
			}
			n.b[2*node[p]] += weight[p] * bx
			n.b[2*node[p]+1] += weight[p] * by
		}
	}
	for cell := range n.f.Move { // in a fixed order
		if acc := cells[cell]; acc != nil {
			n.addCell(cell, acc)
		}
	}
	if n.count == 0 {
		return 0
	}
	return sum / float64(3*n.count) * correlated
}

// addCell spreads the sums of the places between four nodes.
func (n *normal) addCell(cell int, acc *[36]float64) {
	node := [4]int{cell, cell + 1, cell + n.f.NX, cell + n.f.NX + 1}
	at := 0
	for p := range 4 {
		for q := p; q < 4; q++ {
			i, j := 2*node[p], 2*node[q]
			n.add(i, j, acc[at])
			n.add(i+1, j+1, acc[at+2])
			n.add(i, j+1, acc[at+1])
			if p != q {
				n.add(i+1, j, acc[at+1])
			}
			at += 3
		}
	}
}

// prior adds what is believed of displacements, of which sd is the standard deviation in parts of the longer side, in
// units of the noise.
func (n *normal) prior(noise, sd float64) {
	f, side := n.f, max(n.f.W, n.f.H)
	move, bend := noise/(sd*sd*side*side), noise/(bendSD*bendSD*side*side)
	for k := range f.Move {
		n.penalise([]int{k}, []float64{1}, move)
		if x := k % f.NX; x > 0 && x < f.NX-1 {
			n.penalise([]int{k - 1, k, k + 1}, []float64{1, -2, 1}, bend)
		}
		if y := k / f.NX; y > 0 && y < f.NY-1 {
			n.penalise([]int{k - f.NX, k, k + f.NX}, []float64{1, -2, 1}, bend)
		}
	}
}

// penalise adds strength times the square of a combination of nodes, along x and along y.
func (n *normal) penalise(nodes []int, factor []float64, strength float64) {
	for axis := range 2 {
		now := 0.0
		for i, k := range nodes {
			now += factor[i] * n.f.Move[k][axis]
		}
		for i, k := range nodes {
			n.b[2*k+axis] -= strength * factor[i] * now
			for j := i; j < len(nodes); j++ {
				n.add(2*k+axis, 2*nodes[j]+axis, strength*factor[i]*factor[j])
			}
		}
	}
}

// step solves the equations and moves the nodes.
func (n *normal) step() bool {
	var chol mat.BandCholesky
	if !chol.Factorize(n.h) {
		return false
	}
	var s mat.VecDense
	if err := chol.SolveVecTo(&s, mat.NewVecDense(len(n.b), n.b)); err != nil {
		return false // singular to working precision, which the prior prevents but for flat pictures
	}
	for k := range n.f.Move {
		n.f.Move[k][0] += s.AtVec(2 * k)
		n.f.Move[k][1] += s.AtVec(2*k + 1)
	}
	return true
}
