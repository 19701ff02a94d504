package measure

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"

	"explant/analysis/result"
)

// errNoAxis is why a profile is withheld.
var errNoAxis = errors.New("no flow axis was given: state it with --axis x, y or z")

// thinnest is the least number of voxels along the axis in a bin of the profile.
const thinnest = 10

// profile gives prof.axis: burden per bin from the inlet, the centroid of the deposit and the share
// of it in the inlet half. Positions are distances from the inlet face of the box in mm, or in
// voxels where the spacing is unknown.
func (j *job) profile(context.Context) error {
	a, down, err := j.in.axis()
	if err != nil {
		j.withhold("prof.axis", "", err.Error())
		return nil
	}
	planes := j.census.planes
	if down {
		planes = slices.Clone(planes)
		slices.Reverse(planes)
	}
	if len(planes) < thinnest {
		j.withhold("prof.axis", "", "fewer than 10 voxels along the axis")
		return nil
	}
	unit, step := "mm", j.seg.Labels.Spacing[a]
	if !j.mm {
		unit, step = "voxels", 1
	}
	k := max(min(j.par.profileBins(), len(planes)/thinnest), 1)
	for i := range k {
		lo, hi := i*len(planes)/k, (i+1)*len(planes)/k
		var bin plane
		for _, p := range planes[lo:hi] {
			bin.add(p)
		}
		j.ratio("prof.axis", span(float64(lo)*step, float64(hi)*step, unit), j.deposit(bin), float64(bin.bloodSide()), j.bloodSide(), j.burdenFlags()...)
	}
	j.centre(planes)
	return nil
}

// centre gives where along the axis the deposit lies: its centroid, 0 at the inlet and 1 at the
// outlet face, and the share of it before the middle.
func (j *job) centre(planes []plane) {
	var sum, moment, inlet float64
	half := float64(len(planes)) / 2
	for i, p := range planes {
		d := j.deposit(p)
		sum += d
		moment += d * (float64(i) + 0.5)
		inlet += d * min(max(half-float64(i), 0), 1)
	}
	if !(sum > 0) {
		j.withhold("prof.axis", "centroid", "there is no deposit")
		return
	}
	j.give(result.Measurement{Metric: "prof.axis", Part: "centroid", Value: moment / sum / float64(len(planes)), Unit: "1"})
	j.ratio("prof.axis", "inlet half", inlet, sum, "deposit")
}

// span names a bin: "0..0.32 mm".
func span(lo, hi float64, unit string) string { return number(lo) + ".." + number(hi) + " " + unit }

// number writes at most six decimals and no trailing zeros.
func number(x float64) string { return strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64) }
