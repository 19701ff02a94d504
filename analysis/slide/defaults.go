package slide

import "explant/analysis/stain"

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
	p.MustShow = []string{"picric-acid"}
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
	return Params{Stain: builtin(profile), TissueOD: 0.03, SmoothPX: 1, GlassGrey: 200, GlassPercent: 0.2, CheckStain: true}
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
