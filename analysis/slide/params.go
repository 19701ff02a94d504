package slide

import (
	"errors"
	"fmt"
	"strconv"

	"explant/analysis/opencv"
	"explant/analysis/stain"
)

// Params are the rules of a slide protocol. Optical densities (OD) are relative to the slide's glass and
// have no unit; the amount of a stain is the OD along its unit vector.
type Params struct {
	Stain           stain.Profile   `yaml:"stain" json:"stain"`
	TurnStains      []string        `yaml:"turn_stains,omitempty" json:"turn_stains,omitempty"` // stains whose directions are searched on this slide, near the profile's
	Rules           map[string]Rule `yaml:"classes" json:"classes"`                             // by class; where one is given for "other", what fits no rule is unclassified
	TissueOD        float64         `yaml:"tissue_min_od" json:"tissue_min_od"`                 // least mean OD of red, green, blue that is tissue
	SectionReachUM  float64         `yaml:"section_reach_um" json:"section_reach_um"`           // everything within this distance of tissue is of the section; 0: the section is not outlined
	SectionLeastMM2 float64         `yaml:"section_least_mm2" json:"section_least_mm2"`         // smaller holes belong to the section, smaller pieces do not
	SmoothPX        int             `yaml:"smooth_radius_px" json:"smooth_radius_px"`           // radius of the binomial smoothing, 0 to 2
	GlassGrey       int             `yaml:"glass_min_grey" json:"glass_min_grey"`               // least level of clear glass, of the darkest channel
	GlassPercent    float64         `yaml:"glass_min_percent" json:"glass_min_percent"`         // least share of the region that must be glass to measure its level
	InkSpread       int             `yaml:"ink_spread_grey" json:"ink_spread_grey"`             // grey levels by which the channels of black ink may differ whatever their ratio: the noise of the camera
	NeedGlass       bool            `yaml:"glass_required" json:"glass_required"`               // measure no class where no glass is found, instead of taking 255 for its level
}

// DAB are the defaults of slide-dab: brown where the DAB amount is at least 0.29 OD. That threshold and
// the vectors give the published positive area of two slides of one laboratory within 1 point.
func DAB() Params {
	p := common("hdab")
	p.Rules = map[string]Rule{"marker:dab": {
		Order: 1, Amount: "dab", Threshold: Fixed, MinOD: od{"dab": 0.29}, PhantomErr: 10, RankOnly: true,
	}}
	return p
}

// PSR are the defaults of slide-psr: collagen where sirius red amounts to at least 0.12 OD and to at
// least half of the sum of red and yellow, with a residual of at most a fifth of that sum, which leaves
// out nuclei. Neither share changes with the thickness of the section.
func PSR() Params {
	p := common("psr")
	p.Rules = map[string]Rule{"collagen": {
		Order: 1, Amount: "sirius-red", Threshold: Fixed, MinOD: od{"sirius-red": 0.12},
		MinFraction: od{"sirius-red": 0.5}, MaxFraction: od{residual: 0.2}, PhantomErr: 10,
	}}
	return p
}

// HE are the defaults of slide-he: nuclei by haematoxylin, red cells by the orange that haemoglobin gives to
// eosin; every other eosinophilic tissue is other. Fibrin, platelets and collagen have one colour in this stain.
func HE() Params {
	p := composed("he")
	p.TurnStains = []string{"eosin"}
	p.Rules = map[string]Rule{
		"nucleus": {
			Order: 1, Amount: "haematoxylin", Threshold: Fixed, MinOD: od{"haematoxylin": 0.42},
			MinFraction: od{"haematoxylin": 0.6}, MaxFraction: od{residual: 0.15}, PhantomErr: 6,
		},
		"rbc":      {Order: 2, Amount: "eosin", Threshold: Fixed, MinOD: od{"eosin": 0.32, residual: 0.03}, MinFraction: od{residual: 0.05}, PhantomErr: 12},
		otherClass: {Order: 9, MinFraction: od{residual: -0.3}, MaxFraction: od{residual: 0.3}},
	}
	return p
}

// MSB are the defaults of slide-msb: yellow red cells, red fibrin, blue collagen. Nuclei are darker than each
// and hold blue and red at once: their dye lies in the space of the other three. Platelets are pale and other.
func MSB() Params {
	p := composed("msb")
	p.Rules = map[string]Rule{
		"nucleus": {
			Order: 1, Amount: mean, Threshold: Fixed, MinOD: od{mean: 0.42},
			MinFraction: od{"methyl-blue": 0.42, "crystal-scarlet": 0.08}, MaxFraction: od{"martius-yellow": 0.3}, PhantomErr: 16,
		},
		"rbc": {
			Order: 2, Amount: "martius-yellow", Threshold: Fixed, MinOD: od{"martius-yellow": 0.24},
			MinFraction: od{"martius-yellow": 0.4, "crystal-scarlet": -0.15}, MaxFraction: od{"methyl-blue": 0.35}, PhantomErr: 5, // no green
		},
		"fibrin":   {Order: 3, Amount: "crystal-scarlet", Threshold: Fixed, MinOD: od{"crystal-scarlet": 0.28}, MinFraction: od{"crystal-scarlet": 0.4}, PhantomErr: 3},
		"collagen": {Order: 4, Amount: "methyl-blue", Threshold: Fixed, MinOD: od{"methyl-blue": 0.2}, MinFraction: od{"methyl-blue": 0.65}, MaxFraction: od{"martius-yellow": 0.3}, PhantomErr: 5},
		otherClass: {Order: 9, MaxOD: od{total: 0.5}},
	}
	return p
}

// Carstairs are the defaults of slide-carstairs: yellow red cells, red fibrin, bright blue collagen, grey-blue
// platelets, which hold less blue and more red than collagen, and dark nuclei as in MSB.
func Carstairs() Params {
	p := composed("carstairs")
	p.TurnStains = []string{"aniline-blue"}
	p.Rules = map[string]Rule{
		"nucleus": {
			Order: 1, Amount: mean, Threshold: Fixed, MinOD: od{mean: 0.42},
			MinFraction: od{"aniline-blue": 0.4, "ponceau-fuchsin": 0.08}, MaxFraction: od{"picric-orange": 0.35}, PhantomErr: 10,
		},
		"rbc": {
			Order: 2, Amount: "picric-orange", Threshold: Fixed, MinOD: od{"picric-orange": 0.24},
			MinFraction: od{"picric-orange": 0.42, "ponceau-fuchsin": -0.15}, MaxFraction: od{"aniline-blue": 0.35}, PhantomErr: 4, // no green
		},
		"fibrin":   {Order: 3, Amount: "ponceau-fuchsin", Threshold: Fixed, MinOD: od{"ponceau-fuchsin": 0.28}, MinFraction: od{"ponceau-fuchsin": 0.4}, PhantomErr: 2},
		"collagen": {Order: 4, Amount: "aniline-blue", Threshold: Fixed, MinOD: od{"aniline-blue": 0.18}, MinFraction: od{"aniline-blue": 0.76}, MaxFraction: od{"picric-orange": 0.3}, PhantomErr: 8},
		"platelet": {Order: 5, Amount: "aniline-blue", Threshold: Fixed, MinOD: od{"aniline-blue": 0.2}, MinFraction: od{"aniline-blue": 0.56}, MaxFraction: od{"picric-orange": 0.3}, PhantomErr: 7},
		otherClass: {Order: 9, MaxOD: od{total: 0.5}},
	}
	return p
}

type od = map[string]float64

// common are the rules that all slide protocols share.
func common(profile string) Params {
	return Params{Stain: builtin(profile), TissueOD: 0.03, SmoothPX: 1, GlassGrey: 200, GlassPercent: 0.2}
}

// composed are the rules that protocols of several classes share. Their classes are small and touch each
// other: unsmoothed, red cells of 7 µm overlap the truth of phantoms at a Dice of 0.99 instead of 0.95 (without
// JPEG; with it both give 0.91). A colour cast could pass for a stain, so glass must be there. The tissue
// threshold is higher than that of one class: what is near half the density of pale tissue makes up its border.
func composed(profile string) Params {
	p := common(profile)
	p.TissueOD, p.SmoothPX, p.InkSpread, p.NeedGlass = 0.05, 0, 6, true
	p.SectionReachUM, p.SectionLeastMM2 = 25, 0.05
	return p
}

func builtin(name string) stain.Profile {
	p, err := stain.Builtin(name)
	if err != nil {
		panic(err) // the profile is embedded, and a test reads each
	}
	return p
}

// Check reports every rule that cannot be followed, by the name of its key.
func (p Params) Check() error {
	var bad []error
	bad = append(bad, p.Stain.Check())
	if n := len(p.measured()); n < 1 || n > maxClasses {
		bad = append(bad, fmt.Errorf("classes: %d are given, 1 to %d are wanted", n, maxClasses))
	}
	for _, name := range p.TurnStains {
		if p.Stain.Index(name) < 0 {
			bad = append(bad, fmt.Errorf("turn_stains: %q is not a stain of profile %q", name, p.Stain.Name))
		}
	}
	orders := map[int]string{}
	for _, r := range p.ordered() {
		bad = append(bad, r.check(r.class, p))
		if twin, taken := orders[r.Order]; taken {
			bad = append(bad, fmt.Errorf("classes.%s.order: %d is also that of %s", r.class, r.Order, twin))
		}
		orders[r.Order] = r.class
	}
	for _, r := range []struct {
		key       string
		v, lo, hi float64
	}{
		{"tissue_min_od", p.TissueOD, 0.005, 1}, {"smooth_radius_px", float64(p.SmoothPX), 0, opencv.MaxBinomial},
		{"glass_min_grey", float64(p.GlassGrey), 32, 250}, {"glass_min_percent", p.GlassPercent, 0.01, 50},
		{"section_reach_um", p.SectionReachUM, 0, 1000}, {"section_least_mm2", p.SectionLeastMM2, 0, 100},
		{"ink_spread_grey", float64(p.InkSpread), 0, inkGrey},
	} {
		if !(r.v >= r.lo && r.v <= r.hi) {
			bad = append(bad, fmt.Errorf("%s: %v is not in %v to %v", r.key, r.v, r.lo, r.hi))
		}
	}
	return errors.Join(bad...)
}

// Algorithms names each algorithm that the rules use and its version, for the method hash.
func (p Params) Algorithms() map[string]string {
	a := map[string]string{
		"slide.glass": "1", "slide.classes": "2", "slide.ink": "1", "slide.interval": "1", "stain.unmix": "1",
		"stain.profile." + p.Stain.Name: strconv.Itoa(p.Stain.Version),
	}
	if len(p.TurnStains) > 0 {
		a["slide.turn"] = "1"
	}
	if p.SectionReachUM > 0 {
		a["slide.section"] = "1"
	}
	if p.SmoothPX > 0 {
		a["opencv.binomial"] = "1"
	}
	for _, r := range p.Rules {
		if r.Threshold == Otsu {
			a["slide.otsu"] = "1"
		}
	}
	return a
}
