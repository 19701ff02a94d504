package slide

import (
	"math"
	"strings"

	"explant/analysis/result"
	"explant/volume"
)

// Metric ids of the dictionary that a slide gives.
const (
	MetricFraction    = "h.area.c"  // share of a class in the tissue, and in the whole region, %
	MetricComposition = "h.comp"    // share of everything that the tissue is made of, %
	MetricTissue      = "h.tissue"  // share of tissue in the region, %
	MetricSection     = "h.section" // share of the outlined section in the region, %
	MetricArea        = "h.area"    // area of a class or of the tissue, mm²
	MetricOD          = "h.od"      // median optical density of the stain in its class
	MetricSaturation  = "h.sat"     // share of clipped pixels in the region, %
)

const tissuePart, regionPart = "tissue", "region"

// report gathers the findings of one slide.
type report struct {
	result.Findings
	p     Params
	l     levels
	c     census
	unit  string  // of areas, behind the name of a denominator
	pixel float64 // area of a pixel in that unit
}

func findings(p Params, g volume.Grid, l levels, c census) result.Findings {
	r := &report{p: p, l: l, c: c, pixel: 1, unit: " (px)"}
	area, err := g.PixelArea()
	calibrated := err == nil
	if calibrated {
		r.pixel, r.unit = area, " (mm2)"
	}
	r.Classes = p.Classes()
	r.flags(calibrated)
	r.fractions()
	r.section(calibrated)
	r.composition()
	r.kind()
	r.areas(calibrated)
	r.fibres()
	r.cells(calibrated)
	r.density()
	r.add(result.Measurement{Metric: MetricSaturation, Part: regionPart, Value: l.clipped, Unit: "%"}, spread{})
	r.diagnostics()
	return r.Findings
}

// add completes a measurement with its interval and its flags. Bounded values (shares) keep their
// interval within [0, 100].
func (r *report) add(m result.Measurement, s spread) {
	if u, dominant, ok := s.expanded(); ok {
		lo, hi := m.Value-u, m.Value+u
		if m.Unit == "%" {
			lo, hi = max(lo, 0), min(hi, 100)
		}
		m.ULo, m.UHi, m.Coverage, m.Dominant = result.F(lo), result.F(hi), result.F(k2), dominant
	}
	m.Flags = r.flagsFor(m.Metric)
	r.Measurements = append(r.Measurements, m)
}

func (r *report) withhold(metric, part, reason string) {
	r.NotMeasured = append(r.NotMeasured, result.Withheld{Metric: metric, Part: part, Reason: reason})
}

// ratio adds a share with its numerator and denominator as areas.
func (r *report) ratio(metric, part, of string, value func(tally) (num, den int64)) {
	num, den := value(r.c.tallies[cutMeasured])
	more, whole := value(r.c.tallies[cutHalf])
	num, den = num+more, den+whole // twice the area
	if den == 0 {
		r.withhold(metric, part, "no "+of+" in the region")
		return
	}
	s := r.c.spread(func(t tally) float64 { return share(value(t)) })
	s.phantom = r.phantomError(part, share(num, den))
	r.add(result.Measurement{
		Metric: metric, Part: part, Value: share(num, den), Unit: "%",
		Numerator: result.F(float64(num) / 2 * r.pixel), Denominator: result.F(float64(den) / 2 * r.pixel), DenominatorName: of + r.unit,
	}, s)
}

// phantomError is the standard error of an area or share of a measured class; that of the tissue and of
// what is left is not known in this way.
func (r *report) phantomError(part string, value float64) float64 {
	return value * r.p.Rules[part].PhantomErr / 100
}

func (r *report) fractions() {
	region := r.c.pixels
	for _, k := range r.p.measured() {
		if r.blind(MetricFraction, k.class) {
			continue
		}
		r.ratio(MetricFraction, k.class, tissuePart, func(t tally) (int64, int64) { return t.pixels[k.value], t.tissue })
		r.ratio(MetricFraction, k.class, regionPart, func(t tally) (int64, int64) { return t.pixels[k.value], region })
	}
	if !r.blind(MetricTissue, tissuePart) {
		r.ratio(MetricTissue, tissuePart, regionPart, func(t tally) (int64, int64) { return t.tissue, region })
	}
}

// section adds the share of the outlined section; how far its outline is uncertain is not known.
func (r *report) section(calibrated bool) {
	switch {
	case r.p.SectionReachUM == 0 || r.blind(MetricSection, tissuePart):
	case !calibrated:
		r.withhold(MetricSection, tissuePart, "uncalibrated: the reach of the outline is a length; state the size of a pixel")
	default:
		r.add(result.Measurement{
			Metric: MetricSection, Part: tissuePart, Value: share(r.c.section, r.c.pixels), Unit: "%",
			Numerator: result.F(float64(r.c.section) * r.pixel), Denominator: result.F(float64(r.c.pixels) * r.pixel), DenominatorName: regionPart + r.unit,
		}, spread{})
	}
}

// composition adds the shares that make up the tissue; they sum to 100 %.
func (r *report) composition() {
	if !r.p.composes() {
		return
	}
	tissue := r.p.tissueValues()
	for _, c := range r.p.Classes() {
		if !tissue[c.Value] || r.blind(MetricComposition, c.Name) {
			continue
		}
		r.ratio(MetricComposition, c.Name, tissuePart, func(t tally) (int64, int64) { return t.pixels[c.Value], t.tissue })
	}
}

// unlit reports that the glass that densities are relative to is wanted and was not found.
func (r *report) unlit() bool { return r.p.NeedGlass && !r.l.found }

// foreign reports that the slide is not stained as the protocol takes it to be.
func (r *report) foreign() bool { return r.p.CheckStain && r.l.wrong() }

// blind withholds a value of an unlit slide, and what is told by stains on a slide of another stain.
func (r *report) blind(metric, part string) bool {
	switch {
	case r.unlit():
		r.withhold(metric, part, "no clear glass in the region: colours cannot be told from the colour of the light; include glass")
	case r.foreign() && part != tissuePart:
		r.withhold(metric, part, "the colours of the slide are not those of stain "+r.p.Stain.Name+": choose the protocol of its stain")
	default:
		return false
	}
	return true
}

func (r *report) areas(calibrated bool) {
	type area struct {
		part string
		n    func(tally) int64
	}
	var all []area
	for _, k := range r.p.measured() {
		all = append(all, area{k.class, func(t tally) int64 { return t.pixels[k.value] }})
	}
	for _, a := range append(all, area{tissuePart, func(t tally) int64 { return t.tissue }}) {
		if r.blind(MetricArea, a.part) {
			continue
		}
		if !calibrated {
			r.withhold(MetricArea, a.part, "uncalibrated: the size of a pixel is unknown; state it to get mm²")
			continue
		}
		area := func(t tally) float64 { return float64(a.n(t)) * r.pixel }
		v, s := (area(r.c.tallies[cutMeasured])+area(r.c.tallies[cutHalf]))/2, r.c.spread(area)
		s.phantom = r.phantomError(a.part, v)
		r.add(result.Measurement{Metric: MetricArea, Part: a.part, Value: v, Unit: "mm2"}, s)
	}
}

// density adds the median density of each measured class. The densities of a replicate differ from the
// measured ones by the shift of its glass level too.
func (r *report) density() {
	for _, k := range r.l.rules {
		if k.class == otherClass || r.blind(MetricOD, k.class) {
			continue
		}
		measured := r.c.tallies[cutMeasured]
		if measured.pixels[k.value] == 0 {
			r.withhold(MetricOD, k.class, "no pixel of the class")
			continue
		}
		s := r.c.spread(func(t tally) float64 { return t.medianOD(k.value) })
		for i := range s.left {
			for c, w := range r.l.weights[k.amount] {
				s.left[i] += w * math.Log10(r.l.left[i][c]/r.l.i0[c])
			}
		}
		r.add(result.Measurement{Metric: MetricOD, Part: k.class, Value: measured.medianOD(k.value), Unit: "1"}, s)
	}
}

func (r *report) diagnostics() {
	r.Diagnostics = map[string]float64{
		"glass_red_grey": r.l.i0[0], "glass_green_grey": r.l.i0[1], "glass_blue_grey": r.l.i0[2],
		"glass_percent": r.l.percent, "threshold_tissue_od": r.p.TissueOD,
		"clipped_percent": r.l.clipped, "ink_percent": share(r.c.ink, r.c.pixels), "fibres_n": float64(r.c.surrounded.fibres), "residual_percent": r.residual(),
		"stain_angle_deg": r.p.Stain.Angle(), "stain_sample_px": float64(r.l.dense), "stain_strange_percent": r.l.strange, "jackknife_blocks_n": float64(len(r.l.left)),
	}
	for k, s := range structures {
		if r.p.Exclude != nil {
			r.Diagnostics[strings.TrimPrefix(s.name, "excluded:")+"_percent"] = share(r.c.structures[k], r.c.pixels)
		}
	}
	for _, t := range r.l.turns {
		key := "stain_" + t.Name + "_"
		r.Diagnostics[key+"turned_deg"], r.Diagnostics[key+"sample_px"] = t.Degree, float64(t.Pixels)
		for c, v := range r.p.Stain.Stains[r.p.Stain.Index(t.Name)].OD {
			r.Diagnostics[key+[]string{"red", "green", "blue"}[c]+"_od"] = v
		}
	}
	for _, c := range r.l.colours {
		key := "colour_" + c.Name + "_"
		r.Diagnostics[key+"turned_deg"], r.Diagnostics[key+"sample_px"] = c.Degree, float64(c.Pixels)
	}
	lower, higher := r.c.tallies[cutLower], r.c.tallies[cutHigher]
	for i, k := range r.l.rules {
		if k.class == otherClass {
			continue
		}
		r.Diagnostics["threshold_"+k.class+"_od"] = r.l.own[i]
		r.Diagnostics["threshold_sensitivity_"+k.class+"_percent"] = r.sensitivity(k.value)
		r.Diagnostics["tissue_share_at_lower_threshold_"+k.class+"_percent"] = share(lower.pixels[k.value], lower.tissue)
		r.Diagnostics["tissue_share_at_higher_threshold_"+k.class+"_percent"] = share(higher.pixels[k.value], higher.tissue)
	}
}

// residual is the share of the tissue's density that no stain of the profile explains, in percent.
func (r *report) residual() float64 { return share(r.c.residual, r.c.total) }

// sensitivity is the largest relative change of the area of a class, in percent, when the thresholds of
// all amounts move by one step either way.
func (r *report) sensitivity(class uint8) float64 {
	measured := r.c.tallies[cutMeasured].pixels[class]
	lower := r.c.tallies[cutLower].pixels[class] - measured
	higher := r.c.tallies[cutHigher].pixels[class] - measured
	return share(max(lower, -lower, higher, -higher), measured)
}

// unclassified is the share of the tissue that fits no rule, in percent.
func (r *report) unclassified() float64 {
	if !r.p.composes() {
		return 0
	}
	t := r.c.tallies[cutMeasured]
	return share(t.pixels[r.p.unclassifiedValue()], t.tissue)
}
