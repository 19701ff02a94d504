package serial

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
)

// ErrApart is returned where the pairs do not join all sections.
var ErrApart = errors.New("the sections do not hang together: no pair joins them")

// Placement takes a section to the frame of the block, in pixels. Turn is that of the middle section, stretch and
// shear are the mean of all.
type Placement struct {
	Affine Affine
	Field  *Field // added in the frame, at places of the section
}

// Map takes a place of the section to the frame.
func (s *Placement) Map(at [2]float64) [2]float64 {
	p, d := s.Affine.Apply(at), s.Field.At(at)
	return [2]float64{p[0] + d[0], p[1] + d[1]}
}

// inverseSteps suffice for displacements whose slope is below a third.
const inverseSteps = 12

// Unmap takes a place of the frame to the section.
func (s *Placement) Unmap(at [2]float64) [2]float64 {
	back := s.Affine.Inverse()
	p := back.Apply(at)
	for range inverseSteps {
		d := s.Field.At(p)
		p = back.Apply([2]float64{at[0] - d[0], at[1] - d[1]})
	}
	return p
}

// What is believed of the sections' own displacement and of what pairs tell of it, in parts of the longer side.
const (
	ownSD  = 0.003 // of one section's own displacement along x or y
	pairSD = 0.003 // of that between two sections as they show it: structures themselves go on in other places

	stretchSD = 0.01 // of the stretch and shear of a section, in the making, along x or y
)

// Place finds the places of all sections in one frame from all pairs at once: the most probable affine maps, then the
// most probable displacement of each section, so that what one pair gets wrong is shared and nothing adds up. steps are
// the distances of neighbours, in sections; middle is the section whose turn is kept.
func Place(pictures []*Picture, pairs []Pair, steps []float64, middle int) ([]Placement, error) {
	places := make([]Placement, len(pictures))
	for k, p := range pictures {
		places[k] = Placement{Identity, newField(p.W, p.H)}
	}
	if len(pictures) == 1 {
		return places, nil
	}
	at := make([]float64, len(places))
	for k, s := range steps {
		at[k+1] = at[k] + s
	}
	if err := placeAffine(places, pairs, at, middle); err != nil {
		return nil, err
	}
	return places, placeFields(places, pairs)
}

// placeAffine finds the most probable affine maps: pairs err by pairSD a section, and sections stretch and shear by
// stretchSD. A block that grows from section to section would otherwise be taken for sections that are stretched more
// and more. The mean stretch and shear is taken out of all.
func placeAffine(places []Placement, pairs []Pair, at []float64, middle int) error {
	e := newAffineNormal(places, pairs, at)
	hold := e.holding(middle, 3)
	if err := hold.solve(places); err != nil {
		return err
	}
	hold = e.holding(middle, 1)
	for k, p := range places { // the turn of each is known now
		shape := turned(p.Affine.Degrees(), p.Affine.Det() < 0, [2]float64{}, [2]float64{})
		for i := range 2 {
			hold.believe(3*k+i, [2]float64{shape[0][i] * e.side, shape[1][i] * e.side}, 1/square2(stretchSD*e.side))
		}
	}
	if err := hold.solve(places); err != nil {
		return err
	}
	share(places, middle)
	return nil
}

// weight of a pair in the placement: what is unlike says little.
func (p *Pair) weight() float64 {
	s := max(p.Similarity, 0.02)
	return s * s / (1 - min(s, 0.98))
}

// share takes the mean stretch and shear of all sections, which belong to none, out of them.
func share(places []Placement, middle int) {
	var m [2][2]float64
	for _, p := range places {
		for i := range 2 {
			for j := range 2 {
				v := p.Affine[i][j]
				if j == 0 && p.Affine.Det() < 0 {
					v = -v // a mirrored section stretches like its mirror image
				}
				m[i][j] += v / float64(len(places))
			}
		}
	}
	mean := Affine{{m[0][0], m[0][1], 0}, {m[1][0], m[1][1], 0}}
	if !(math.Abs(mean.Det()) > 1e-3) {
		return
	}
	sin, cos := math.Sincos(mean.Degrees() * math.Pi / 180)
	f := places[middle].Field
	undo := Affine{{cos, -sin, 0}, {sin, cos, 0}}.After(mean.Inverse())
	undo = about(undo, [2]float64{(f.W - 1) / 2, (f.H - 1) / 2})
	for k := range places {
		places[k].Affine = undo.After(places[k].Affine)
	}
}

// placeFields finds, node by node, the most probable displacements of all sections: own ones of ownSD, and pairs
// that show their difference with an error of pairSD.
func placeFields(places []Placement, pairs []Pair) error {
	n := len(places)
	h := mat.NewSymDense(n, nil)
	nodes := 0
	for k := range places {
		f := places[k].Field
		h.SetSym(k, k, 1/square2(ownSD*max(f.W, f.H)))
		nodes = max(nodes, len(f.Move))
	}
	weights := make([]float64, len(pairs))
	for i, p := range pairs {
		side := max(p.Field.W, p.Field.H)
		weights[i] = p.weight() / typical(pairs) / square2(pairSD*side)
		h.SetSym(p.Fixed, p.Fixed, h.At(p.Fixed, p.Fixed)+weights[i])
		h.SetSym(p.Moving, p.Moving, h.At(p.Moving, p.Moving)+weights[i])
		a, b := min(p.Fixed, p.Moving), max(p.Fixed, p.Moving)
		h.SetSym(a, b, h.At(a, b)-weights[i])
	}
	var chol mat.Cholesky
	if !chol.Factorize(h) {
		return ErrApart
	}
	b := mat.NewDense(n, 2*nodes, nil)
	for i, p := range pairs {
		for k := range p.Field.Move {
			at := p.Field.place(k)
			f, m := places[p.Fixed].Affine.Apply(at), places[p.Moving].Affine.Apply(p.Map(at))
			for axis := range 2 { // fixed + its own = moving + its own
				d := weights[i] * (m[axis] - f[axis])
				b.Set(p.Fixed, 2*k+axis, b.At(p.Fixed, 2*k+axis)+d)
				b.Set(p.Moving, 2*k+axis, b.At(p.Moving, 2*k+axis)-d)
			}
		}
	}
	var s mat.Dense
	if err := chol.SolveTo(&s, b); err != nil {
		return ErrApart
	}
	for k := range places {
		f := places[k].Field
		for i := range f.Move {
			f.Move[i] = [2]float64{s.At(k, 2*i), s.At(k, 2*i+1)}
		}
	}
	return nil
}

// typical is the mean weight of pairs.
func typical(pairs []Pair) float64 {
	sum := 0.0
	for i := range pairs {
		sum += pairs[i].weight()
	}
	return sum / float64(len(pairs))
}

func square2(v float64) float64 { return v * v }
