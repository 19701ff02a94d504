package calibration

import (
	"strconv"
	"strings"
)

// Resolution is what the TIFF tags XResolution, YResolution and ResolutionUnit (1 none, 2 inch, 3
// centimetre) say: pixels per unit.
func Resolution(x, y float64, unit int) Statement {
	s := Statement{Field: "TIFF XResolution", Print: true}
	if x <= 0 || y <= 0 {
		return s
	}
	switch unit {
	case 2:
		s.Unit = "inch"
	case 3:
		s.Unit = "cm"
	default:
		if x == 1 && y == 1 || unit == 0 {
			return Statement{} // the default of writers that know nothing
		}
	}
	s.Size = [3]float64{1 / x, 1 / y, 0}
	return s
}

// ImageJ is what the description of an ImageJ TIFF says together with the resolution tags, which
// count pixels per unit= of the description. spacing= is the distance between slices; ImageJ leaves
// it out when it is 1, which may mean anything, so that z then stays unknown.
func ImageJ(description string, x, y float64, resolutionUnit int) (Statement, bool) {
	keys, ok := ImageJKeys(description)
	if !ok {
		return Statement{}, false
	}
	unit, named := keys["unit"]
	if !named {
		s := Resolution(x, y, resolutionUnit)
		return withDepth(s, keys, ""), true
	}
	s := Statement{Field: "ImageJ unit and XResolution", Unit: unit}
	mm, known := PerUnit(unit)
	s.Print = known && (mm == 25.4 || mm == 10)
	if x > 0 && y > 0 {
		s.Size = [3]float64{1 / x, 1 / y, 0}
	}
	return withDepth(s, keys, unit), true
}

func withDepth(s Statement, keys map[string]string, unit string) Statement {
	v, err := strconv.ParseFloat(keys["spacing"], 64)
	if err != nil || v == 0 {
		return s
	}
	if v < 0 {
		v = -v // ImageJ writes the distance of flipped stacks with a sign
	}
	s.Size[2] = v
	if unit == "" && s.Unit != "" {
		s.UnitZ = "pixel" // an inch of the tags says nothing about spacing=
	}
	return s
}

// ImageJKeys reads the key=value lines of an ImageJ description; false when it is not ImageJ's.
func ImageJKeys(description string) (map[string]string, bool) {
	if !strings.HasPrefix(description, "ImageJ=") {
		return nil, false
	}
	keys := map[string]string{}
	for line := range strings.Lines(description) {
		if k, v, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "="); ok {
			keys[k] = v
		}
	}
	return keys, true
}
