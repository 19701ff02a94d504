package calibration

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ParseSpacing reads a voxel size typed by a person: "20um" for cubes, "20um,20um,40um" for x, y, z.
// The result is in mm. Every number needs its unit: a number alone is refused, never guessed.
func ParseSpacing(s string) ([3]float64, error) {
	v, err := lengths(s)
	switch {
	case err != nil:
		return [3]float64{}, fmt.Errorf("spacing %.60q: %w", s, err)
	case len(v) == 1:
		return [3]float64{v[0], v[0], v[0]}, nil
	case len(v) == 3:
		return [3]float64(v), nil
	}
	return [3]float64{}, fmt.Errorf("spacing %.60q has %d sizes: write one (20um) or three (20um,20um,40um)", s, len(v))
}

// ParsePixelSize reads a pixel size typed by a person: "0.5um", or "0.5um,0.6um" for x and y. The result
// is in mm, with 0 along z.
func ParsePixelSize(s string) ([3]float64, error) {
	v, err := lengths(s)
	switch {
	case err != nil:
		return [3]float64{}, fmt.Errorf("pixel size %.60q: %w", s, err)
	case len(v) == 1:
		return [3]float64{v[0], v[0], 0}, nil
	case len(v) == 2:
		return [3]float64{v[0], v[1], 0}, nil
	}
	return [3]float64{}, fmt.Errorf("pixel size %.60q has %d sizes: write one (0.5um) or two (0.5um,0.6um)", s, len(v))
}

func lengths(s string) ([]float64, error) {
	var out []float64
	for part := range strings.SplitSeq(s, ",") {
		mm, err := Length(part)
		if err != nil {
			return nil, err
		}
		out = append(out, mm)
	}
	return out, nil
}

// Length reads a number with a unit of length, such as "0.5um" or "20 µm", in mm. It must lie between
// 0.1 nm and 10 mm.
func Length(s string) (mm float64, err error) {
	s = strings.TrimSpace(s)
	number := strings.TrimRightFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	unit := strings.TrimSpace(s[len(number):])
	if strings.HasPrefix(unit, ".") { // "20.um"
		number, unit = number+".", unit[1:]
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a number with a unit: write for example 20um", s)
	}
	per, ok := PerUnit(unit)
	switch mm = v * per; {
	case unit == "":
		return 0, fmt.Errorf("%.40q has no unit: write for example %sum", s, number)
	case !ok:
		return 0, fmt.Errorf("unit %.40q is not known: use nm, um, mm, cm or in", unit)
	case math.IsNaN(mm) || mm < smallest || mm > largest:
		return 0, fmt.Errorf("%.40q is not between 0.1 nm and 10 mm", s)
	}
	return mm, nil
}

// Percent reads a share typed by a person as a percentage, which must say that it is one: 0.002 for "0.2%".
func Percent(s string) (float64, error) {
	number, ok := strings.CutSuffix(strings.TrimSpace(s), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !ok || err != nil {
		return 0, fmt.Errorf("%q is no percentage; write it as 0.2%%", s)
	}
	return v / 100, nil
}
