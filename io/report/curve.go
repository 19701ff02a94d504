package report

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"explant/analysis/result"
)

// bin is one measurement of a curve, and where it lies.
type bin struct {
	lo, hi float64
	result.Measurement
}

// series is one line of a curve: a class, or the only one.
type series struct {
	name string
	bins []bin
}

// curve is a metric measured bin by bin: a profile, a distribution.
type curve struct {
	metric string
	unit   string // UCUM, of the values
	along  string // UCUM, of the bins; "" where they are only numbered
	series []series
	mats   [][2]float64 // where the device's mats lie along a flow profile; none elsewhere
}

// fewestBins is what makes measurements a curve instead of rows of a table.
const fewestBins = 3

// span finds the bin in the part of a measurement: a name or none, two numbers and a unit, as in
// "0..0.5 mm", "fibrin 10-20 um" or "u 0.1..0.2"; numbered finds "bin 3" and "bin 3 of 20".
var (
	span     = regexp.MustCompile(`^(.*?)\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*(?:\.\.\.?|–|-| to )\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*(\S*)$`)
	numbered = regexp.MustCompile(`^(.*?)\s*\bbin[ :]?(\d+)(?:\s*(?:of|/)\s*\d+)?$`)
)

// parseBin splits a part; ok is false when it names no bin.
func parseBin(part string) (name string, lo, hi float64, unit string, ok bool) {
	part = strings.TrimSpace(part)
	if m := numbered.FindStringSubmatch(part); m != nil {
		if n, err := strconv.ParseFloat(m[2], 64); err == nil {
			return trimName(m[1]), n - 0.5, n + 0.5, "", true
		}
	}
	m := span.FindStringSubmatch(part)
	if m == nil {
		return "", 0, 0, "", false
	}
	lo, errLo := strconv.ParseFloat(m[2], 64)
	hi, errHi := strconv.ParseFloat(m[3], 64)
	return trimName(m[1]), lo, hi, m[4], errLo == nil && errHi == nil && hi > lo
}

// Bin is where a measurement lies on the curve of its metric: the name of its line, if the curve has
// several, and the limits with their UCUM unit. ok is false for a measurement that is no bin.
func Bin(m result.Measurement) (line string, lo, hi float64, unit string, ok bool) {
	return parseBin(m.Part)
}

// Along names the axis of the curve of a metric, whose bins have a UCUM unit: "Distance from the polymer (µm)".
func Along(metric, unit string) string { return (&curve{metric: metric, along: unit}).axis() }

// Binned reports a measurement that is one bin of a curve.
func Binned(m result.Measurement) bool {
	_, _, _, _, ok := parseBin(m.Part)
	return ok
}

// part writes the part of a measurement for people: "0 to 50 µm" for "0..50 um".
func part(s string) string {
	name, lo, hi, unit, ok := parseBin(s)
	if !ok || !span.MatchString(s) {
		return micrometre.ReplaceAllString(s, "µm")
	}
	return strings.TrimSpace(name + " " + withUnit(free(lo)+" to "+free(hi), unit))
}

// Named are a part and the name of a whole as people write them: "0 to 50 µm" for "0..50 um", "blood-side space"
// for "blood-side space (mm3)".
func Named(of, in string) (string, string) {
	words, _ := whole(in)
	return part(of), words
}

var micrometre = regexp.MustCompile(`\bum\b`)

func trimName(s string) string { return strings.TrimRight(strings.TrimSpace(s), ":=,") }

// curves takes the curves out of all and returns them with what is left, both in the order of all.
func curves(all []result.Measurement) (found []curve, rest []result.Measurement) {
	type key struct{ metric, unit, along string }
	groups, order := map[key]*curve{}, []key{}
	keyOf := func(m result.Measurement) (key, bool) {
		_, _, _, along, ok := parseBin(m.Part)
		return key{m.Metric, m.Unit, along}, ok
	}
	for _, m := range all {
		k, ok := keyOf(m)
		if !ok {
			continue
		}
		if groups[k] == nil {
			groups[k] = &curve{metric: k.metric, unit: k.unit, along: k.along}
			order = append(order, k)
		}
		groups[k].add(m)
	}
	for _, m := range all {
		if k, ok := keyOf(m); !ok || groups[k].longest() < fewestBins {
			rest = append(rest, m)
		}
	}
	for _, k := range order {
		if c := groups[k]; c.longest() >= fewestBins {
			c.sort()
			found = append(found, *c)
		}
	}
	return found, rest
}

func (c *curve) add(m result.Measurement) {
	name, lo, hi, _, _ := parseBin(m.Part)
	i := slices.IndexFunc(c.series, func(s series) bool { return s.name == name })
	if i < 0 {
		i = len(c.series)
		c.series = append(c.series, series{name: name})
	}
	c.series[i].bins = append(c.series[i].bins, bin{lo, hi, m})
}

func (c *curve) longest() int {
	n := 0
	for _, s := range c.series {
		n = max(n, len(s.bins))
	}
	return n
}

func (c *curve) sort() {
	for _, s := range c.series {
		slices.SortStableFunc(s.bins, func(a, b bin) int {
			switch {
			case a.lo < b.lo:
				return -1
			case a.lo > b.lo:
				return 1
			}
			return 0
		})
	}
}

// axis names the axis along which the bins of c lie.
func (c *curve) axis() string {
	name := map[string]string{
		"prof.axis": "Position along the flow axis", "prof.radial": "Distance from the axis", "prof.angular": "Angle about the axis", "prof.wall": "Distance from the wall",
		"conn.lar": "Position from the connector's tip", "dist.surf": "Distance from the polymer", "sp.range": "Distance of two places", "h.layer": "Distance from the device surface",
	}[c.metric]
	if name == "" {
		name = "Bin"
	}
	if u := Unit(c.along); u != "" {
		return name + " (" + u + ")"
	}
	return name
}

// value names what a bin holds where the name of the metric does not.
func (c *curve) value() string {
	return map[string]string{"prof.axis": "Burden", "prof.wall": "Burden", "prof.radial": "Burden", "prof.angular": "Burden", "dist.surf": "Enrichment", "sp.range": "Correlation"}[c.metric]
}

// stepped reports whether the bins are places side by side, drawn as steps, rather than a course.
func (c *curve) stepped() bool { return strings.HasPrefix(c.metric, "prof.") }

// even is the metric whose value 1 means that the deposit has no preference.
func (c *curve) even() bool { return c.metric == "dist.surf" }
