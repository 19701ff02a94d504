// Package gain finds and takes out a slow change of gain in a tomogram: drift along z, cupping.
//
// The greys of the volume are taken for a mixture of classes with the same levels everywhere, as many as
// stated, times a gain that changes slowly. Cell by cell the mixture's shares are free and one gain is found
// that brings the cell's greys to the levels (expectation and maximisation over the cell's histogram); the
// logarithms of the gains are fitted by a polynomial, the levels are found anew, and so on. Since the
// shares are free, a cell that holds more of a bright class is not taken for one of higher gain.
//
// The mean of the gain's logarithm is 0: what is corrected is the change, levels stay where they are on the mean.
//
// Source: after Wells et al., IEEE Trans. Med. Imaging 15(4):429-442, 1996, doi:10.1109/42.511747, and Van
// Leemput et al., ibid. 18(10):885-896, 1999, doi:10.1109/42.811268 (levels and a polynomial field by
// expectation and maximisation).
package gain

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// Params say what is looked for; the zero value is the default.
type Params struct {
	// Classes is the number of grey levels, 2 to 5. Default 0 means 3.
	Classes int
	// Degree of the polynomial, 1 to 6. Default 0 means 3.
	Degree int
	// AlongZ lets the gain change along z alone: drift. Default: in all directions.
	AlongZ bool
}

// Check reports parameters that cannot be used.
func (p Params) Check() error {
	switch {
	case p.Classes != 0 && (p.Classes < 2 || p.Classes > 5):
		return fmt.Errorf("%d classes: must lie between 2 and 5, or be 0 for the default of 3", p.Classes)
	case p.Degree < 0 || p.Degree > 6:
		return fmt.Errorf("polynomial of degree %d: must lie between 1 and 6, or be 0 for the default of 3", p.Degree)
	}
	return nil
}

func (p Params) filled() Params {
	if p.Classes == 0 {
		p.Classes = 3
	}
	if p.Degree == 0 {
		p.Degree = 3
	}
	return p
}

// Field is a gain that changes slowly.
type Field struct {
	Levels          []float64 // greys of the classes where the gain is 1
	Lowest, Highest float64   // gain among the cells
	poly            polynomial
}

// At is the gain at a voxel.
func (f *Field) At(x, y, z int) float64 { return math.Exp(f.poly.at(x, y, z)) }

// bins is the most bins of a cell's histogram.
const bins = 256

// rounds is how often gains, polynomial and levels are found from each other.
const rounds = 8

// Find looks for the gain of v. It fails with threshold.ErrFewGreys or threshold.ErrEmpty where there are
// fewer greys than classes.
func Find[T volume.Voxel](ctx context.Context, v *volume.Volume[T], p Params, o parallel.Options, pr parallel.Progress) (*Field, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	p = p.filled()
	cells, err := cellsOf(ctx, v, p.AlongZ, p.Degree, o, pr)
	if err != nil {
		return nil, err
	}
	m, err := mixtureOf(cells, p.Classes)
	if err != nil {
		return nil, err
	}
	f := &Field{poly: newPolynomial(v.N, p.Degree, p.AlongZ)}
	for range rounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := parallel.Each(ctx, len(cells), o, nil, func(_ context.Context, i int) error {
			m.gainOf(&cells[i])
			return nil
		})
		if err != nil {
			return nil, err
		}
		f.poly.fit(cells)
		for i := range cells {
			cells[i].log = f.poly.of(cells[i].middle)
		}
		m.refine(cells)
	}
	f.Levels = m.level
	f.Lowest, f.Highest = math.Inf(1), math.Inf(-1)
	for _, c := range cells {
		f.Lowest, f.Highest = math.Min(f.Lowest, math.Exp(c.log)), math.Max(f.Highest, math.Exp(c.log))
	}
	return f, nil
}

// Even returns v divided by the gain. Integers are rounded to the nearest and held within their type.
func Even[T volume.Voxel](ctx context.Context, v *volume.Volume[T], f *Field, o parallel.Options, pr parallel.Progress) (*volume.Volume[T], error) {
	if pr != nil {
		pr.Stage("evening the gain", v.N[2])
	}
	out, err := volume.MakeUnset[T](ctx, v.Grid)
	if err != nil {
		return nil, err
	}
	held := volume.Held[T]()
	err = parallel.Slabs(ctx, v.N[2], o, pr, func(ctx context.Context, s parallel.Slab) error {
		row := make([]float64, v.N[0])
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			for y := range v.N[1] {
				f.poly.row(row, y, z)
				at := v.Offset(0, y, z)
				dst := out.Data[at : at+v.N[0]]
				for x, g := range v.Data[at : at+v.N[0]] {
					dst[x] = held(float64(g) * math.Exp(-row[x]))
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// cell is a part of the volume with one gain.
type cell struct {
	middle [3]float64 // voxels
	greys  threshold.Histogram
	log    float64 // of its gain
	weight float64 // how well it is known
}

// Sides of cells in voxels: along z where the gain changes along z alone, else along all axes. There are at
// least three more than the degree along an axis, as far as it has the voxels.
const (
	thickness = 8
	side      = 32
)

// cellsOf counts the greys of every cell.
func cellsOf[T volume.Voxel](ctx context.Context, v *volume.Volume[T], alongZ bool, degree int, o parallel.Options, pr parallel.Progress) ([]cell, error) {
	scale, err := threshold.ScaleOf(ctx, v, o, pr)
	if err != nil {
		return nil, err
	}
	many := [3]int{1, 1, max(v.N[2]/thickness, min(degree+3, v.N[2]))}
	if !alongZ {
		for a, n := range v.N {
			many[a] = max(n/side, min(degree+3, (n+3)/4))
		}
	}
	if pr != nil {
		pr.Stage("greys of cells", many[2])
	}
	cells := make([]cell, many[0]*many[1]*many[2])
	err = parallel.Each(ctx, len(cells), o, nil, func(_ context.Context, i int) error {
		at := [3]int{i % many[0], i / many[0] % many[1], i / (many[0] * many[1])}
		var lo, hi [3]int
		for a := range 3 {
			lo[a], hi[a] = at[a]*v.N[a]/many[a], (at[a]+1)*v.N[a]/many[a]
			cells[i].middle[a] = float64(lo[a]+hi[a]-1) / 2
		}
		cells[i].greys = threshold.CountBox(v, scale, lo, hi).Reduced(bins)
		return nil
	})
	return cells, err
}
