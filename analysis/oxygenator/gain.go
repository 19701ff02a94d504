package oxygenator

import (
	"context"

	"gonum.org/v1/gonum/mat"

	"explant/volume"
	"explant/volume/parallel"
)

// gain is the slow change of sensitivity over the scan (cupping, drift): a cubic polynomial of the
// position, about 1.
type gain struct{ c [terms]float64 }

const (
	terms    = 20
	thinning = 7 // every seventh voxel of the fibres is plenty for 20 numbers
)

func flatGain() gain {
	var g gain
	g.c[0] = 1
	return g
}

// place gives the position of a voxel from -1 to 1 along each axis.
func place(v volume.Grid, at int) (x, y, z float64) {
	i, j, k := split(v, at)
	return 2*float64(i)/float64(v.N[0]) - 1, 2*float64(j)/float64(v.N[1]) - 1, 2*float64(k)/float64(v.N[2]) - 1
}

// powers are the terms of the polynomial at a voxel.
func powers(v volume.Grid, at int) [terms]float64 {
	x, y, z := place(v, at)
	return [terms]float64{1, x, y, z, x * x, x * y, x * z, y * y, y * z, z * z,
		x * x * x, x * x * y, x * x * z, x * y * y, x * y * z, x * z * z, y * y * y, y * y * z, y * z * z, z * z * z}
}

func (g *gain) at(v volume.Grid, at int) float64 {
	x, y, z := place(v, at)
	c := &g.c
	xs := c[1] + x*(c[4]+x*c[10]+y*c[11]+z*c[12]) + y*(c[5]+y*c[13]+z*c[14]) + z*(c[6]+z*c[15])
	ys := c[2] + y*(c[7]+y*c[16]+z*c[17]) + z*(c[8]+z*c[18])
	return c[0] + x*xs + y*ys + z*(c[3]+z*(c[9]+z*c[19]))
}

// gainLine is the gain along a row of voxels: a cubic in the position along x.
type gainLine struct {
	c     [4]float64
	scale float64
}

// along gives the gain of a row.
func (g *gain) along(v volume.Grid, j, k int) gainLine {
	y, z := 2*float64(j)/float64(v.N[1])-1, 2*float64(k)/float64(v.N[2])-1
	c := &g.c
	return gainLine{scale: 2 / float64(v.N[0]), c: [4]float64{
		c[0] + y*(c[2]+y*(c[7]+y*c[16]+z*c[17])+z*(c[8]+z*c[18])) + z*(c[3]+z*(c[9]+z*c[19])),
		c[1] + y*(c[5]+y*c[13]+z*c[14]) + z*(c[6]+z*c[15]),
		c[4] + y*c[11] + z*c[12],
		c[10],
	}}
}

func (l *gainLine) at(i int) float64 {
	x := l.scale*float64(i) - 1
	return l.c[0] + x*(l.c[1]+x*(l.c[2]+x*l.c[3]))
}

// gainReader reads the gain of voxels that follow each other along rows.
type gainReader struct {
	*gain
	volume.Grid
	row  int
	line gainLine
}

func (g *gain) reader(v volume.Grid) *gainReader { return &gainReader{gain: g, Grid: v, row: -1} }

func (r *gainReader) at(i int) float64 {
	row := i / r.N[0]
	if row != r.row {
		r.row, r.line = row, r.along(r.Grid, row%r.N[1], row/r.N[1])
	}
	return r.line.at(i - row*r.N[0])
}

// normal are normal equations of the gain's coefficients.
type normal struct {
	a [terms][terms]float64
	b [terms]float64
	n int
}

// fitGain compares the scan with the fitted fibres inside their outer radius, where no deposit is.
func fitGain(ctx context.Context, v *volume.Volume[float32], fibres []*fibre, lv levels, in *housing, o parallel.Options, p parallel.Progress) (gain, error) {
	parts := make([]normal, len(fibres))
	err := parallel.Each(ctx, len(fibres), o, p, func(_ context.Context, i int) error {
		f, count := fibres[i], 0
		for k := range len(f.knots) - 1 {
			p := f.piece(k)
			lo, hi := p.box(v.Grid, f.outer)
			held := in.holdsBox(v.N, lo, hi)
			p.each(v.Grid, f.outer-0.5, 0, v.N[2], func(at int, a, b float64) {
				if count++; count%thinning != 0 || !held && !in.holds(v.Grid, at) {
					return
				}
				parts[i].add(v.Grid, at, float64(v.Data[at]), lv.fibreAt(a, b, f))
			})
		}
		return nil
	})
	if err != nil {
		return flatGain(), err
	}
	var all normal
	for i := range parts {
		all.merge(&parts[i])
	}
	return all.solve(), nil
}

func (n *normal) add(v volume.Grid, at int, grey, want float64) {
	p := powers(v, at)
	for i := range p {
		n.b[i] += p[i] * want * grey
		for j := range i + 1 {
			n.a[i][j] += p[i] * p[j] * want * want
		}
	}
	n.n++
}

func (n *normal) merge(m *normal) {
	n.n += m.n
	for i := range terms {
		n.b[i] += m.b[i]
		for j := range i + 1 {
			n.a[i][j] += m.a[i][j]
		}
	}
}

// solve gives the gain scaled to a mean of about 1; too few voxels give a flat one.
func (n *normal) solve() gain {
	if n.n < 100*terms {
		return flatGain()
	}
	a := mat.NewSymDense(terms, nil)
	for i := range terms {
		for j := range i + 1 {
			a.SetSym(i, j, n.a[i][j])
		}
		a.SetSym(i, i, a.At(i, i)+1e-6*n.a[0][0])
	}
	var chol mat.Cholesky
	var x mat.VecDense
	if !chol.Factorize(a) || chol.SolveVecTo(&x, mat.NewVecDense(terms, n.b[:])) != nil {
		return flatGain()
	}
	g := flatGain()
	for i := range g.c {
		g.c[i] = x.AtVec(i)
	}
	mean := g.c[0] + (g.c[4]+g.c[7]+g.c[9])/3
	if !(mean > 0) {
		return flatGain()
	}
	for i := range g.c {
		g.c[i] /= mean
	}
	return g
}
