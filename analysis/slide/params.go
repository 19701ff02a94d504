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
	TurnStains      []string        `yaml:"turn_stains,omitempty" json:"turn_stains,omitempty"`     // stains whose directions are searched on this slide, near the profile's
	TurnExtremes    bool            `yaml:"turn_extremes,omitempty" json:"turn_extremes,omitempty"` // of a slide that holds two stains and nothing else: their directions are its extreme colours, where these are not doubted
	Rules           map[string]Rule `yaml:"classes" json:"classes"`                                 // by class; where one is given for "other", what fits no rule is unclassified
	TissueOD        float64         `yaml:"tissue_min_od" json:"tissue_min_od"`                     // least mean OD of red, green, blue that is tissue
	SectionReachUM  float64         `yaml:"section_reach_um" json:"section_reach_um"`               // everything within this distance of tissue is of the section; 0: the section is not outlined
	SectionLeastMM2 float64         `yaml:"section_least_mm2" json:"section_least_mm2"`             // smaller holes belong to the section, smaller pieces do not
	SmoothPX        int             `yaml:"smooth_radius_px" json:"smooth_radius_px"`               // radius of the binomial smoothing, 0 to 2
	GlassGrey       int             `yaml:"glass_min_grey" json:"glass_min_grey"`                   // least level of clear glass, of the darkest channel
	GlassPercent    float64         `yaml:"glass_min_percent" json:"glass_min_percent"`             // least share of the region that must be glass to measure its level
	InkSpread       int             `yaml:"ink_spread_grey" json:"ink_spread_grey"`                 // grey levels by which the channels of black ink may differ whatever their ratio: the noise of the camera
	Exclude         *Exclude        `yaml:"exclude,omitempty" json:"exclude,omitempty"`             // structures that are no tissue; nil: only ink is told
	CheckStain      bool            `yaml:"check_stain" json:"check_stain"`                         // measure no class of a slide whose colours are not those of the profile
	MustShow        []string        `yaml:"must_show,omitempty" json:"must_show,omitempty"`         // with CheckStain: stains that every slide shows
	NeedGlass       bool            `yaml:"glass_required" json:"glass_required"`                   // measure no class where no glass is found, instead of taking 255 for its level
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
	if p.TurnExtremes && (len(p.Stain.Stains) != 2 || len(p.TurnStains) != 2) {
		bad = append(bad, fmt.Errorf("turn_extremes: wants a profile of two stains, and both under turn_stains, not %d of %d", len(p.TurnStains), len(p.Stain.Stains)))
	}
	for _, name := range p.MustShow {
		if p.Stain.Index(name) < 0 {
			bad = append(bad, fmt.Errorf("must_show: %q is not a stain of profile %q", name, p.Stain.Name))
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
	if x := p.Exclude; x != nil && !(x.FibreUM == 0 || x.FibreUM >= 20 && x.FibreUM <= 2000 && x.FibreWallUM > 0 && x.FibreWallUM < x.FibreUM/2) {
		bad = append(bad, fmt.Errorf("exclude.fibre_outer_um: fibres of %v µm with a wall of %v are wanted from 20 to 2000, with a wall below half of it, or 0 for none", x.FibreUM, x.FibreWallUM))
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
		"slide.glass": "1", "slide.classes": "3", "slide.ink": "2", "slide.interval": "1", "stain.unmix": "1",
		"stain.profile." + p.Stain.Name: strconv.Itoa(p.Stain.Version),
	}
	if len(p.TurnStains) > 0 {
		a["slide.turn"] = "3"
	}
	for _, r := range p.Rules {
		if r.Colour != "" {
			a["slide.colour"] = "1"
		}
	}
	if p.TurnExtremes {
		a["slide.extremes"] = "1"
	}
	if p.Exclude != nil {
		a["slide.exclude"] = "2"
		a["slide.fibres"] = "1"
	}
	if p.Exclude != nil && p.Exclude.Focus {
		a["slide.focus"] = "1"
	}
	if p.CheckStain {
		a["slide.check_stain"] = "1"
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
