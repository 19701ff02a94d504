package slide

import (
	"math"

	"explant/analysis/result"
	"explant/volume"
)

// Metric ids of the dictionary that a slide gives.
const (
	MetricFraction   = "h.area.c" // share of a class in the tissue, and in the whole region, %
	MetricTissue     = "h.tissue" // share of tissue in the region, %
	MetricArea       = "h.area"   // area of a class or of the tissue, mm²
	MetricOD         = "h.od"     // median optical density of the stain in its class
	MetricSaturation = "h.sat"    // share of clipped pixels in the region, %
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
	r.areas(calibrated)
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
	if den == 0 {
		r.withhold(metric, part, "no "+of+" in the region")
		return
	}
	s := r.c.spread(func(t tally) float64 { return share(value(t)) })
	s.phantom = r.phantomError(part, share(num, den))
	r.add(result.Measurement{
		Metric: metric, Part: part, Value: share(num, den), Unit: "%",
		Numerator: result.F(float64(num) * r.pixel), Denominator: result.F(float64(den) * r.pixel), DenominatorName: of + r.unit,
	}, s)
}

// phantomError is the standard error of an area or share of the stained class; that of the tissue is
// not known in this way.
func (r *report) phantomError(part string, value float64) float64 {
	if part != r.p.PositiveClass {
		return 0
	}
	return value * r.p.PhantomErr / 100
}

func (r *report) fractions() {
	region := r.c.pixels
	class := r.p.PositiveClass
	r.ratio(MetricFraction, class, tissuePart, func(t tally) (int64, int64) { return t.positive, t.tissue })
	r.ratio(MetricFraction, class, regionPart, func(t tally) (int64, int64) { return t.positive, region })
	r.ratio(MetricTissue, tissuePart, regionPart, func(t tally) (int64, int64) { return t.tissue, region })
}

func (r *report) areas(calibrated bool) {
	for _, a := range []struct {
		part string
		n    func(tally) int64
	}{
		{r.p.PositiveClass, func(t tally) int64 { return t.positive }},
		{tissuePart, func(t tally) int64 { return t.tissue }},
	} {
		if !calibrated {
			r.withhold(MetricArea, a.part, "uncalibrated: the size of a pixel is unknown; state it to get mm²")
			continue
		}
		area := func(t tally) float64 { return float64(a.n(t)) * r.pixel }
		v, s := area(r.c.tallies[cutMeasured]), r.c.spread(area)
		s.phantom = r.phantomError(a.part, v)
		r.add(result.Measurement{Metric: MetricArea, Part: a.part, Value: v, Unit: "mm2"}, s)
	}
}

// density adds the median density of the positive class. The densities of a replicate differ from the
// measured ones by the shift of its glass level too.
func (r *report) density() {
	measured := r.c.tallies[cutMeasured]
	if measured.positive == 0 {
		r.withhold(MetricOD, r.p.PositiveClass, "no pixel of the class")
		return
	}
	s := r.c.spread(tally.medianOD)
	for k := range s.left {
		for c, w := range r.l.weights[1] {
			s.left[k] += w * math.Log10(r.l.glassLevel.left[k][c]/r.l.i0[c])
		}
	}
	r.add(result.Measurement{Metric: MetricOD, Part: r.p.PositiveClass, Value: measured.medianOD(), Unit: "1"}, s)
}

func (r *report) diagnostics() {
	lower, higher := r.c.tallies[cutLower], r.c.tallies[cutHigher]
	r.Diagnostics = map[string]float64{
		"tissue_share_at_lower_threshold_percent": share(lower.positive, lower.tissue), "tissue_share_at_higher_threshold_percent": share(higher.positive, higher.tissue),
		"glass_red_grey": r.l.i0[0], "glass_green_grey": r.l.i0[1], "glass_blue_grey": r.l.i0[2],
		"glass_percent": r.l.percent, "threshold_positive_od": r.l.threshold, "threshold_tissue_od": r.p.TissueOD,
		"clipped_percent": r.l.clipped, "ink_percent": share(r.c.ink, r.c.pixels), "residual_percent": r.residual(),
		"stain_angle_deg": r.p.Stain.Angle(), "threshold_sensitivity_percent": r.sensitivity(), "jackknife_blocks_n": float64(len(r.l.glassLevel.left)),
	}
}

// residual is the share of the tissue's density that no stain of the profile explains, in percent.
func (r *report) residual() float64 { return share(r.c.residual, r.c.total) }

// sensitivity is the largest relative change of the positive area, in percent, when the threshold of the
// stain moves by one step either way.
func (r *report) sensitivity() float64 {
	measured := r.c.tallies[cutMeasured].positive
	more := r.c.tallies[cutLower].positive - measured
	fewer := measured - r.c.tallies[cutHigher].positive
	return share(max(more, fewer), measured)
}
