package slide

import (
	"fmt"
	"slices"
	"strings"

	"explant/analysis/result"
	"explant/analysis/stain"
)

// Limits beyond which a flag is raised.
const (
	maxClippedPercent     = 1.0
	maxSensitivityPercent = 10.0
	maxResidualPercent    = 25.0
	maxInkPercent         = 0.1
	maxBlurredPercent     = 0.5

	maxUnclassifiedPercent = 10.0
)

// flags lists every quality remark that applies to the slide.
func (r *report) flags(calibrated bool) {
	p, l := r.p, r.l
	raise := func(when bool, id, remedy, format string, values ...any) {
		if when {
			r.Flags = append(r.Flags, result.Flag{ID: id, Text: fmt.Sprintf(format, values...), Remedy: remedy})
		}
	}
	raise(!calibrated, "uncalibrated", "State the size of a pixel.",
		"The size of a pixel is unknown: areas are in pixels.")
	raise(l.clipped > maxClippedPercent, "saturated", "Scan with less exposure, so that glass stays below the top of the range.",
		"%.2f %% of the pixels are at the end of the camera's range (limit %.0f %%): their density is not known.", l.clipped, maxClippedPercent)
	raise(!l.found && !p.NeedGlass, "no-glass", "Include clear glass in the field, or use a field of the same slide that has some.",
		"No clear glass was found: its level is assumed to be 255 in each channel, and densities are relative to that.")
	raise(r.unlit(), "no-glass", "Include clear glass in the field, or use a field of the same slide that has some.",
		"No clear glass was found: no class is measured, and the class map, which assumes a level of 255, is a sketch.")
	raise(l.found && len(l.left) < minBlocks, "few-glass-blocks", "Use a larger field with glass on several sides.",
		"Glass lies in fewer than %d of the %d blocks of the slide: the uncertainty of its level cannot be told, and no interval is given.", minBlocks, gridSide*gridSide)
	raise(p.Stain.Angle() <= stain.Collinear, "stain-collinear", "Use a profile whose stains differ more in colour.",
		"Two stains of profile %s are %.1f degrees apart (limit %.0f): their amounts cannot be told apart.", p.Stain.Name, p.Stain.Angle(), stain.Collinear)
	borrowed := strings.Join(r.borrowed(), ", ")
	raise(borrowed != "" && p.Stain.Origin == stain.Published, "default-stain-vectors", "Measure the vectors on single-stained control slides of your own laboratory: explant stain.",
		"The stain vectors of %s (%s, version %d, %s) come from elsewhere, not from this laboratory.", borrowed, p.Stain.Name, p.Stain.Version, p.Stain.Origin)
	raise(borrowed != "" && p.Stain.Origin == stain.Nominal, "default-stain-vectors", "Measure the vectors on single-stained control slides of your own laboratory: explant stain.",
		"The stain vectors of %s (%s, version %d, %s) were chosen from the colours of the dyes and never measured.", borrowed, p.Stain.Name, p.Stain.Version, p.Stain.Origin)
	raise(r.foreign(), "wrong-stain", "Choose the protocol of the stain, or give a profile of your own with --set segment.stain=FILE; --set segment.check_stain=false measures nevertheless.",
		"The slide does not look stained with %s: %s. No class is measured, and the class map is a sketch.", p.Stain.Name, r.l.strangeness())
	raise(!r.foreign() && len(l.missing) > 0 && l.dense >= stain.FewPixels && len(p.Stain.Stains) == 3, "stain-not-shown", "Check the staining; where the slide has nothing that takes this stain, nothing is wrong.",
		"Hardly any dense pixel has the colour of %s: its direction is the profile's.", strings.Join(l.missing, ", "))
	raise(!r.unlit() && len(r.sensitive()) > 0, "threshold-sensitive", "Check the threshold against control slides before comparing.",
		"When the thresholds move by %.2f OD the area changes by more than %.0f %%: %s.", sensitivityStep, maxSensitivityPercent, strings.Join(r.sensitive(), ", "))
	raise(!r.unlit() && !r.foreign() && r.unclassified() >= maxUnclassifiedPercent, "unclassified", "Look at the class map, and measure the stain vectors on control slides of your own laboratory.",
		"%.0f %% of the tissue has a colour of no class (limit %.0f %%): the composition is not complete.", r.unclassified(), maxUnclassifiedPercent)
	raise(r.residual() > maxResidualPercent, "unmixing-residual", "Use a profile made for this stain and scanner.",
		"%.0f %% of the tissue's density is explained by no stain of the profile (limit %.0f %%).", r.residual(), maxResidualPercent)
	raise(share(r.c.ink, r.c.pixels) > maxInkPercent, "ink", "Look at the region: ink and pigment are no tissue, but a stain as dark as that would be lost.",
		"%.2f %% of the region is as black as ink or pigment, and is excluded; its rim may count as tissue.", share(r.c.ink, r.c.pixels))
	raise(r.blurred() > maxBlurredPercent, "out-of-focus", "Scan the slide again with more focus points, or look whether the rest stands for what is left out.",
		"%.1f %% of the region are much less sharp than the rest of the tissue, and are excluded.", r.blurred())
	for _, k := range p.measured() {
		raise(k.RankOnly, "rank-only", "Compare ranks of density, not amounts.",
			"The density of %s does not measure its amount; values may only be ranked.", k.Amount)
	}
}

// blurred is the share of the region that is excluded as out of focus, in percent.
func (r *report) blurred() float64 {
	return share(r.c.structures[r.p.excluded(focusClass)-r.p.unclassifiedValue()-1], r.c.pixels)
}

// borrowed are the stains whose direction was not found on this slide.
func (r *report) borrowed() (names []string) {
	for _, s := range r.p.Stain.Stains {
		if !slices.ContainsFunc(r.l.turns, func(f stain.Found) bool { return f.Name == s.Name && f.Own }) {
			names = append(names, s.Name)
		}
	}
	return names
}

// strangeness says in words why a slide is taken to be of another stain.
func (s sighting) strangeness() string {
	if len(s.profile.Stains) == 3 || len(s.lacking) > 0 {
		return fmt.Sprintf("hardly any dense pixel has the colour of %s", strings.Join(s.missing, " or of "))
	}
	return fmt.Sprintf("%.0f %% of its dense pixels have the colour of no stain (limit %.0f %%)", s.strange, maxStrangePercent)
}

// sensitive names the classes whose area hangs on their threshold, and by how much.
func (r *report) sensitive() []string {
	var all []string
	for _, k := range r.p.measured() {
		if change := r.sensitivity(k.value); change > maxSensitivityPercent {
			all = append(all, fmt.Sprintf("%s by %.0f %%", k.class, change))
		}
	}
	return all
}

// bears says which metrics a flag touches; a flag that is not named touches all but saturation.
var bears = map[string][]string{
	"uncalibrated":        {MetricArea, MetricFraction, MetricComposition, MetricTissue},
	"saturated":           {MetricOD, MetricSaturation},
	"threshold-sensitive": {MetricFraction, MetricComposition, MetricArea, MetricOD},
	"unclassified":        {MetricComposition, MetricFraction},
	"rank-only":           {MetricOD},
}

func (r *report) flagsFor(metric string) []string {
	ids := []string{}
	for _, f := range r.Flags {
		only, named := bears[f.ID]
		touched := !named && metric != MetricSaturation
		for _, m := range only {
			touched = touched || m == metric
		}
		if touched {
			ids = append(ids, f.ID)
		}
	}
	return ids
}
