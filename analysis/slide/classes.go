package slide

import (
	"slices"
	"strings"

	"explant/analysis/result"
)

// Names of the classes that no rule measures.
const (
	glassClass        = "excluded:glass"
	otherClass        = "other"
	inkClass          = "excluded:ink"
	unclassifiedClass = "unclassified"
	marker            = "marker:" // followed by the name of the marker
)

// Classes of structures that are no tissue, in the order of their values.
const (
	lumenClass  = "excluded:lumen"
	fibreClass  = "excluded:fibre"
	bubbleClass = "excluded:bubble"
	foldClass   = "excluded:fold"
	focusClass  = "excluded:focus"
)

// structures are these classes with their colours; the first three hold whatever lies within them.
var structures = []struct {
	name, color string
	whole       bool
}{{lumenClass, "#f4f4f4", true}, {fibreClass, "#bdbdbd", true}, {bubbleClass, "#9ecae1", true}, {foldClass, "#525252", false}, {focusClass, "#c7b299", false}}

// Values of the label image: glass, other tissue, the measured classes in the order of their rules, then
// ink, then tissue that fits no rule, then the excluded structures.
const (
	glassValue uint8 = iota
	otherValue
	firstValue
)

// maxClasses is how many classes a protocol may measure.
const maxClasses = 16

// inkValue follows the measured classes, and unclassifiedValue follows ink.
func (p Params) inkValue() uint8 { return firstValue + uint8(len(p.measured())) }

func (p Params) unclassifiedValue() uint8 { return p.inkValue() + 1 }

// excluded is the value of a class of structures.
func (p Params) excluded(class string) uint8 {
	for k, s := range structures {
		if s.name == class {
			return p.unclassifiedValue() + 1 + uint8(k)
		}
	}
	panic("no class of structures: " + class) // a name in this package
}

// tissueValues are the label values that count as tissue, for loops over pixels.
func (p Params) tissueValues() (all [256]bool) {
	ink, last := p.inkValue(), p.unclassifiedValue()
	for v := range all {
		all[v] = uint8(v) != glassValue && uint8(v) != ink && uint8(v) <= last
	}
	return all
}

// restValue is the class of tissue that fits no rule.
func (p Params) restValue() uint8 {
	if p.composes() {
		return p.unclassifiedValue()
	}
	return otherValue
}

// Classes lists the values of the label image with their fixed colours.
func (p Params) Classes() []result.Class {
	all := []result.Class{
		{Value: glassValue, Name: glassClass, Color: "#e6e6e6"},
		{Value: otherValue, Name: otherClass, Color: "#7a9cc6"},
	}
	for _, r := range p.measured() {
		all = append(all, result.Class{Value: r.value, Name: r.class, Color: color(r.class)})
	}
	all = append(all, result.Class{Value: p.inkValue(), Name: inkClass, Color: "#404040"})
	if p.composes() {
		all = append(all, result.Class{Value: p.unclassifiedValue(), Name: unclassifiedClass, Color: "#f781bf"})
	}
	if p.Exclude != nil {
		for _, s := range structures {
			all = append(all, result.Class{Value: p.excluded(s.name), Name: s.name, Color: s.color})
		}
	}
	return all
}

// colors of the classes that a stain may show beside markers: each far from the others.
var colors = map[string]string{
	"collagen": "#1b9e77", "fibrin": "#d7301f", "platelet": "#8856a7", "rbc": "#e6ab02", "nucleus": "#253494", "leukocyte": "#66a61e",
}

// stainable are these classes, sorted.
var stainable = []string{"collagen", "fibrin", "leukocyte", "nucleus", "platelet", "rbc"}

func validClass(name string) bool {
	return slices.Contains(stainable, name) || len(name) > len(marker) && strings.HasPrefix(name, marker)
}

func color(class string) string {
	if c, ok := colors[class]; ok {
		return c
	}
	return "#d95f02" // markers
}
