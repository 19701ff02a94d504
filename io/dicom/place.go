package dicom

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"explant/io/array"
	"explant/io/calibration"
	"explant/volume"
)

// Tolerances of positions, which scanners write with few digits.
const (
	uneven   = 0.05 // of the distance between slices: how far one may lie from where it belongs
	same     = 0.02 // of it: slices that are closer lie at the same place
	differs  = 0.01 // relative: two statements of one length
	straight = 1e-3 // of the components of unit vectors
)

// place brings the slices in the order of their positions and sets the spacing, the origin and the axes of
// g. It is an error when slices cannot belong to one volume.
func place(g *volume.Grid, s []slice) (warnings []string, err error) {
	if err := parallel(s); err != nil {
		return nil, err
	}
	known, err := located(s)
	if err != nil {
		return nil, err
	}
	st := calibration.Statement{Field: "DICOM PixelSpacing", Unit: "mm"}
	why := plane(&st, s)
	w, doubt := detector(&st, s[0])
	warnings, why = append(warnings, w...), cmp.Or(why, doubt)
	if len(s) > 1 {
		across := ordered
		if !known {
			across = numbered
		}
		z, w, doubt, err := across(s)
		if err != nil {
			return nil, err
		}
		warnings = append(warnings, w...)
		st.Size[2], why = z, cmp.Or(why, doubt)
	}
	apply(st, g, why)
	if known {
		orient(g, s)
	}
	return warnings, nil
}

// parallel reports a slice that is turned against the first one.
func parallel(s []slice) error {
	a := s[0].orientation
	for _, f := range s[1:] {
		b := f.orientation
		turned := (a == nil) != (b == nil)
		for i := range min(len(a), len(b)) {
			turned = turned || math.Abs(a[i]-b[i]) > straight
		}
		if turned {
			return fmt.Errorf("%s and %s are turned against one another: give each stack a folder of its own", s[0].name, f.name)
		}
	}
	return nil
}

// located reports whether the slices state positions: all of them, or none.
func located(s []slice) (bool, error) {
	for _, f := range s {
		if (f.position == nil) != (s[0].position == nil) {
			return false, fmt.Errorf("of %s and %s only one states ImagePositionPatient", s[0].name, f.name)
		}
	}
	return s[0].position != nil, nil
}

// plane takes the size of a pixel when all slices state the same, and says why not otherwise.
func plane(st *calibration.Statement, s []slice) (why string) {
	a := s[0].spacing
	for _, f := range s[1:] {
		b := f.spacing
		if (a == nil) != (b == nil) || a != nil && (far(a[0], b[0]) || far(a[1], b[1])) {
			why = fmt.Sprintf("the slices state different PixelSpacing: %s %v mm, %s %v mm", s[0].name, a, f.name, b)
			break
		}
	}
	if a != nil {
		st.Size[0], st.Size[1] = a[1], a[0] // DICOM has the distance of rows first
	}
	return why
}

// detector compares PixelSpacing with ImagerPixelSpacing, which radiographs have: the object is as many times
// smaller as it is magnified. Source: DICOM PS3.3 10.7.1.3.
func detector(st *calibration.Statement, f slice) (warnings []string, doubt string) {
	const at = "which is measured at the detector and not in the object"
	switch a, b := f.spacing, f.imager; {
	case b == nil:
	case a == nil:
		st.Field, st.Size[0], st.Size[1] = "DICOM ImagerPixelSpacing", b[1], b[0]
		doubt = "only ImagerPixelSpacing is stated, " + at
	case far(a[0], b[0]) || far(a[1], b[1]):
		warnings = []string{fmt.Sprintf("ImagerPixelSpacing is %v mm, %s; PixelSpacing, %v mm, is taken", b, at, a)}
	case f.orientation == nil && f.calibrated == "":
		doubt = "PixelSpacing repeats ImagerPixelSpacing, " + at
	}
	return warnings, doubt
}

func far(a, b float64) bool { return math.Abs(a-b) > differs*math.Abs(a) }

// ordered sorts slices by their positions and takes the distance between them.
func ordered(s []slice) (z float64, warnings []string, doubt string, err error) {
	n := normal(s[0].orientation)
	along := func(f slice) float64 {
		return f.position[0]*n[0] + f.position[1]*n[1] + f.position[2]*n[2]
	}
	slices.SortStableFunc(s, func(a, b slice) int { return cmp.Compare(along(a), along(b)) })
	p := make([]float64, len(s))
	for i := range s {
		p[i] = along(s[i])
	}
	steps := make([]float64, len(p)-1)
	for i := range steps {
		steps[i] = p[i+1] - p[i]
	}
	usual := slices.Sorted(slices.Values(steps))[len(steps)/2]
	if err := doubles(s, steps, usual); err != nil {
		return 0, nil, "", err
	}
	z = (p[len(p)-1] - p[0]) / float64(len(steps))
	for i := range p {
		if math.Abs(p[i]-p[0]-float64(i)*z) > uneven*z {
			w, doubt := gaps(s, steps, usual)
			return 0, w, doubt, nil
		}
	}
	warnings, doubt = stated(s[0], z)
	return z, warnings, doubt, nil
}

// doubles reports slices at the same place.
func doubles(s []slice, steps []float64, usual float64) error {
	count, first := 0, -1
	for i, d := range steps {
		if d <= same*usual {
			if count++; first < 0 {
				first = i
			}
		}
	}
	if count == 0 {
		return nil
	}
	more := ""
	if count > 1 {
		more = fmt.Sprintf(", and %d more pairs", count-1)
	}
	return fmt.Errorf("%s and %s lie at the same place%s: keep one of each", s[first].name, s[first+1].name, more)
}

// gaps says what is wrong with slices at unequal distances.
func gaps(s []slice, steps []float64, usual float64) (warnings []string, doubt string) {
	missing, first := 0, -1
	for i, d := range steps {
		k := math.Round(d / usual)
		if math.Abs(d-k*usual) > 0.1*usual {
			sorted := slices.Sorted(slices.Values(steps))
			return nil, fmt.Sprintf("the distances between slices differ: %.6g to %.6g mm, the largest behind %s",
				sorted[0], sorted[len(sorted)-1], s[slices.Index(steps, sorted[len(sorted)-1])].name)
		}
		if k > 1 {
			if first < 0 {
				first = i
			}
			missing += int(min(k, 1e6)) - 1
		}
	}
	if missing == 0 {
		return nil, "the distances between slices add up to an error"
	}
	w := fmt.Sprintf("slices are missing by their positions: %d, the first between %s and %s", missing, s[first].name, s[first+1].name)
	return []string{w}, w
}

// stated compares the distance of positions with the other fields that tell about it.
func stated(f slice, z float64) (warnings []string, doubt string) {
	if f.between != 0 && far(z, math.Abs(f.between)) {
		return nil, fmt.Sprintf("SpacingBetweenSlices is %.6g mm, but the positions are %.6g mm apart", f.between, z)
	}
	if f.thickness > 0 && far(z, f.thickness) {
		warnings = append(warnings, fmt.Sprintf("SliceThickness is %.6g mm, but the slices are %.6g mm apart, which is taken", f.thickness, z))
	}
	return warnings, ""
}

// numbered sorts slices without positions by InstanceNumber; frames of one file have their order.
func numbered(s []slice) (z float64, warnings []string, doubt string, err error) {
	if s[0].number != s[len(s)-1].number || s[0].number != s[1].number {
		slices.SortStableFunc(s, func(a, b slice) int { return cmp.Compare(a.number, b.number) })
		for i := range s[1:] {
			if s[i].number == s[i+1].number {
				return 0, nil, "", fmt.Errorf("%s and %s state no position and the same InstanceNumber", s[i].name, s[i+1].name)
			}
		}
		warnings = append(warnings, "the slices state no position (ImagePositionPatient): they are ordered by InstanceNumber")
	} else if !ofOneFile(s) {
		return 0, nil, "", errors.New("the slices state neither ImagePositionPatient nor InstanceNumber: their order is unknown")
	}
	for _, f := range s[1:] {
		if far(s[0].between, f.between) || far(s[0].thickness, f.thickness) {
			return 0, warnings, fmt.Sprintf("%s and %s state different distances of slices", s[0].name, f.name), nil
		}
	}
	if s[0].between != 0 {
		return math.Abs(s[0].between), warnings, "", nil
	}
	if s[0].thickness > 0 {
		warnings = append(warnings, "the distance of slices is taken from SliceThickness, which is another thing when slices overlap or leave gaps")
	}
	return s[0].thickness, warnings, "", nil
}

// ofOneFile reports slices that come from one file.
func ofOneFile(s []slice) bool { return s[0].multi && s[len(s)-1].multi }

// apply gives the statement to g. A single slice of a scanner has larger pixels than a microscope, so that
// it is judged as one of many.
func apply(st calibration.Statement, g *volume.Grid, why string) {
	if g.N[2] > 1 && st.Size[2] > 0 {
		st.Field += " and ImagePositionPatient"
	}
	deep := volume.Grid{N: [3]int{g.N[0], g.N[1], max(g.N[2], 2)}}
	st.Apply(&deep)
	g.Spacing, g.Calibration = deep.Spacing, deep.Calibration
	c := &g.Calibration
	if g.N[2] == 1 && c.Source != volume.Unknown {
		c.Withheld = ""
	}
	if why != "" {
		g.Spacing, c.Source, c.Withheld = [3]float64{}, volume.Unknown, why
	}
}

// orient sets origin and axes from the first and the last slice, so that a tilted gantry is noticed.
func orient(g *volume.Grid, s []slice) {
	o := s[0].orientation
	if o == nil {
		o = []float64{1, 0, 0, 0, 1, 0}
	}
	across := normal(o)
	if first, last := s[0].position, s[len(s)-1].position; len(s) > 1 {
		across = [3]float64{last[0] - first[0], last[1] - first[1], last[2] - first[2]}
	}
	array.Orient(g, [3][3]float64{[3]float64(o[:3]), [3]float64(o[3:]), across}, [3]float64(s[0].position))
}
