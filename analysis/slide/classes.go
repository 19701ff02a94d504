package slide

import (
	"slices"
	"strings"

	"explant/analysis/result"
)

// Names of the classes that every slide has.
const (
	glassClass = "excluded:glass"
	otherClass = "other"
	inkClass   = "excluded:ink"
	marker     = "marker:" // followed by the name of the marker
)

// Classes lists the values of the label image with their fixed colours.
func (p Params) Classes() []result.Class {
	return []result.Class{
		{Value: glassValue, Name: glassClass, Color: "#e6e6e6"},
		{Value: otherValue, Name: otherClass, Color: "#7a9cc6"},
		{Value: positiveValue, Name: p.PositiveClass, Color: positiveColor(p.PositiveClass)},
		{Value: inkValue, Name: inkClass, Color: "#404040"},
	}
}

// stainable are the classes that a single stain may show, besides markers.
var stainable = []string{"collagen", "fibrin", "platelet", "rbc", "nucleus"}

func validClass(name string) bool {
	return slices.Contains(stainable, name) || len(name) > len(marker) && strings.HasPrefix(name, marker)
}

func positiveColor(class string) string {
	switch class {
	case "collagen":
		return "#c2185b"
	case "fibrin":
		return "#d7301f"
	case "platelet":
		return "#8856a7"
	case "rbc":
		return "#e6ab02"
	case "nucleus":
		return "#253494"
	}
	return "#d95f02" // markers
}
