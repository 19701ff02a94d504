package slide

import (
	"maps"
	"math"

	"explant/analysis/stain"
)

// coloured moves the shares that rules with a colour ask for, by how much the shares of that colour are other on the
// slide than in the profile: a dye that is not unmixed differs from slide to slide as the stains do. now is the
// profile with the slide's own directions.
//
// The colour is where the dense pixels crowd about the profile's ([stain.Rest]), among those that are as dense as
// the class asks for; it is not believed where few pixels are near, or where it turned by more than maxTurnDeg.
func (p Params) coloured(now stain.Profile, ods [][3]float64) (map[string]Rule, []stain.Found) {
	rules := maps.Clone(p.Rules)
	var all []stain.Found
	for _, k := range p.ordered() {
		i := p.Stain.AlsoIndex(k.Colour)
		if k.Colour == "" || i < 0 {
			continue
		}
		from := p.Stain.Also[i].OD
		var dense [][3]float64
		for _, od := range ods {
			if (od[0]+od[1]+od[2])/3 >= k.MinOD[mean] {
				dense = append(dense, od)
			}
		}
		to, n := stain.Rest(dense, from)
		f := stain.Found{Name: k.Colour, Degree: stain.Angle(to, from), Pixels: n, Own: n >= stain.FewPixels}
		if f.Degree > maxTurnDeg || !f.Own {
			f.Degree, f.Own = 0, false
		} else {
			rules[k.class] = k.moved(shares(now, to), shares(p.Stain, from))
		}
		all = append(all, f)
	}
	return rules, all
}

// moved is the rule whose shares are those of a colour of shares to, instead of from.
func (r named) moved(to, from map[string]float64) Rule {
	move := func(limits map[string]float64) map[string]float64 {
		m := maps.Clone(limits)
		for name := range m {
			m[name] = math.Max(-1, math.Min(m[name]+to[name]-from[name], 1))
		}
		return m
	}
	q := r.Rule
	q.MinFraction, q.MaxFraction = move(r.MinFraction), move(r.MaxFraction)
	return q
}

// shares are the shares of each stain in the total of a colour.
func shares(p stain.Profile, od [3]float64) map[string]float64 {
	u, err := p.Unmixing()
	if err != nil {
		return nil // the profile was checked
	}
	a, sum := u.Amounts(od), 0.0
	for k := range p.Stains {
		sum += a[k]
	}
	of := map[string]float64{}
	for k, s := range p.Stains {
		of[s.Name] = a[k] / sum
	}
	return of
}
