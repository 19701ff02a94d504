package serial

import (
	"context"
	"slices"

	"explant/volume/parallel"
)

// How sections are settled.
const (
	affineRounds = 2     // of affine maps
	fieldRounds  = 3     // of displacements, after these
	settledSD    = 0.006 // of the longer side: standard deviation of a node's displacement
)

// settle moves each section to where the sections before and behind it, averaged, show the same. What a structure
// goes on by from section to section moves one of them one way and the other the other way, and their mean little: it
// is no longer taken for a displacement of the section. Sections of even and of odd number take turns. steps are the
// distances of neighbours.
//
// Source: register to the mean of neighbours, in turns: Gaffling et al., A Gauss-Seidel iteration scheme for
// reference-free 3-D histological image reconstruction, IEEE Trans. Med. Imaging 34(2):514-530, 2015.
func settle(ctx context.Context, pictures []*Picture, places []Placement, steps []float64, o parallel.Options, prog parallel.Progress) error {
	if len(pictures) < 3 {
		return nil
	}
	prog.Stage("settle sections", (affineRounds+fieldRounds)*len(pictures))
	for round := range affineRounds + fieldRounds {
		for first := range 2 {
			before := slices.Clone(places)
			err := parallel.Each(ctx, (len(pictures)-first+1)/2, o, prog, func(_ context.Context, i int) error {
				k := first + 2*i
				m, err := newMean(pictures, before, steps, k)
				if err != nil {
					return err
				}
				if round < affineRounds {
					places[k].Affine = m.affine(before[k])
				} else {
					places[k].Field = m.field(before[k])
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// affine is that of a place after a step.
func (m *mean) affine(p Placement) Affine {
	if d, ok := affineStep(m.fixed, m); ok && m.enough() {
		return p.Affine.After(d)
	}
	return p.Affine
}

// field is that of a place after a step.
func (m *mean) field(p Placement) *Field {
	f := *p.Field
	f.Move = slices.Clone(f.Move)
	m.turn = p.Affine.Inverse()
	n := newNormal(&f)
	if noise := n.data(m.fixed, m); m.enough() && noise > 0 {
		n.prior(noise, settledSD)
		n.step()
	}
	return &f
}
