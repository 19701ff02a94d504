package fluorescence

import (
	"cmp"
	"math"
	"slices"

	"explant/analysis/result"
	"explant/volume/rank"
)

// Metrics of DNA that looks like NETs where no marker of NETs is stained.
const (
	MetricLike  = "net.like"
	MetricLikes = "net.like.n"
)

// DNA that looks like a NET is parted around the summits of its light, smoothed by likeSmooth of the diameter of a
// nucleus and at least likeApart of it from each other. Each piece ends at likeShare of its own bright end: clouds of
// DNA differ in brightness by far. Where one dye shows all DNA, a piece is less than likeDark as bright as nuclei: the
// same DNA is spread over a larger area.
const (
	likeSmooth = 0.25
	likeApart  = 0.75
	likeShare  = 0.5
	likeBright = 0.95 // of the pixels of a piece, by rank, are not its bright end
	likeDark   = 0.7
)

// like is one variant of what looks like NETs.
type like struct {
	mask []bool
	n    int
}

// spilt is the marker that shows DNA outside of living cells: one that does not enter them, else that of all DNA.
func (s *scene) spilt() string {
	for _, m := range s.markers() {
		if s.p.Markers[m].Role == Impermeant {
			return m
		}
	}
	return s.dna
}

// typicalNucleus is what most intact nuclei are like: area and diameter in pixels, light in counts.
type typicalNucleus struct{ area, diameter, light float64 }

// ofMost is the median intact nucleus, where clouds may be among them that of the brighter half; px is the area of a
// pixel in µm². ok is false without any.
func (n *nuclear) ofMost(px float64, clouds bool) (t typicalNucleus, ok bool) {
	var all []object
	for _, o := range n.objects {
		if o.intact {
			all = append(all, o)
		}
	}
	slices.SortStableFunc(all, func(a, b object) int { return cmp.Compare(b.mean, a.mean) })
	if clouds {
		all = all[:(len(all)+1)/2]
	}
	var areas, lights []float64
	for _, o := range all {
		areas, lights = append(areas, o.area/px), append(lights, o.mean)
	}
	t.area, t.light = median(areas, nil), median(lights, nil)
	t.diameter = 2 * math.Sqrt(t.area/math.Pi)
	return t, len(areas) > 0
}

// likes finds what looks like NETs by one variant, beside nuclei like n.
func (s *scene) likes(v variant, n typicalNucleus) (l like, err error) {
	marker := s.spilt()
	light, w, h := s.channels[marker].light, s.Grid.N[0], s.Grid.N[1]
	fine, err := s.gaussian(light, s.p.SmoothUM)
	if err != nil {
		return l, err
	}
	defer planes.give(fine)
	relief, err := s.gaussian(light, likeSmooth*n.diameter*s.um)
	if err != nil {
		return l, err
	}
	defer planes.give(relief)
	top, err := s.brightest(relief, likeApart*n.diameter*s.um)
	if err != nil {
		return l, err
	}
	defer planes.give(top)
	there := make([]bool, len(light))
	for i, x := range fine {
		there[i] = s.free[i] && float64(x) >= v.threshold*s.thresholds[marker]
	}
	seeds := summits(relief, top, there, w, likeApart*n.diameter)
	number := flood(relief, there, seeds, w, h)
	brightest := math.Inf(1)
	if marker == s.dna {
		brightest = likeDark * n.light
	}
	return spreadOut(fine, number, len(seeds), likeShare+v.share, s.p.NETNuclei*n.area, brightest), nil
}

// spreadOut keeps the pieces that have at least so many pixels at the share of their bright end, and are darker than
// brightest there on the mean.
func spreadOut(light []float32, number []uint32, n int, share, least, brightest float64) like {
	values := make([][]float32, n)
	for i, k := range number {
		if k > 0 {
			values[k-1] = append(values[k-1], light[i])
		}
	}
	ends, size, sum := make([]float32, n), make([]float64, n), make([]float64, n)
	for k, v := range values {
		if len(v) > 0 {
			ends[k] = float32(share) * rank.Of(v, int(likeBright*float64(len(v))))
		}
	}
	for i, k := range number {
		if k > 0 && light[i] >= ends[k-1] {
			size[k-1]++
			sum[k-1] += float64(light[i])
		}
	}
	out := like{mask: make([]bool, len(light))}
	kept := make([]bool, n)
	for k := range kept {
		kept[k] = size[k] >= least && size[k] > 0 && sum[k]/size[k] < brightest
		if kept[k] {
			out.n++
		}
	}
	for i, k := range number {
		out.mask[i] = k > 0 && kept[k-1] && light[i] >= ends[k-1]
	}
	return out
}

// netLike gives what looks like NETs, where the protocol asks for it and no marker of NETs is stained, and its class to
// labels. It is never called a NET: DNA alone does not tell.
func (r *report) netLike(labels []uint8) error {
	var most typicalNucleus
	known := false
	if r.nuclei != nil {
		most, known = r.nuclei.ofMost(r.um2, r.spilt() == r.dna)
	}
	switch {
	case !r.p.NETLike:
		return nil
	case len(r.netMarkers()) > 0:
		r.withholdLikes("the field shows a marker of NETs, which tells them better")
	case r.deep():
		r.withholdLikes("it is looked for in a field or a projection, not in a stack")
	case !known:
		r.withholdLikes("the least size is told in intact nuclei, and there are none")
	default:
		return r.giveLikes(most, labels)
	}
	return nil
}

// withholdLikes says why nothing is told that looks like NETs, where the protocol asks for it.
func (r *report) withholdLikes(reason string) {
	if r.p.NETLike {
		r.withhold(MetricLike, "", reason)
		r.withhold(MetricLikes, "", reason)
	}
}

// giveLikes measures what looks like NETs beside nuclei like n.
func (r *report) giveLikes(n typicalNucleus, labels []uint8) error {
	main, err := r.likes(measured, n)
	if err != nil {
		return err
	}
	others := make([]like, len(variants))
	for k, v := range variants {
		if others[k], err = r.likes(v, n); err != nil {
			return err
		}
	}
	class := r.p.Classes()
	for i, in := range main.mask {
		if in {
			labels[i] = class[len(class)-1].Value
		}
	}
	all := r.tally.free
	r.shareOf(MetricLike, "", float64(count(main.mask)), all, fieldName, func(k int) float64 { return 100 * float64(count(others[k].mask)) / all })
	mm2 := all * r.um2 / 1e6
	r.bounded(result.Measurement{
		Metric: MetricLikes, Value: float64(main.n) / mm2, Unit: "{NET-like}/mm2", Numerator: result.F(float64(main.n)), Denominator: result.F(mm2),
		DenominatorName: fieldName + " (mm2)", NObject: result.N(main.n),
	}, func(k int) float64 { return float64(others[k].n) / mm2 })
	r.Flags = append(r.Flags, result.Flag{
		ID: "dna-alone", Text: "NET-like objects are told by the extent of their DNA alone. Without citrullinated histone, MPO or elastase they are no NETs by the rule: swollen, dead and crushed nuclei may be among them.",
		Remedy: "Stain citrullinated histone H3 and MPO or neutrophil elastase beside DNA.",
	})
	return nil
}
