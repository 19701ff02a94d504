package measure

import (
	"context"
	"fmt"
	"math"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

const (
	// coverSlices is about how many slices are looked at for the coverage.
	coverSlices = 128
	// normalReach is the radius of the ball that tells which way a surface faces, in largest spacings.
	normalReach = 2.5
	// fewestAcrossFibre is the diameter of a fibre in voxels below which coverage is doubtful.
	fewestAcrossFibre = 8
)

// fibreSolid is what a fibre fills, its lumen included: a thin wall alone has two sides.
var fibreSolid = label.Of(segment.Polymer, segment.Housing, segment.Lumen)

// fibreCover gives fib.cover: the part of the polymer's surface towards the blood side that has deposit within
// the contact distance along its outward normal. The surface is summed over voxel faces, each weighted by the
// cosine between it and the normal, which makes the sum that of the surface itself; the normal is the first
// moment of the solid in a ball of 2.5 spacings. In large volumes evenly spaced slices are looked at.
//
// Source of the weights: Mullikin and Verbeek, Bioimaging 1:86-96, 1993, in the form of Windreich, Kiryati,
// Lohmann, Pattern Recognit. 36:2531-2541, 2003, doi:10.1016/S0031-3203(03)00173-0.
func (j *job) fibreCover(ctx context.Context) error {
	if !j.par.Coverage {
		return nil
	}
	switch {
	case !j.mm:
		j.withhold("fib.cover", "", uncalibrated)
		return nil
	case j.seg.LumensInVoid:
		j.withhold("fib.cover", "", "gas side and blood side are not told apart, so that the insides of fibres would count as uncovered")
		return nil
	}
	sum, err := j.covered(ctx)
	if err != nil {
		return err
	}
	if sum.all == 0 {
		j.withhold("fib.cover", "", "no polymer faces the blood side")
		return nil
	}
	part := "deposit within " + number(1000*j.contactMM()) + " um"
	m := result.Measurement{
		Metric: "fib.cover", Part: part, Value: 100 * sum.covered / sum.all, Unit: "%", Numerator: result.F(sum.covered), Denominator: result.F(sum.all),
		DenominatorName: "polymer towards the blood side (mm2)",
	}
	if across := j.fibreVoxels(); across > 0 && across < fewestAcrossFibre {
		m.Flags = []string{"thin-fibres"}
		j.flag("thin-fibres", fmt.Sprintf("Fibres are %.1f voxels wide; below 8 their surface and what touches it are doubtful.", across), "Scan with smaller voxels.")
	}
	j.give(m)
	return nil
}

// fibreVoxels is the diameter of the fibres in voxels where the segmentation knows it, else 0.
func (j *job) fibreVoxels() float64 { return j.seg.Diagnostics["fibre_outer_diameter_voxels"] }

// contactMM is how near deposit must be to touch, mm.
func (j *job) contactMM() float64 {
	if j.par.ContactUM > 0 {
		return j.par.ContactUM / 1000
	}
	s := j.seg.Labels.Spacing
	return 1.5 * max(s[0], s[1], s[2])
}

// facing is a surface in mm².
type facing struct{ all, covered float64 }

// covered sums the polymer's surface over slices, the slices standing for those between them.
func (j *job) covered(ctx context.Context) (sum facing, err error) {
	b := j.census.box
	step := max((b.Max[2]-b.Min[2])/coverSlices, 1)
	f := newFacets(j.seg.Labels, b, j.contactMM())
	lo, hi := b.Min[2]+f.margin[2], b.Max[2]-f.margin[2]
	n := max((hi-lo-step/2+step-1)/step, 0)
	stage(j.prog, "coverage", n)
	parts := make([]facing, n)
	err = parallel.Each(ctx, n, j.opt, j.prog, func(_ context.Context, k int) error {
		parts[k] = f.slice(lo + step/2 + k*step)
		return nil
	})
	for _, p := range parts {
		sum.all += p.all * float64(step)
		sum.covered += p.covered * float64(step)
	}
	return sum, err
}

// facets finds the faces of polymer towards the blood side.
type facets struct {
	l       *volume.Labels
	box     segment.Box
	contact float64
	margin  [3]int // voxels at the faces of the box around which the ball would leave it
	ball    []ballStep
	pace    [3]int
	face    [3]float64 // area of a voxel's face across each axis, mm²
}

// ballStep leads to a voxel of the ball.
type ballStep struct {
	by int
	mm [3]float64
}

func newFacets(l *volume.Labels, b segment.Box, contact float64) *facets {
	s := l.Spacing
	f := &facets{l: l, box: b, contact: contact, pace: [3]int{1, l.N[0], l.N[0] * l.N[1]}}
	reach := normalReach * max(s[0], s[1], s[2])
	for a := range 3 {
		f.margin[a] = int(reach/s[a]) + 1
		f.face[a] = s[(a+1)%3] * s[(a+2)%3]
	}
	for z := -f.margin[2]; z <= f.margin[2]; z++ {
		for y := -f.margin[1]; y <= f.margin[1]; y++ {
			for x := -f.margin[0]; x <= f.margin[0]; x++ {
				mm := [3]float64{float64(x) * s[0], float64(y) * s[1], float64(z) * s[2]}
				if r := math.Hypot(math.Hypot(mm[0], mm[1]), mm[2]); r > 0 && r <= reach {
					f.ball = append(f.ball, ballStep{x*f.pace[0] + y*f.pace[1] + z*f.pace[2], mm})
				}
			}
		}
	}
	return f
}

// slice sums the faces of the polymer voxels of slice z that are not near the sides of the box.
func (f *facets) slice(z int) (sum facing) {
	for y := f.box.Min[1] + f.margin[1]; y < f.box.Max[1]-f.margin[1]; y++ {
		from, to := f.l.Offset(f.box.Min[0]+f.margin[0], y, z), f.l.Offset(f.box.Max[0]-f.margin[0], y, z)
		for at := from; at < to; at++ {
			if f.l.Data[at] == segment.Polymer {
				f.voxel(at, &sum)
			}
		}
	}
	return sum
}

func (f *facets) voxel(at int, sum *facing) {
	var n [3]float64
	for a := range 3 {
		for side := -1; side <= 1; side += 2 {
			c := f.l.Data[at+side*f.pace[a]]
			if c != segment.Void && c != segment.Deposit {
				continue
			}
			if n == [3]float64{} {
				n = f.normal(at)
			}
			weight := f.face[a] * n[a] * float64(side)
			if weight <= 0 {
				continue // a dent: the surface faces the other way
			}
			sum.all += weight
			if f.meets(at, a, side, n) {
				sum.covered += weight
			}
		}
	}
}

// normal is the unit vector away from the solid around a voxel.
func (f *facets) normal(at int) (n [3]float64) {
	for _, b := range f.ball {
		if fibreSolid[f.l.Data[at+b.by]] {
			n[0] -= b.mm[0]
			n[1] -= b.mm[1]
			n[2] -= b.mm[2]
		}
	}
	length := math.Hypot(math.Hypot(n[0], n[1]), n[2])
	if length == 0 {
		return [3]float64{}
	}
	return [3]float64{n[0] / length, n[1] / length, n[2] / length}
}

// meets reports whether the line from the middle of a face along the normal meets deposit within the contact
// distance.
func (f *facets) meets(at, axis, side int, n [3]float64) bool {
	s := f.l.Spacing
	step := min(s[0], s[1], s[2]) / 4
	p := f.l.Position(at)
	from := [3]float64{float64(p[0]), float64(p[1]), float64(p[2])}
	from[axis] += float64(side) / 2
	for d := step / 2; d <= f.contact; d += step {
		var q [3]int
		for a := range 3 {
			q[a] = int(math.Round(from[a] + n[a]*d/s[a]))
			if q[a] < f.box.Min[a] || q[a] >= f.box.Max[a] {
				return false
			}
		}
		if f.l.At(q[0], q[1], q[2]) == segment.Deposit {
			return true
		}
	}
	return false
}
