package slide

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"explant/analysis/opencv"
	"explant/analysis/stain"
)

// Rules for the threshold of the stain.
const (
	Fixed = "fixed" // PositiveOD
	Otsu  = "otsu"  // from the histogram of the stain in the tissue of this slide
)

// Params are the rules of a slide protocol. Optical densities (OD) are relative to the slide's glass and
// have no unit; the amount of a stain is the OD along its unit vector.
type Params struct {
	Stain         stain.Profile `yaml:"stain" json:"stain"`
	PositiveStain string        `yaml:"positive_stain" json:"positive_stain"`                                 // name of the stain in the profile
	PositiveClass string        `yaml:"positive_class" json:"positive_class"`                                 // class of the pixels that show it
	Rule          string        `yaml:"positive_rule" json:"positive_rule"`                                   // fixed or otsu
	PositiveOD    float64       `yaml:"positive_min_od" json:"positive_min_od"`                               // least amount of the stain; with rule otsu the lower bound of the threshold
	PositiveShare float64       `yaml:"positive_min_fraction" json:"positive_min_fraction"`                   // least share of the stain in the sum of all stains, 0 to 1; 0: not asked
	ResidualShare float64       `yaml:"positive_max_residual_fraction" json:"positive_max_residual_fraction"` // most residual, as a share of the sum of all stains, 0 to 1; 0: not asked
	TissueOD      float64       `yaml:"tissue_min_od" json:"tissue_min_od"`                                   // least mean OD of red, green, blue that is tissue
	SmoothPX      int           `yaml:"smooth_radius_px" json:"smooth_radius_px"`                             // radius of the binomial smoothing, 0 to 2
	GlassGrey     int           `yaml:"glass_min_grey" json:"glass_min_grey"`                                 // least level of clear glass, of the darkest channel
	GlassPercent  float64       `yaml:"glass_min_percent" json:"glass_min_percent"`                           // least share of the region that must be glass to measure its level
	PhantomErr    float64       `yaml:"phantom_error_percent" json:"phantom_error_percent"`                   // root mean square error of the class's area on phantoms of this stain, of the area
	RankOnly      bool          `yaml:"rank_only" json:"rank_only"`                                           // the OD of this stain is not an amount: it may only be ranked
}

// DAB are the defaults of slide-dab: brown where the DAB amount is at least 0.29 OD. That threshold and
// the vectors give the published positive area of two slides of one laboratory within 1 point.
func DAB() Params {
	return Params{
		Stain: builtin("hdab"), PositiveStain: "dab", PositiveClass: "marker:dab",
		Rule: Fixed, PositiveOD: 0.29, TissueOD: 0.03, SmoothPX: 1, GlassGrey: 200, GlassPercent: 0.2, PhantomErr: 10, RankOnly: true,
	}
}

// PSR are the defaults of slide-psr: collagen where sirius red amounts to at least 0.12 OD and to at
// least half of the sum of red and yellow, with a residual of at most a fifth of that sum, which leaves
// out nuclei. Neither share changes with the thickness of the section.
func PSR() Params {
	return Params{
		Stain: builtin("psr"), PositiveStain: "sirius-red", PositiveClass: "collagen",
		Rule: Fixed, PositiveOD: 0.12, PositiveShare: 0.5, ResidualShare: 0.2, TissueOD: 0.03, SmoothPX: 1, GlassGrey: 200, GlassPercent: 0.2, PhantomErr: 10,
	}
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
	if p.Stain.Index(p.PositiveStain) < 0 {
		bad = append(bad, fmt.Errorf("positive_stain: %q is not a stain of profile %q", p.PositiveStain, p.Stain.Name))
	}
	if !validClass(p.PositiveClass) {
		bad = append(bad, fmt.Errorf("positive_class: %q is neither marker:NAME nor one of %s", p.PositiveClass, strings.Join(stainable, ", ")))
	}
	if p.ResidualShare > 0 && len(p.Stain.Stains) == 3 {
		bad = append(bad, fmt.Errorf("positive_max_residual_fraction: profile %q has three stains, which leave no residual", p.Stain.Name))
	}
	if p.Rule != Fixed && p.Rule != Otsu {
		bad = append(bad, fmt.Errorf("positive_rule: %q is neither fixed nor otsu", p.Rule))
	}
	for _, r := range []struct {
		key       string
		v, lo, hi float64
	}{
		{"positive_min_od", p.PositiveOD, 0.01, 2}, {"positive_min_fraction", p.PositiveShare, 0, 1}, {"positive_max_residual_fraction", p.ResidualShare, 0, 1}, {"tissue_min_od", p.TissueOD, 0.005, 1},
		{"smooth_radius_px", float64(p.SmoothPX), 0, opencv.MaxBinomial}, {"glass_min_grey", float64(p.GlassGrey), 32, 250}, {"glass_min_percent", p.GlassPercent, 0.01, 50}, {"phantom_error_percent", p.PhantomErr, 0, 100},
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
		"slide.glass": "1", "slide.classes": "1", "slide.ink": "1", "slide.interval": "1", "stain.unmix": "1",
		"stain.profile." + p.Stain.Name: strconv.Itoa(p.Stain.Version),
	}
	if p.SmoothPX > 0 {
		a["opencv.binomial"] = "1"
	}
	if p.Rule == Otsu {
		a["slide.otsu"] = "1"
	}
	return a
}
