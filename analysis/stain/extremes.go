package stain

import "slices"

// Extremes replaces both directions of a profile of two stains by the extreme colours of the slide that the
// densities come from ([Macenko]). It wants a slide whose dense pixels hold these two stains and nothing else. Both
// stay, and ok is false, where one would turn by more than most degrees, as on a slide that hardly shows one of
// the two, or where they come out collinear.
func (p Profile) Extremes(ods [][3]float64, most float64) (now Profile, all []Found, ok bool) {
	if len(p.Stains) != 2 {
		return p, nil, false
	}
	two, err := p.rough(ods)
	if err != nil {
		return p, nil, false
	}
	now = p
	now.Stains = slices.Clone(p.Stains)
	for k, s := range p.Stains {
		_, n := near(ods, two[k], farDeg)
		now.Stains[k].OD = two[k]
		all = append(all, Found{Name: s.Name, Degree: Angle(two[k], s.OD), Pixels: n, Own: n >= FewPixels})
	}
	doubtful := func(f Found) bool { return f.Degree > most || !f.Own }
	if slices.ContainsFunc(all, doubtful) || now.Angle() <= Collinear {
		return p, nil, false
	}
	return now, all, true
}
