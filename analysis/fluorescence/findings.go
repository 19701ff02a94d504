package fluorescence

import (
	"context"
	"errors"
	"math"

	"explant/analysis/coloc"
	"explant/analysis/result"
)

// Metric ids of the dictionary that a field gives.
const (
	MetricPositive  = "if.pos"
	MetricIntensity = "if.int"
	MetricOverlap   = "if.both"
	MetricLayer     = "if.layer"
	MetricNuclei    = "h.cells"
	MetricDNA       = "net.dna"
	MetricNET       = "net.area"
	MetricNETs      = "net.n"
	MetricRatio     = "net.ratio"
	MetricPearson   = "co.pearson"
	MetricManders   = "co.manders"
	MetricBoth      = "co.manders.both"
	MetricScrambled = "co.costes"
)

// k2 is the coverage of an interval of two standard uncertainties.
const k2 = 0.95

// report gathers the findings of a field.
type report struct {
	*scene
	*tally
	result.Findings
	um2        float64 // of a pixel, or µm³ of a voxel of a stack; 1 without pixel size
	calibrated bool
}

func (r *report) write(ctx context.Context) error {
	r.Classes = r.p.Classes()
	for _, m := range r.markers() {
		r.positive(m)
	}
	r.countNuclei()
	r.findNETs()
	r.both()
	r.byFibres()
	if err := r.together(ctx); err != nil {
		return err
	}
	r.remarks()
	r.diagnostics()
	return nil
}

// spread is the standard uncertainty of a value from that of thresholds and contours: half of how much
// it changes between both sides of each, together. value is by the variant of that number.
func spread(value func(int) float64) (u float64, dominant string) {
	half := func(a, b int) float64 { return math.Abs(value(a)-value(b)) / 2 }
	t, c := half(0, 1), half(2, 3)
	dominant = "class"
	if c > t {
		dominant = "border"
	}
	return math.Hypot(t, c), dominant
}

// give adds a measurement with its interval.
func (r *report) give(m result.Measurement, value func(amounts) float64) {
	if value == nil {
		r.Measurements = append(r.Measurements, m)
		return
	}
	r.bounded(m, func(k int) float64 { return value(r.others[k]) })
}

// bounded adds a measurement with its interval from its values by variants.
func (r *report) bounded(m result.Measurement, value func(int) float64) {
	u, dominant := spread(value)
	lo, hi := max(m.Value-2*u, 0), m.Value+2*u
	if m.Unit == "%" {
		hi = min(hi, 100)
	}
	m.ULo, m.UHi, m.Coverage, m.Dominant = result.F(lo), result.F(hi), result.F(k2), dominant
	r.Measurements = append(r.Measurements, m)
}

func (r *report) withhold(metric, part, reason string) {
	r.NotMeasured = append(r.NotMeasured, result.Withheld{Metric: metric, Part: part, Reason: reason})
}

// share gives the share of an area in the field, or in another area.
func (r *report) share(metric, part string, of func(amounts) (num, den float64), den string) {
	num, all := of(r.main)
	r.shareOf(metric, part, num, all, den, func(k int) float64 {
		num, all := of(r.others[k])
		return 100 * num / max(all, 1)
	})
}

// shareOf gives a share of pixels; value is the share in % by the variant of that number.
func (r *report) shareOf(metric, part string, num, all float64, den string, value func(int) float64) {
	if all == 0 {
		r.withhold(metric, part, "there is no "+den)
		return
	}
	unit, scale := " (px)", 1.0
	if r.calibrated {
		name, um := r.extent()
		unit, scale = " ("+name+")", r.um2/um
	}
	r.bounded(result.Measurement{
		Metric: metric, Part: part, Value: 100 * num / all, Unit: "%",
		Numerator: result.F(num * scale), Denominator: result.F(all * scale), DenominatorName: den + unit,
	}, value)
}

const fieldName = "field outside fibres"

// positive gives the area of a marker and its intensity.
func (r *report) positive(m string) {
	r.share(r.id(MetricPositive), m, func(k amounts) (float64, float64) { return k.marker[m], r.tally.free }, r.whole())
	if r.light[m].n == 0 {
		r.withhold(MetricIntensity, m, "the marker is nowhere")
		return
	}
	r.give(result.Measurement{Metric: MetricIntensity, Part: m, Value: r.light[m].median(), Unit: "[arb'U]"}, nil)
}

// countNuclei counts intact nuclei.
func (r *report) countNuclei() {
	if r.p.Nucleus == nil {
		return
	}
	unit, um := r.extent()
	n, all := len(r.areas), r.tally.free*r.um2/um
	if r.dna == "" {
		r.withhold(r.id(MetricNuclei), "", "no channel shows DNA")
		return
	}
	r.give(result.Measurement{
		Metric: r.id(MetricNuclei), Value: float64(n) / all, Unit: "{cell}/" + unit, Numerator: result.F(float64(n)), Denominator: result.F(all),
		DenominatorName: r.whole() + " (" + unit + ")", NObject: result.N(n),
	}, nil)
	if r.deep() && r.nuclei != nil {
		r.nuclearVolumes()
	}
}

// findNETs gives extracellular DNA and what of it is NETs.
func (r *report) findNETs() {
	if len(r.netMarkers()) == 0 {
		return
	}
	if r.nuclei == nil {
		reason := "no DNA stands out of the background"
		if r.p.Nucleus == nil {
			reason = "the protocol looks for no nuclei, without which DNA outside of them is not told"
		}
		for _, id := range []string{MetricDNA, MetricNET, MetricNETs, MetricRatio} {
			r.withhold(r.id(id), "", reason)
		}
		return
	}
	all := r.tally.free
	r.share(r.id(MetricDNA), "", func(m amounts) (float64, float64) { return m.outDNA, all }, r.whole())
	r.share(r.id(MetricNET), "", func(m amounts) (float64, float64) { return m.net, all }, r.whole())
	unit, um := r.extent()
	part := "area"
	if r.deep() {
		part, unit, um = "volume", "um3", 1
	}
	extent := func(m amounts) float64 { return m.net * r.um2 / um }
	r.give(result.Measurement{Metric: r.id(MetricNET), Part: part, Value: extent(r.main), Unit: unit}, extent)
	if len(r.netMarkers()) > 1 {
		r.share(r.id(MetricNET), "triple-positive", func(m amounts) (float64, float64) { return m.triple, all }, r.whole())
	}
	r.share(r.id(MetricRatio), "", func(m amounts) (float64, float64) { return m.net, m.net + r.nuclear }, "NETs and intact nuclei")
	r.pieceCount()
}

// pieceCount gives the number of NETs: connected pieces of at least the protocol's number of nuclei.
func (r *report) pieceCount() {
	if len(r.areas) == 0 {
		r.withhold(r.id(MetricNETs), "", "the least size of a NET is told in intact nuclei, and there are none")
		return
	}
	least := r.p.NETNuclei * median(r.areas, nil) / r.um2
	n := 0
	for _, size := range r.pieces {
		if float64(size) >= least {
			n++
		}
	}
	unit, um := r.extent()
	all := r.tally.free * r.um2 / um
	r.give(result.Measurement{
		Metric: r.id(MetricNETs), Value: float64(n) / all, Unit: "{NET}/" + unit, Numerator: result.F(float64(n)), Denominator: result.F(all),
		DenominatorName: r.whole() + " (" + unit + ")", NObject: result.N(n),
	}, nil)
}

// The test of Costes: blocks as large as the optics blur, and how often they change places.
const (
	scrambleUM    = 1.3
	scrambleTimes = 200
	scrambleSeed  = 1
)

// together compares the pairs of the protocol.
func (r *report) together(ctx context.Context) error {
	if r.deep() {
		r.togetherInStack(r.tally.pairs)
		return nil
	}
	scrambled, err := coloc.Scrambled(ctx, r.blocks, scrambleTimes, scrambleSeed, r.o)
	if err != nil && !errors.Is(err, coloc.ErrEmpty) {
		return err
	}
	for k, pair := range r.pairs {
		if defined := r.compare(pair, r.sums[k]); defined != nil {
			r.given(MetricScrambled, pair[0]+"/"+pair[1], defined)
		} else if r.given(MetricScrambled, pair[0]+"/"+pair[1], err) {
			r.give(result.Measurement{Metric: MetricScrambled, Part: pair[0] + "/" + pair[1], Value: scrambled[k], Unit: "1"}, nil)
		}
	}
	return nil
}

// scrambleSide is the side of the blocks of Costes' test in pixels.
func (k cleaner) scrambleSide() int { return max(int(math.Round(scrambleUM/k.um)), 2) }

// compare gives the coefficients of a pair, and says why there is no correlation where there is none.
func (r *report) compare(names [2]string, p coloc.Sums) (undefined error) {
	part := names[0] + "/" + names[1]
	v, undefined := p.Pearson()
	if r.given(MetricPearson, part, undefined) {
		r.give(result.Measurement{Metric: MetricPearson, Part: part, Value: v, Unit: "1"}, nil)
	}
	m, err := p.Manders()
	if r.given(MetricManders, part, err) {
		for _, one := range []struct {
			metric, part string
			value        float64
		}{
			{MetricManders, names[0] + " in " + names[1], m.M1}, {MetricManders, names[1] + " in " + names[0], m.M2},
			{MetricBoth, names[0] + " in " + names[1], m.Both1}, {MetricBoth, names[1] + " in " + names[0], m.Both2},
		} {
			r.give(result.Measurement{Metric: one.metric, Part: one.part, Value: one.value, Unit: "1"}, nil)
		}
	}
	return undefined
}

// given withholds a coefficient that could not be made.
func (r *report) given(metric, part string, err error) bool {
	if err == nil {
		return true
	}
	reason := err.Error()
	if errors.Is(err, coloc.ErrEmpty) {
		reason = "nothing to compare: " + reason
	}
	r.withhold(metric, part, reason)
	return false
}
