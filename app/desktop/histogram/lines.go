package histogram

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"explant/analysis/protocol"
	"explant/analysis/slide"
	"explant/volume/threshold"
)

// Line is a threshold, or the level of a class, among the values.
type Line struct {
	Path  string // of the rule that a drag changes; "" where none is
	Class string // whose colour it has; "" for none
	Text  string
	Value float64
	Level bool // the level of a class, not a threshold
}

// classes are those of a slide's rules in the order in which they are tried.
func classes(p slide.Params) []string {
	return slices.SortedFunc(maps.Keys(p.Rules), func(a, b string) int {
		if d := p.Rules[a].Order - p.Rules[b].Order; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
}

// Lines are those of a protocol among the values of a quantity; found are the diagnostics of a run with it,
// nil without one.
func Lines(p protocol.Protocol, quantity string, h threshold.Histogram, found map[string]float64) []Line {
	switch {
	case p.Ranges != nil && len(p.Ranges.Classes) > 0:
		return ranges(p)
	case p.Ranges != nil:
		if t, err := threshold.Otsu(h); err == nil {
			return append([]Line{{Text: fmt.Sprintf("Otsu, of this: %.4g", t), Value: t}}, levels(found)...)
		}
	case p.Panel != nil:
		return append(panel(h), levels(found)...)
	case p.Slide != nil:
		return slideLines(*p.Slide, quantity)
	case p.Fluorescence != nil:
		return markers(p, quantity, h)
	}
	return levels(found)
}

// ranges are both ends of every range of greys.
func ranges(p protocol.Protocol) (all []Line) {
	for i, c := range p.Ranges.Classes {
		path := fmt.Sprintf("segment.classes.%d.", i)
		all = append(all, Line{Path: path + "min_grey", Class: c.Class, Text: c.Class + " from", Value: c.Min}, Line{Path: path + "max_grey", Class: c.Class, Text: c.Class + " to", Value: c.Max})
	}
	return all
}

// panel are the two thresholds that part three classes in what is counted.
func panel(h threshold.Histogram) (all []Line) {
	t, err := threshold.MultiOtsu(h)
	if err != nil {
		return nil
	}
	return []Line{{Class: "polymer", Text: fmt.Sprintf("polymer from, of this: %.4g", t[0]), Value: t[0]}, {Class: "deposit", Text: fmt.Sprintf("deposit from, of this: %.4g", t[1]), Value: t[1]}}
}

// levels are the greys of the classes in the last run.
func levels(found map[string]float64) (all []Line) {
	for _, key := range slices.Sorted(maps.Keys(found)) {
		name, ok := strings.CutPrefix(key, "level_")
		name, grey := strings.CutSuffix(name, "_grey")
		if v := found[key]; ok && grey && !math.IsNaN(v) {
			all = append(all, Line{Class: name, Text: fmt.Sprintf("%s %.4g", name, v), Value: v, Level: true})
		}
	}
	return all
}

// slideLines are the least and largest amounts of the classes of a slide.
func slideLines(p slide.Params, quantity string) (all []Line) {
	for _, class := range classes(p) {
		r := p.Rules[class]
		if v, ok := r.MinOD[quantity]; ok {
			all = append(all, Line{Path: "segment.classes." + class + ".min_od." + quantity, Class: class, Text: class + " from", Value: v})
		}
		if v, ok := r.MaxOD[quantity]; ok {
			all = append(all, Line{Path: "segment.classes." + class + ".max_od." + quantity, Class: class, Text: class + " to", Value: v})
		}
	}
	if quantity == meanOD {
		all = append(all, Line{Path: "segment.tissue_min_od", Text: "tissue from", Value: p.TissueOD})
	}
	return all
}

// markers is the threshold that is stated for the marker of a channel, above the background, which is taken
// for the most common value.
func markers(p protocol.Protocol, channel string, h threshold.Histogram) []Line {
	marker := p.Fluorescence.Find(channel)
	rule, ok := p.Fluorescence.Markers[marker]
	if !ok || rule.MinCounts <= 0 {
		return nil
	}
	at := 0
	for i, n := range h.Counts {
		if n > h.Counts[at] {
			at = i
		}
	}
	return []Line{{Class: "marker:" + marker, Text: marker + " from, above the background", Value: h.Center(at) + rule.MinCounts}}
}
