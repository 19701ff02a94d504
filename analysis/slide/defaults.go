package slide

import "explant/analysis/stain"

// DAB are the defaults of slide-dab: brown where the DAB amount is at least 0.24 OD, along the directions of the
// slide's own stains. That threshold gives the published positive area of two slides of one laboratory within 1
// point, and on phantoms misses as much of weakly stained platelets as it gains of what lies beside them.
func DAB() Params {
	p := common("hdab")
	p.TurnStains, p.TurnExtremes = []string{"haematoxylin", "dab"}, true
	p.Rules = map[string]Rule{"marker:dab": {
		Order: 1, Amount: "dab", Threshold: Fixed, MinOD: od{"dab": 0.24}, HalfShare: 0.84, PhantomErr: 3, RankOnly: true,
	}}
	return p
}

// PSR are the defaults of slide-psr: collagen where sirius red amounts to at least 0.12 OD and to at
// least 0.6 of the sum of red and yellow, with a residual of at most a fifth of that sum, which leaves
// out nuclei. Neither share changes with the thickness of the section. The slide's own directions are those of
// collagen and of cytoplasm, which hold a little of the other stain.
func PSR() Params {
	p := common("psr")
	p.TurnStains = []string{"sirius-red", "picric-acid"}
	p.MustShow = []string{"picric-acid"}
	p.Rules = map[string]Rule{"collagen": {
		Order: 1, Amount: "sirius-red", Threshold: Fixed, MinOD: od{"sirius-red": 0.12},
		MinFraction: od{"sirius-red": 0.6}, MaxFraction: od{residual: 0.2}, PhantomErr: 5,
	}}
	return p
}

// HE are the defaults of slide-he: nuclei by haematoxylin, red cells by the orange that haemoglobin gives to
// eosin, where it is denser than half of what they have above the tissue around them: pigment and thick collagen are
// paler. Every other eosinophilic tissue is other. Fibrin, platelets and collagen have one colour in this stain.
func HE() Params {
	p := composed("he")
	p.TurnStains = []string{"eosin"}
	p.Rules = map[string]Rule{
		"nucleus": {
			Order: 1, Amount: "haematoxylin", Threshold: Fixed, MinOD: od{"haematoxylin": 0.42},
			MinFraction: od{"haematoxylin": 0.6}, MaxFraction: od{residual: 0.15}, PhantomErr: 10,
		},
		"rbc":      {Order: 2, Amount: "eosin", Threshold: Fixed, MinOD: od{"eosin": 0.48, residual: 0.03}, HalfShare: 0.65, MinFraction: od{residual: 0.05}, PhantomErr: 15},
		otherClass: {Order: 9, MinFraction: od{residual: -0.3}, MaxFraction: od{residual: 0.3}},
	}
	return p
}

// MSB are the defaults of slide-msb: yellow red cells, red fibrin, blue collagen. Nuclei are darker than each
// and hold blue and red at once: their dye lies in the space of the other three, and collagen, which is as dark
// where it is thick, holds blue alone. Platelets are pale and other. The thresholds lie above the half of what each
// class has on phantoms, so that a pixel that is half covered is not of the class; half_share says what lies as far below.
func MSB() Params {
	p := composed("msb")
	p.Exclude.Folds = true
	p.TurnStains = []string{"martius-yellow", "crystal-scarlet", "methyl-blue"}
	p.Rules = map[string]Rule{
		"nucleus": {
			Order: 1, Amount: mean, Threshold: Fixed, MinOD: od{mean: 0.38}, HalfShare: 0.74, Colour: "nuclei",
			MinFraction: od{"methyl-blue": 0.45}, MaxFraction: od{"methyl-blue": 0.74, "martius-yellow": 0.3, "crystal-scarlet": 0.5}, PhantomErr: 12,
		},
		"rbc": {
			Order: 2, Amount: "martius-yellow", Threshold: Fixed, MinOD: od{"martius-yellow": 0.32}, HalfShare: 0.62,
			MinFraction: od{"martius-yellow": 0.4, "crystal-scarlet": -0.15}, MaxFraction: od{"methyl-blue": 0.35}, PhantomErr: 2, // no green
		},
		"fibrin":   {Order: 3, Amount: "crystal-scarlet", Threshold: Fixed, MinOD: od{"crystal-scarlet": 0.34}, HalfShare: 0.71, MinFraction: od{"crystal-scarlet": 0.5}, PhantomErr: 2},
		"collagen": {Order: 4, Amount: "methyl-blue", Threshold: Fixed, MinOD: od{"methyl-blue": 0.28}, HalfShare: 0.64, MinFraction: od{"methyl-blue": 0.75}, MaxFraction: od{"martius-yellow": 0.3}, PhantomErr: 4},
		otherClass: {Order: 9, MaxOD: od{total: 0.5}},
	}
	return p
}

// Carstairs are the defaults of slide-carstairs: yellow red cells, red fibrin, bright blue collagen, grey-blue
// platelets, which hold less blue and more red than collagen, and dark nuclei as in MSB.
func Carstairs() Params {
	p := composed("carstairs")
	p.Exclude.Folds = true
	p.TurnStains = []string{"picric-orange", "ponceau-fuchsin", "aniline-blue"}
	p.Rules = map[string]Rule{
		"nucleus": {
			Order: 1, Amount: mean, Threshold: Fixed, MinOD: od{mean: 0.38}, HalfShare: 0.95, Colour: "nuclei",
			MinFraction: od{"aniline-blue": 0.42}, MaxFraction: od{"aniline-blue": 0.655, "picric-orange": 0.35, "ponceau-fuchsin": 0.51}, PhantomErr: 22,
		},
		"rbc": {
			Order: 2, Amount: "picric-orange", Threshold: Fixed, MinOD: od{"picric-orange": 0.31}, HalfShare: 0.61,
			MinFraction: od{"picric-orange": 0.42, "ponceau-fuchsin": -0.15}, MaxFraction: od{"aniline-blue": 0.35}, PhantomErr: 2, // no green
		},
		"fibrin":   {Order: 3, Amount: "ponceau-fuchsin", Threshold: Fixed, MinOD: od{"ponceau-fuchsin": 0.34}, HalfShare: 0.71, MinFraction: od{"ponceau-fuchsin": 0.5}, PhantomErr: 3},
		"collagen": {Order: 4, Amount: "aniline-blue", Threshold: Fixed, MinOD: od{"aniline-blue": 0.28}, HalfShare: 0.64, MinFraction: od{"aniline-blue": 0.83}, MaxFraction: od{"picric-orange": 0.3}, PhantomErr: 8},
		"platelet": {Order: 5, Amount: "aniline-blue", Threshold: Fixed, MinOD: od{"aniline-blue": 0.2}, HalfShare: 0.7, MinFraction: od{"aniline-blue": 0.62}, MaxFraction: od{"picric-orange": 0.3}, PhantomErr: 5},
		otherClass: {Order: 9, MaxOD: od{total: 0.5}},
	}
	return p
}

// PTAH are the defaults of slide-ptah: blue fibrin, red-brown collagen. Nuclei and muscle have the blue of fibrin
// and cannot be told from it by colour; red cells and platelets are paler.
func PTAH() Params {
	p := composed("ptah")
	p.Exclude.Folds = true
	p.TurnStains = []string{"haematein-blue", "red-brown"}
	p.Rules = map[string]Rule{
		"fibrin": {
			Order: 1, Amount: "haematein-blue", Threshold: Fixed, MinOD: od{"haematein-blue": 0.48}, HalfShare: 0.75,
			MinFraction: od{"haematein-blue": 0.7}, MaxFraction: od{residual: 0.2}, PhantomErr: 7,
		},
		"collagen": {
			Order: 2, Amount: "red-brown", Threshold: Fixed, MinOD: od{"red-brown": 0.3}, HalfShare: 0.65,
			MinFraction: od{"red-brown": 0.7}, MaxFraction: od{residual: 0.2}, PhantomErr: 2,
		},
		otherClass: {Order: 9, MinFraction: od{residual: -0.3}, MaxFraction: od{residual: 0.3}},
	}
	return p
}

type od = map[string]float64

// common are the rules that all slide protocols share.
func common(profile string) Params {
	return Params{Stain: builtin(profile), TissueOD: 0.03, SmoothPX: 1, GlassGrey: 200, GlassPercent: 0.2, CheckStain: true, Exclude: &Exclude{FibreUM: 380, FibreWallUM: 70, Bubbles: true, Ink: true, Focus: true}}
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
