package stain

import (
	"errors"
	"fmt"
	"slices"
)

// Found is what stained pixels say of one stain.
type Found struct {
	Name   string
	Degree float64 // from the profile's direction; 0 where that is kept
	Pixels int     // near its direction
	Own    bool    // the direction comes from the pixels, not from the profile
}

// Turned replaces the directions of the named stains by those of the slide that the densities come from: by
// [Rest] from the profile's own. A direction stays where too few pixels are near it or it would turn by more than
// most degrees. Where two come out collinear, the one that fewer pixels are near is doubted first and stays
// too: the search for a stain that the slide hardly shows ends in the crowd of another.
func (p Profile) Turned(ods [][3]float64, names []string, most float64) (Profile, []Found) {
	now := p
	now.Stains = slices.Clone(p.Stains)
	var all []Found
	for k, s := range p.Stains {
		if !slices.Contains(names, s.Name) {
			continue
		}
		od, n := Rest(ods, s.OD)
		f := Found{Name: s.Name, Degree: Angle(od, s.OD), Pixels: n, Own: n >= FewPixels}
		if f.Degree > most || !f.Own {
			od, f.Degree, f.Own = s.OD, 0, false
		}
		now.Stains[k].OD = od
		all = append(all, f)
	}
	for now.Angle() <= Collinear && slices.ContainsFunc(all, func(f Found) bool { return f.Own }) {
		doubted := 0
		for k, f := range all {
			if f.Own && (!all[doubted].Own || f.Pixels < all[doubted].Pixels) {
				doubted = k
			}
		}
		k := p.Index(all[doubted].Name)
		now.Stains[k].OD = p.Stains[k].OD
		all[doubted].Degree, all[doubted].Own = 0, false
	}
	return now, all
}

// Estimate makes a profile of a slide's own directions, beginning from p, from the densities of its stained
// pixels: [Macenko] for two stains and [Sparse] for three, each direction then moved to where pixels crowd
// ([Rest]); where they crowd near the profile's direction, that is believed first. It returns ErrFew for too few
// pixels, and an error that names them when two stains come out closer than [Collinear].
func (p Profile) Estimate(ods [][3]float64) (Profile, []Found, error) {
	rough, err := p.rough(ods)
	if err != nil {
		return p, nil, err
	}
	now := p
	now.Stains = slices.Clone(p.Stains)
	var all []Found
	for k, s := range p.Stains {
		od, n := Rest(ods, s.OD)
		if n < FewPixels {
			od, n = Rest(ods, rough[k])
		}
		now.Stains[k].OD = od
		all = append(all, Found{s.Name, Angle(od, s.OD), n, true})
	}
	now.Origin = Slide
	return now, all, now.apart()
}

// sparsePixels is about how many pixels the factorisation takes, evenly from all.
const sparsePixels = 20000

// rough are the directions by factorisation, in the order of the profile's stains.
func (p Profile) rough(ods [][3]float64) ([][3]float64, error) {
	if len(p.Stains) == 2 {
		two, err := Macenko(ods)
		if Angle(two[0], p.Stains[0].OD)+Angle(two[1], p.Stains[1].OD) > Angle(two[0], p.Stains[1].OD)+Angle(two[1], p.Stains[0].OD) {
			two[0], two[1] = two[1], two[0]
		}
		return two[:], err
	}
	var start, few [][3]float64
	for _, s := range p.Stains {
		start = append(start, s.OD)
	}
	for i := 0; i < len(ods); i += max(len(ods)/sparsePixels, 1) {
		few = append(few, ods[i])
	}
	return Sparse(few, start)
}

// WithControl replaces the direction of one stain by that of its control slide, stained with it alone: where the
// directions of the control's stained pixels crowd, searched from their mean.
func (p Profile) WithControl(name string, ods [][3]float64) (Profile, Found, error) {
	k := p.Index(name)
	if k < 0 {
		return p, Found{}, fmt.Errorf("%q is not a stain of profile %s: name one of %s", name, p.Name, p.names())
	}
	var sum [3]float64
	for _, v := range ods {
		sum = [3]float64{sum[0] + max(v[0], 0), sum[1] + max(v[1], 0), sum[2] + max(v[2], 0)}
	}
	mean, err := unit(sum)
	if err != nil || len(ods) < FewPixels {
		return p, Found{}, fmt.Errorf("control slide of %s: %w", name, ErrFew)
	}
	od, n := Rest(ods, mean)
	f := Found{name, Angle(od, p.Stains[k].OD), n, true}
	p.Stains = slices.Clone(p.Stains)
	p.Stains[k].OD = od
	return p, f, nil
}

// apart reports two stains that cannot be told from each other.
func (p Profile) apart() error {
	var bad []error
	for i, a := range p.Stains {
		for _, b := range p.Stains[:i] {
			if by := Angle(a.OD, b.OD); by < Collinear {
				bad = append(bad, fmt.Errorf("%s and %s come out %.1f degrees apart (limit %.0f): the slide may lack one of them, or have another stain; use single-stain control slides", b.Name, a.Name, by, Collinear))
			}
		}
	}
	return errors.Join(bad...)
}
