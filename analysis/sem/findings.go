package sem

import (
	"fmt"
	"math"

	"explant/analysis/opencv"
	"explant/analysis/result"
)

// Metric ids of the dictionary that a field gives.
const (
	MetricDiameter    = "sem.fd"
	MetricOrientation = "sem.or"
	MetricPorosity    = "sem.por"
	MetricCover       = "sem.cover"
)

// k2 is the coverage of an interval of two standard uncertainties.
const k2 = 0.95

const fieldName = "field without data bar"

// report gathers the findings of a field.
type report struct {
	*scene
	result.Findings
	flagged map[string][]string // ids of flags by metric
}

func (r *report) write() error {
	bare, err := r.bareTerm()
	if err != nil {
		return err
	}
	r.Classes = Classes()
	r.flagged = map[string][]string{}
	r.remarks()
	r.diameters()
	r.orientation()
	r.openArea(bare)
	r.cover(bare)
	r.diagnostics()
	return nil
}

// term is one part of a standard uncertainty.
type term struct {
	name string
	u    float64
}

// give adds a measurement with the interval of its terms, kept within lo and hi.
func (r *report) give(m result.Measurement, lo, hi float64, terms ...term) {
	if len(terms) > 0 {
		sum, top := 0.0, terms[0]
		for _, t := range terms {
			sum += t.u * t.u
			if t.u > top.u {
				top = t
			}
		}
		u := 2 * math.Sqrt(sum)
		m.ULo, m.UHi, m.Coverage, m.Dominant = result.F(max(m.Value-u, lo)), result.F(min(m.Value+u, hi)), result.F(k2), top.name
	}
	m.Flags = r.flagged[m.Metric]
	r.Measurements = append(r.Measurements, m)
}

// modelShare is the relative standard uncertainty of a diameter from the model of its profile: the rms of the bias of single
// phantoms beyond their sampling.
const modelShare = 0.02

// diameters gives the distribution of the diameters, by length of axis.
func (r *report) diameters() {
	if len(r.fibres) == 0 {
		r.NotMeasured = append(r.NotMeasured, result.Withheld{Metric: MetricDiameter, Reason: "no piece of a fibre between junctions was found"})
		return
	}
	all := r.all()
	pieces := r.pieces()
	steep := &diameters{}
	for _, f := range r.fibres {
		steep.add(f.steep, f.length)
	}
	// how far the blur moves the steepest places is known to about a quarter
	border := math.Hypot(modelShare, math.Abs(steep.quantile(0.5)/all.quantile(0.5)-1)/8)
	scale, unit := 1.0, "{pixel}"
	if r.nm > 0 {
		scale, unit = r.nm, "nm"
	}
	one := func(part string, of func(*diameters) float64) {
		v := of(all)
		sampling := jackknife(r.blocks.count(), func(k int) float64 { return of(r.without(k)) })
		r.give(result.Measurement{Metric: MetricDiameter, Part: part, Value: v * scale, Unit: unit, NObject: result.N(pieces)}, 0, math.Inf(1),
			term{"sampling", sampling * scale}, term{"border", border * v * scale}, term{"scale", r.scale * v * scale})
	}
	one("", func(d *diameters) float64 { return d.quantile(0.5) })
	one("mean", (*diameters).mean)
	one("standard deviation", (*diameters).sd)
	one("interquartile range", func(d *diameters) float64 { return d.quantile(0.75) - d.quantile(0.25) })
	for _, q := range []float64{0.05, 0.25, 0.75, 0.95} {
		one(fmt.Sprintf("P%g", 100*q), func(d *diameters) float64 { return d.quantile(q) })
	}
	if r.nm > 0 {
		r.give(result.Measurement{Metric: MetricDiameter, Part: "pixels", Value: all.quantile(0.5), Unit: "{pixel}", NObject: result.N(pieces)}, 0, 0)
	}
	r.histogram(all, scale, unit)
}

// histogram gives the share of the length by diameter, in about 20 bins.
func (r *report) histogram(all *diameters, scale float64, unit string) {
	width := roundStep(all.quantile(0.99) * scale / 20)
	bins := map[int]float64{}
	first, last := math.MaxInt, 0
	for i, px := range all.px {
		k := int(px * scale / width)
		bins[k] += all.length[i]
		first, last = min(first, k), max(last, k)
	}
	last = min(last, int(all.quantile(0.995)*scale/width))
	named := unit
	if unit == "{pixel}" {
		named = "px"
	}
	for k := first; k <= last; k++ {
		r.give(result.Measurement{
			Metric: MetricDiameter, Part: fmt.Sprintf("%.6g..%.6g %s", float64(k)*width, float64(k+1)*width, named), Value: 100 * bins[k] / all.total(), Unit: "%",
			Numerator: result.F(bins[k]), Denominator: result.F(all.total()), DenominatorName: "measured length (px)",
		}, 0, 100)
	}
}

// roundStep is the nearest of 1, 2, 5, 10 … above v.
func roundStep(v float64) float64 {
	ten := math.Pow(10, math.Floor(math.Log10(max(v, 1e-9))))
	for _, f := range []float64{1, 2, 5} {
		if f*ten >= v {
			return f * ten
		}
	}
	return 10 * ten
}

// pieces is how many pieces of fibres between junctions were measured.
func (r *report) pieces() int {
	seen := map[int]bool{}
	for _, f := range r.fibres {
		seen[f.fibre] = true
	}
	return len(seen)
}

// orientation gives order, direction, coherency and the density of angles.
func (r *report) orientation() {
	all := r.courses(-1)
	if all.weight == 0 {
		r.NotMeasured = append(r.NotMeasured, result.Withheld{Metric: MetricOrientation, Reason: "the field has no edge"})
		return
	}
	sampling := func(of func(c *course) float64) term {
		return term{"sampling", jackknife(r.blocks.count(), func(k int) float64 {
			c := r.courses(k)
			return of(&c)
		})}
	}
	r.give(result.Measurement{Metric: MetricOrientation, Value: all.order(), Unit: "1"}, 0, 1, sampling((*course).order))
	mean := all.meanDeg()
	turn := func(c *course) float64 { return math.Mod(c.meanDeg()-mean+270, 180) - 90 }
	r.give(result.Measurement{Metric: MetricOrientation, Part: "direction", Value: mean, Unit: "deg"}, mean-90, mean+90, sampling(turn))
	r.give(result.Measurement{Metric: MetricOrientation, Part: "coherency", Value: all.coherency(), Unit: "1"}, 0, 1, sampling((*course).coherency))
	for k, v := range all.bins {
		r.give(result.Measurement{
			Metric: MetricOrientation, Part: fmt.Sprintf("%d..%d deg", k*180/angleBins, (k+1)*180/angleBins), Value: 100 * v / all.weight, Unit: "%",
		}, 0, 100, sampling(func(c *course) float64 { return 100 * c.bins[k] / max(c.weight, 1e-12) }))
	}
}

// courses sums the blocks but one.
func (r *report) courses(without int) (all course) {
	for k, c := range r.tensor {
		if k != without {
			all.add(c)
		}
	}
	return all
}

// shareOf gives the share of the field where of holds, with what sampling and class do to it.
func (r *report) shareOf(m result.Measurement, of func(i int) bool, terms ...term) {
	num, den := make([]float64, r.blocks.count()), make([]float64, r.blocks.count())
	n, all := 0.0, 0.0
	for i, in := range r.in {
		if !in {
			continue
		}
		k := r.blocks.of(i%r.p.W, i/r.p.W)
		den[k]++
		all++
		if of(i) {
			num[k]++
			n++
		}
	}
	if all == 0 {
		r.NotMeasured = append(r.NotMeasured, result.Withheld{Metric: m.Metric, Part: m.Part, Reason: "nothing of the field is left beside burnt-in text and saturated places"})
		return
	}
	scale, unit := 1.0, " (px)"
	if r.nm > 0 {
		scale, unit = r.nm*r.nm/1e12, " (mm2)"
	}
	m.Value, m.Unit = 100*n/all, "%"
	m.Numerator, m.Denominator, m.DenominatorName = result.F(n*scale), result.F(all*scale), fieldName+unit
	sampling := jackknife(len(num), func(k int) float64 { return 100 * (n - num[k]) / max(all-den[k], 1) })
	r.give(m, 0, 100, append([]term{{"sampling", sampling}}, terms...)...)
}

// bareTerm is what the level between open and covered does to the open area.
func (r *report) bareTerm() (term, error) {
	var open [2]float64
	all := 0.0
	for k, level := range [2]float64{r.dark.lo, r.dark.hi} {
		mask, err := r.dark.contour(opencv.Plane{W: r.p.W, H: r.p.H, Pix: r.smooth}, level)
		if err != nil {
			return term{}, err
		}
		all = 0
		for i, in := range r.in {
			if in {
				all++
				if mask[i] {
					open[k]++
				}
			}
		}
	}
	u := 100 * (open[1] - open[0]) / 2 / max(all, 1)
	return term{"class", math.Hypot(u, openShare*100*(open[0]+open[1])/2/max(all, 1))}, nil
}

// openShare is the relative standard uncertainty of the open area from its contour, from phantoms.
const openShare = 0.05

// openArea gives the open area.
func (r *report) openArea(bare term) {
	r.shareOf(result.Measurement{Metric: MetricPorosity}, func(i int) bool { return r.open[i] }, bare)
}

// bodyShare is the relative standard uncertainty of the area of bodies, from phantoms.
const bodyShare = 0.15

// cover gives the share of each class; together they are 100 %.
func (r *report) cover(bare term) {
	for _, c := range []struct {
		part   string
		values []uint8
	}{
		{"fibrin", []uint8{fibrinValue}}, {"platelet", []uint8{plateletValue}}, {"cell", []uint8{cellValue}},
		{"bare", []uint8{voidValue}}, {"unclassified", []uint8{unclassifiedValue}},
	} {
		n := 0.0
		for _, v := range r.class {
			if v == c.values[0] {
				n++
			}
		}
		u := bare
		if c.part != "fibrin" && c.part != "bare" {
			u = term{"class", bodyShare * 100 * n / float64(len(r.class))}
		}
		r.shareOf(result.Measurement{Metric: MetricCover, Part: c.part}, func(i int) bool { return r.class[i] == c.values[0] }, u)
	}
}
