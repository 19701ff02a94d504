package slide

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Rule says which tissue pixels are of a class: all of its conditions must hold. The keys of the maps are
// the quantities of [Params]: a stain of the profile, or total, residual or mean.
//
// Amounts tell a class from paler tissue, and fractions, which do not change with the thickness of the
// section, tell classes from each other. The other way would be the class with the nearest typical density, of
// any thickness. On phantoms of martius scarlet blue and Carstairs' stain (1024 pixels, 3 seeds), and given the
// very compositions that they are made of, it overlaps collagen better (Dice 0.98 instead of 0.95 to 0.97) and
// nuclei worse (0.80 instead of 0.84), but shares of the tissue are 0.3 to 1.1 points off instead of 0.2 to
// 0.8: at borders light is mixed, not density, and a threshold can stand where half a pixel is covered. Rules
// also need no typical densities, which no one has measured.
type Rule struct {
	Order       int                `yaml:"order" json:"order"`                                   // the rule with the lowest order that fits gives the class
	Amount      string             `yaml:"amount,omitempty" json:"amount,omitempty"`             // the quantity that measures the class; its threshold in MinOD is estimated or stepped
	Threshold   string             `yaml:"threshold,omitempty" json:"threshold,omitempty"`       // of Amount: fixed (MinOD) or otsu; empty where there is no Amount
	MinOD       map[string]float64 `yaml:"min_od,omitempty" json:"min_od,omitempty"`             // least amounts, OD
	HalfShare   float64            `yaml:"half_share,omitempty" json:"half_share,omitempty"`     // of the threshold of Amount: a pixel between this share of it and the threshold is about half covered, and counts as half in areas; 0: none does
	MaxOD       map[string]float64 `yaml:"max_od,omitempty" json:"max_od,omitempty"`             // largest amounts, OD
	MinFraction map[string]float64 `yaml:"min_fraction,omitempty" json:"min_fraction,omitempty"` // least shares of the total, 0 to 1
	MaxFraction map[string]float64 `yaml:"max_fraction,omitempty" json:"max_fraction,omitempty"` // largest shares of the total, 0 to 1
	Colour      string             `yaml:"colour,omitempty" json:"colour,omitempty"`             // of the profile, beside its stains: where the slide shows it otherwise, MinFraction and MaxFraction move along; the rule has a least mean
	PhantomErr  float64            `yaml:"phantom_error_percent" json:"phantom_error_percent"`   // root mean square error of the class's area on phantoms of this stain, of the area
	RankOnly    bool               `yaml:"rank_only" json:"rank_only"`                           // Amount measures nothing: it may only be ranked
}

// Rules for the threshold of the amount.
const (
	Fixed = "fixed" // MinOD
	Otsu  = "otsu"  // from the histogram of the amount in the tissue of this slide, but at least MinOD
)

// Quantities beside the stains of the profile.
const (
	total    = "total"    // sum of the amounts of all stains
	residual = "residual" // what no stain explains, of profiles of two stains; signed
	mean     = "mean"     // mean optical density of red, green and blue
)

// named is a rule with its class.
type named struct {
	class string
	value uint8 // in the label image
	Rule
}

// ordered are the rules in the order in which they are tried.
func (p Params) ordered() []named {
	var all []named
	for class, r := range p.Rules {
		all = append(all, named{class: class, Rule: r})
	}
	slices.SortFunc(all, func(a, b named) int { return cmp.Or(a.Order-b.Order, strings.Compare(a.class, b.class)) })
	value := firstValue
	for i := range all {
		if all[i].class == otherClass {
			all[i].value = otherValue
			continue
		}
		all[i].value = value
		value++
	}
	return all
}

// measured are the rules of the classes that are measured, without that for other tissue.
func (p Params) measured() []named {
	return slices.DeleteFunc(p.ordered(), func(r named) bool { return r.class == otherClass })
}

// composes reports whether the classes make up the whole tissue: what fits no rule is then unclassified.
func (p Params) composes() bool { _, ok := p.Rules[otherClass]; return ok }

// check reports what is wrong with the rule of a class, by the name of its key.
func (r Rule) check(class string, p Params) error {
	var bad []error
	want := func(ok bool, format string, v ...any) {
		if !ok {
			bad = append(bad, fmt.Errorf("classes.%s."+format, append([]any{class}, v...)...))
		}
	}
	want(validClass(class) || class == otherClass, "class: it is neither marker:NAME nor one of %s", strings.Join(append(stainable, otherClass), ", "))
	want(r.PhantomErr >= 0 && r.PhantomErr <= 100, "phantom_error_percent: %v is not in 0 to 100", r.PhantomErr)
	want(r.HalfShare == 0 || r.HalfShare >= 0.1 && r.HalfShare <= 1, "half_share: %v is not in 0.1 to 1, nor 0", r.HalfShare)
	want(r.conditions() > 0, "min_od: no condition is given")
	if class != otherClass {
		want(p.quantity(r.Amount), "amount: %q is none of %s", r.Amount, strings.Join(p.quantities(), ", "))
		want(r.Threshold == Fixed || r.Threshold == Otsu, "threshold: %q is neither fixed nor otsu", r.Threshold)
		_, has := r.MinOD[r.Amount]
		want(has, "min_od: there is none for the amount %q", r.Amount)
	} else {
		want(r.Amount == "" && r.Threshold == "", "amount: other tissue has none")
	}
	if r.Colour != "" {
		_, has := r.MinOD[mean]
		want(has && p.Stain.AlsoIndex(r.Colour) >= 0, "colour: %q is no colour of profile %q beside its stains, or the rule has no min_od.mean", r.Colour, p.Stain.Name)
	}
	for _, m := range []struct {
		key    string
		of     map[string]float64
		lo, hi float64
	}{{"min_od", r.MinOD, 0.01, 4}, {"max_od", r.MaxOD, 0.01, 4}, {"min_fraction", r.MinFraction, -1, 1}, {"max_fraction", r.MaxFraction, -1, 1}} {
		for _, k := range slices.Sorted(maps.Keys(m.of)) {
			want(p.quantity(k), "%s.%s: it is none of %s", m.key, k, strings.Join(p.quantities(), ", "))
			want(m.of[k] >= m.lo && m.of[k] <= m.hi, "%s.%s: %v is not in %v to %v", m.key, k, m.of[k], m.lo, m.hi)
		}
	}
	return errors.Join(bad...)
}

func (r Rule) conditions() int {
	return len(r.MinOD) + len(r.MaxOD) + len(r.MinFraction) + len(r.MaxFraction)
}

// quantities are the names that a rule may use.
func (p Params) quantities() []string {
	var names []string
	for _, s := range p.Stain.Stains {
		names = append(names, s.Name)
	}
	if len(p.Stain.Stains) == 2 {
		names = append(names, residual)
	}
	return append(names, total, mean)
}

func (p Params) quantity(name string) bool { return slices.Contains(p.quantities(), name) }
