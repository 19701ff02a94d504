package measure

import (
	"context"
	"errors"
	"fmt"
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
	if j.in.Frame != nil {
		j.profileInFrame()
		return nil
	}
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

// profileInFrame gives prof.axis between the inlet and the outlet of the frame. Voxels count to the bins in
// which their planes lie, in part where a bin ends within one; what lies before the inlet or behind the
// outlet counts nowhere.
func (j *job) profileInFrame() {
	if j.places == nil {
		j.withhold("prof.axis", "", uncalibrated)
		return
	}
	length := j.places.frame.Length()
	bins := j.bins(length, j.places.vox.Pace(0))
	if bins == 0 {
		j.withhold("prof.axis", "", tooFew)
		return
	}
	flags := j.coverage(length)
	for i := range bins {
		from, to := float64(i)*length/float64(bins), float64(i+1)*length/float64(bins)
		j.placed("prof.axis", span(from, to, "mm"), j.stretch(from, to), flags...)
	}
	j.centreInFrame(length, flags)
}

// centreInFrame is centre between the inlet and the outlet of the frame.
func (j *job) centreInFrame(length float64, flags []string) {
	t := j.places
	moment := 0.0
	for b, a := range t.Along {
		var h holding
		h.add(a, t.along.share(b, 0, length), j.rule())
		moment += h.deposit * max(0, min(t.along.middle(b), length))
	}
	all, inlet := j.stretch(0, length), j.stretch(0, length/2)
	if !(all.deposit > 0) {
		j.withhold("prof.axis", "centroid", "there is no deposit")
		return
	}
	j.give(result.Measurement{Metric: "prof.axis", Part: "centroid", Value: moment / all.deposit / length, Unit: "1", Flags: flags})
	j.ratio("prof.axis", "inlet half", inlet.deposit, all.deposit, "deposit", flags...)
}

// unseen is the share of the way from inlet to outlet, and of the blood-side space, that may be missed
// without a flag.
const unseen = 0.02

// coverage flags a scan that does not show the whole way from inlet to outlet, and blood-side space that
// lies beyond it.
func (j *job) coverage(length float64) (flags []string) {
	t := j.places
	from, to := t.vox.Span(t.box.Min, t.box.Max, 0)
	if from, to = max(from/length, 0), min(to/length, 1); from > unseen || to < 1-unseen {
		j.flag("frame-partly-scanned", fmt.Sprintf("The scan shows the device from u = %.2f to %.2f; centroid and inlet half are those of this part.", from, to), "Scan the whole device, or compare parts of equal u.")
		flags = append(flags, "frame-partly-scanned")
	}
	whole, within := j.stretch(math.Inf(-1), math.Inf(1)), j.stretch(0, length)
	if beyond := 1 - within.blood/whole.blood; beyond > unseen {
		j.flag("frame-too-short", fmt.Sprintf("%.0f %% of the blood-side space lies before the inlet or behind the outlet of the frame and counts in no bin.", 100*beyond), "Check inlet and outlet of the frame file.")
		flags = append(flags, "frame-too-short")
	}
	return flags
}

// span names a bin: "0..0.32 mm".
func span(lo, hi float64, unit string) string { return number(lo) + ".." + number(hi) + " " + unit }

// number writes at most six decimals and no trailing zeros.
func number(x float64) string { return strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64) }
