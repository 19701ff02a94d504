package slide

import "explant/analysis/result"

// MetricType is the kind of thrombus; its part names the kind.
const MetricType = "h.type"

// richPercent is the share of the tissue above which a thrombus is called rich in a component. It comes from clots
// of strokes and is borrowed for deposits.
//
// Source: Fitzgerald et al., J NeuroIntervent Surg 11(11):1145-1149, 2019, doi:10.1136/neurintsurg-2018-014637.
const richPercent = 60.0

// kind adds the kind of thrombus where the stain tells red cells and fibrin: rich in the one or the other, or
// mixed; the value is the larger of the two shares of the sum of both.
func (r *report) kind() {
	rbc, hasRBC := r.value("rbc")
	fibrin, hasFibrin := r.value("fibrin")
	if !hasRBC || !hasFibrin || r.blind(MetricType, tissuePart) {
		return
	}
	of := func(t tally) (cells, both int64) { return t.pixels[rbc], t.pixels[rbc] + t.pixels[fibrin] }
	cells, both := of(r.c.tallies[cutMeasured])
	more, all := of(r.c.tallies[cutHalf])
	cells, both = cells+more, both+all
	if both == 0 {
		r.withhold(MetricType, tissuePart, "neither red cells nor fibrin on the slide")
		return
	}
	red := share(cells, both)
	part, value := "mixed", max(red, 100-red)
	switch {
	case red >= richPercent:
		part = "rbc-rich"
	case red <= 100-richPercent:
		part = "fibrin-rich"
	}
	r.add(result.Measurement{Metric: MetricType, Part: part, Value: value, Unit: "%",
		Numerator: result.F(value / 100 * float64(both) / 2 * r.pixel), Denominator: result.F(float64(both) / 2 * r.pixel), DenominatorName: "red cells and fibrin" + r.unit}, spread{})
}

// value is the label of a measured class, if there is one.
func (r *report) value(class string) (uint8, bool) {
	for _, k := range r.p.measured() {
		if k.class == class {
			return k.value, true
		}
	}
	return 0, false
}
