package measure

import (
	"context"
	"fmt"
	"math"
	"slices"

	"explant/analysis/result"
	"explant/analysis/segment"
)

// defaultObject is the number of voxels that a piece of deposit must have where neither a rule nor
// a detection floor says so: a cube of 3x3x3.
const defaultObject = 27

// fewestForPercentiles is the least number of objects of which percentiles are given.
const fewestForPercentiles = 20

// objects gives dep.n, dep.nd, dep.size, dep.max and dep.maxfrac of the 26-connected pieces of
// deposit. Their volumes are voxel counts. Pieces that touch a face of the box are cut: they count,
// but not in the statistics of size.
func (j *job) objects(context.Context) error {
	all := j.sums.Objects.List
	least, why := j.leastObject()
	j.out.Diagnostics["min_object_voxels"] = float64(least)
	var sizes []float64
	n, cut := 0, 0
	for _, r := range all {
		switch {
		case r.Count < least:
		case j.touches(r):
			n, cut = n+1, cut+1
		default:
			n++
			sizes = append(sizes, float64(r.Count))
		}
	}
	j.flag("object-size", fmt.Sprintf("Pieces of deposit below %d voxels (%s) are not counted as objects; their volume counts.", least, why),
		"Set min_object_um to compare counts with another scan; the count hangs on it and on the threshold.")
	if cut > 0 {
		j.flag("touches-border", fmt.Sprintf("%d of %d objects touch a face of the volume looked at and are cut by it; they are left out of the statistics of size.", cut, n),
			"Scan a larger field of view, or say that sizes are those of whole objects.")
	}
	j.counts(n, cut)
	j.sizes(sizes)
	if err := j.surface(all); err != nil {
		return err
	}
	j.largest(all)
	return nil
}

// leastObject is the smallest number of voxels that counts as an object, and where it comes from.
func (j *job) leastObject() (int64, string) {
	um, why := j.par.MinObjectUM, "min_object_um"
	if um == 0 {
		um, why = j.in.SphereUM(), "the detection floor"
	}
	if um == 0 || !j.mm {
		return defaultObject, "the default of 3x3x3"
	}
	d := um / 1000
	return max(int64(math.Ceil(math.Pi/6*d*d*d/j.dv)), 1), fmt.Sprintf("%s, a sphere of %.3g µm", why, um)
}

func (j *job) touches(r Piece) bool {
	b := j.census.box
	for a := range 3 {
		if b.Max[a]-b.Min[a] > 1 && (r.Min[a] == b.Min[a] || r.Max[a] == b.Max[a]) {
			return true
		}
	}
	return false
}

// cutFlags are the flags of values that cut objects bear on.
func cutFlags(cut int) []string {
	if cut > 0 {
		return []string{"touches-border", "object-size"}
	}
	return []string{"object-size"}
}

func (j *job) counts(n, cut int) {
	flags := cutFlags(cut)
	j.give(result.Measurement{Metric: "dep.n", Value: float64(n), Unit: "1", NObject: result.N(n), Flags: flags})
	j.give(result.Measurement{Metric: "dep.n", Part: "touching a face", Value: float64(cut), Unit: "1", NObject: result.N(n), Flags: flags})
	blood := float64(j.census.total.bloodSide()) * j.dv
	switch {
	case !j.mm:
		j.withhold("dep.nd", "", uncalibrated)
	case blood == 0:
		j.withhold("dep.nd", "", "there is no "+j.bloodSide())
	default:
		j.give(result.Measurement{
			Metric: "dep.nd", Value: float64(n) / blood, Unit: "/mm3", Numerator: result.F(float64(n)), Denominator: result.F(blood),
			DenominatorName: j.bloodSide() + " (mm3)", NObject: result.N(n), Flags: append(flags, j.burdenFlags()...),
		})
	}
}

// sizes gives the distribution of whole objects, in voxels on input.
func (j *job) sizes(voxels []float64) {
	n := len(voxels)
	if n < fewestForPercentiles {
		j.withhold("dep.size", "", fmt.Sprintf("%d whole objects: percentiles need at least %d", n, fewestForPercentiles))
		return
	}
	slices.Sort(voxels)
	p25, p75 := percentile(voxels, 0.25), percentile(voxels, 0.75)
	for _, row := range []struct {
		part string
		n    float64
	}{
		{"median", percentile(voxels, 0.5)}, {"P25", p25}, {"P75", p75}, {"IQR", p75 - p25},
		{"P95", percentile(voxels, 0.95)}, {"volume-weighted median", weightedMedian(voxels)},
	} {
		if m := j.size("dep.size", row.part, row.n, "object-size"); m != nil {
			m.NObject = result.N(n)
		}
	}
}

// percentile interpolates linearly between order statistics of sorted values.
//
// Source: definition 7 of Hyndman, Fan, Am. Stat. 50(4):361-365, 1996, doi:10.1080/00031305.1996.10473566.
func percentile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-2)
	if i < 0 {
		return sorted[0]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// weightedMedian is the size of the object in which half of the total volume is reached.
func weightedMedian(sorted []float64) float64 {
	total := 0.0
	for _, v := range sorted {
		total += v
	}
	sum := 0.0
	for _, v := range sorted {
		if sum += v; sum >= total/2 {
			return v
		}
	}
	return 0
}

// largest gives the largest piece, also after an opening by the 3x3x3 cube, which cuts bridges that
// noise makes between pieces.
func (j *job) largest(all []Piece) {
	if len(all) == 0 {
		j.withhold("dep.max", "", "there is no deposit")
		j.withhold("dep.maxfrac", "", "there is no deposit")
		return
	}
	j.biggest("", all)
	if rest := j.sums.Opened.List; len(rest) > 0 {
		j.biggest("after opening by 1 voxel", rest)
	}
}

func (j *job) biggest(part string, all []Piece) {
	big := all[0]
	for _, r := range all {
		if r.Count > big.Count {
			big = r
		}
	}
	var flags []string
	if j.touches(big) {
		flags = []string{"touches-border"}
	}
	j.size("dep.max", part, float64(big.Count), flags...)
	j.ratio("dep.maxfrac", part, float64(big.Count), float64(j.census.total.n[segment.Deposit]), "deposit by voxel count", flags...)
}
