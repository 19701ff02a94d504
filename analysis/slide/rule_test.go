package slide

import (
	"maps"
	"math"
	"strings"
	"testing"

	"explant/analysis/stain"
)

// Brute force: the class of each pixel from doubles, without tables, tiles or cuts.
func TestClassesEqualTheDefinition(t *testing.T) {
	for _, p := range []Params{PSR(), HE(), MSB(), Carstairs()} {
		m := patches(97, 61, p.Stain, [3]float64{240, 238, 236}, func(x, y int) [3]float64 {
			if x < 4 {
				return [3]float64{}
			}
			return [3]float64{float64(x%40) / 60, float64(y%30) / 50, float64(x%7) / 40}
		})
		p.SmoothPX = 0
		f, labels := labelled(t, m, p, 32, 2)
		i0 := [3]float64{f.Diagnostics["glass_red_grey"], f.Diagnostics["glass_green_grey"], f.Diagnostics["glass_blue_grey"]}
		seen, differ := map[uint8]bool{}, 0
		for i, l := range labels {
			seen[l] = true
			if l != byDefinition(p, i0, m.rgb[3*i:3*i+3]) {
				differ++
			}
		}
		if differ > 0 || len(seen) < 3 {
			t.Errorf("%s: %d of %d pixels differ in %d classes", p.Stain.Name, differ, len(labels), len(seen))
		}
	}
}

func byDefinition(p Params, i0 [3]float64, rgb []uint8) uint8 {
	var ods [3]float64
	for c := range ods {
		ods[c] = stain.Density(float64(rgb[c]), i0[c])
	}
	u, _ := p.Stain.Unmixing()
	a := u.Amounts(ods)
	q := od{mean: (ods[0] + ods[1] + ods[2]) / 3, residual: a[2]}
	for k, s := range p.Stain.Stains {
		q[s.Name] = a[k]
		q[total] += a[k]
	}
	if q[mean] < p.TissueOD {
		return glassValue
	}
	for _, r := range p.ordered() {
		fits := true
		for k, v := range r.MinOD {
			fits = fits && q[k] >= v
		}
		for k, v := range r.MaxOD {
			fits = fits && q[k] <= v
		}
		for k, v := range r.MinFraction {
			fits = fits && q[k] >= v*q[total]
		}
		for k, v := range r.MaxFraction {
			fits = fits && q[k] <= v*q[total]
		}
		if fits {
			return r.value
		}
	}
	return p.restValue()
}

func TestCheckNamesTheKey(t *testing.T) {
	edit := func(change func(*Rule)) func(*Params) {
		return func(p *Params) {
			r := p.Rules["marker:dab"]
			change(&r)
			p.Rules["marker:dab"] = r
		}
	}
	for want, change := range map[string]func(*Params){
		"classes.marker:dab.amount":        edit(func(r *Rule) { r.Amount = "eosin" }),
		"classes.brown.class":              func(p *Params) { p.Rules["brown"] = Rule{Order: 7} },
		"classes: 0":                       func(p *Params) { p.Rules = nil },
		"classes.marker:dab.threshold":     edit(func(r *Rule) { r.Threshold = "" }),
		"classes.marker:dab.min_od: there": edit(func(r *Rule) { r.MinOD = nil }),
		"min_od.dab: 0 is not":             edit(func(r *Rule) { r.MinOD = od{"dab": 0} }),
		"min_fraction.dab":                 edit(func(r *Rule) { r.MinFraction = od{"dab": 2} }),
		"max_fraction.ink":                 edit(func(r *Rule) { r.MaxFraction = od{"ink": 0.5} }),
		"classes.marker:dab.colour":        edit(func(r *Rule) { r.Colour = "nuclei" }),
		"max_od.total":                     edit(func(r *Rule) { r.MaxOD = od{total: math.NaN()} }),
		"phantom_error_percent":            edit(func(r *Rule) { r.PhantomErr = -1 }),
		"order: 1 is also":                 func(p *Params) { p.Rules["rbc"] = p.Rules["marker:dab"] },
		"classes.other.amount":             func(p *Params) { p.Rules["other"] = p.Rules["marker:dab"] },
		"tissue_min_od":                    func(p *Params) { p.TissueOD = math.NaN() },
		"smooth_radius_px":                 func(p *Params) { p.SmoothPX = 9 }, "glass_min_grey": func(p *Params) { p.GlassGrey = 255 },
		"turn_stains":       func(p *Params) { p.TurnStains = []string{"eosin"} },
		"turn_extremes":     func(p *Params) { p.TurnStains = []string{"dab"} },
		"glass_min_percent": func(p *Params) { p.GlassPercent = 0 }, "stain profile": func(p *Params) { p.Stain.Stains = nil },
	} {
		p := DAB()
		change(&p)
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", want, err)
		}
	}
	for _, p := range []Params{DAB(), PSR(), otsu(PSR()), HE(), MSB(), Carstairs()} {
		if err := p.Check(); err != nil {
			t.Error(err)
		}
	}
	if maps.Equal(DAB().Algorithms(), otsu(DAB()).Algorithms()) {
		t.Error("the automatic threshold is not among the algorithms")
	}
}
