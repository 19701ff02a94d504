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
	Stain        stain.Profile   `yaml:"stain" json:"stain"`
	Rules        map[string]Rule `yaml:"classes" json:"classes"`                     // by class; where one is given for "other", what fits no rule is unclassified
	TissueOD     float64         `yaml:"tissue_min_od" json:"tissue_min_od"`         // least mean OD of red, green, blue that is tissue
	SmoothPX     int             `yaml:"smooth_radius_px" json:"smooth_radius_px"`   // radius of the binomial smoothing, 0 to 2
	GlassGrey    int             `yaml:"glass_min_grey" json:"glass_min_grey"`       // least level of clear glass, of the darkest channel
	GlassPercent float64         `yaml:"glass_min_percent" json:"glass_min_percent"` // least share of the region that must be glass to measure its level
	NeedGlass    bool            `yaml:"glass_required" json:"glass_required"`       // measure no class where no glass is found, instead of taking 255 for its level
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

type od = map[string]float64

// common are the rules that all slide protocols share.
func common(profile string) Params {
	return Params{Stain: builtin(profile), TissueOD: 0.03, SmoothPX: 1, GlassGrey: 200, GlassPercent: 0.2}
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
