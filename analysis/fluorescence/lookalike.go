package fluorescence

import (
	"math"
	"slices"
)

// limits say what an intact nucleus is: the ranges of the protocol, and what nuclei of a control look like.
type limits struct {
	area, mean     [2]float64
	round, texture float64
	alone          bool        // every piece of the right size is a nucleus
	deep           bool        // of a stack
	cut            float64     // share of the least area that one of those that an edge cuts has
	like           *lookalikes // nil without control
}

const (
	leastNuclei   = 20  // of a control, to learn from
	leastDeep     = 60  // the same of a stack, whose nuclei differ more
	coveredByNETs = 0.5 // of a nucleus
	aroundShare   = 0.2 // of what is around it that a marker of NETs covers where it goes on
	aroundFrom    = 0.6 // µm from the outline
	aroundTo      = 1.6
	cutShare      = 0.5 // of the least area, where an edge cuts a nucleus and all DNA is of nuclei
)

// given are the limits of the protocol, for a field whose typical nucleus has this light. Where there is no
// marker of NETs every nucleus of the right size counts, dividing and dying ones too.
func (r Nucleus) given(typical float64, nets bool) limits {
	if !nets {
		return limits{area: r.AreaUM2, mean: [2]float64{0, math.Inf(1)}, texture: math.Inf(1), alone: true, cut: cutShare}
	}
	return limits{area: r.AreaUM2, mean: [2]float64{r.Bright[0] * typical, r.Bright[1] * typical}, round: r.Round, texture: r.Texture}
}

// learned are the limits by what the nuclei of a control look like.
func (l limits) learned(n *nuclear, typical float64) limits {
	var all []look
	for _, o := range n.objects {
		if !o.edge && o.area >= l.area[0] && o.area <= l.area[1] {
			all = append(all, o.look(typical))
		}
	}
	least := leastNuclei
	if l.deep {
		least = leastDeep
	}
	if len(all) >= least {
		l.like = newLookalikes(all)
	}
	return l
}

// look is what nuclei are compared by: logarithms of area and light, circularity and texture.
type look [4]float64

func (o object) look(typical float64) look {
	return look{math.Log(o.area), math.Log(max(o.mean/typical, 1e-3)), o.round, o.texture}
}

// lookalikes tell whether a nucleus looks like those of a control: by its distance, in SDs of the control, to
// the one of them that is the kin-th nearest.
type lookalikes struct {
	all   []look
	sd    look
	kin   int
	limit float64
}

const (
	kinShare = 0.03 // of the nuclei of a control, whose farthest is the one that counts
	slack    = 2.25 // times the median of the control's own distances
)

func newLookalikes(all []look) *lookalikes {
	l := &lookalikes{all: all, kin: max(int(math.Round(kinShare*float64(len(all)))), 1)}
	for k := range l.sd {
		var v []float64
		for _, o := range all {
			v = append(v, o[k])
		}
		slices.Sort(v)
		l.sd[k] = max((v[len(v)*84/100]-v[len(v)*16/100])/2, 1e-6)
	}
	own := make([]float64, len(all))
	for i, o := range all {
		own[i] = l.distance(o, i)
	}
	l.limit = slack * median(own, nil)
	return l
}

// distance to the kin-th nearest, leaving out number skip.
func (l *lookalikes) distance(o look, skip int) float64 {
	near := make([]float64, 0, l.kin+1)
	for i, c := range l.all {
		d := 0.0
		for k := range o {
			s := (o[k] - c[k]) / l.sd[k]
			d += s * s
		}
		if i == skip || len(near) == l.kin && d >= near[l.kin-1] {
			continue
		}
		at, _ := slices.BinarySearch(near, d)
		near = slices.Insert(near, at, d)
		near = near[:min(len(near), l.kin)]
	}
	return math.Sqrt(near[len(near)-1])
}

// judge says which candidates are intact nuclei. marked is where citrullinated histone is, nil for nowhere.
func (n *nuclear) judge(l limits, typical float64, marked []bool, w int, um float64) {
	if marked != nil {
		n.cover(marked, w, um)
	}
	for k := range n.objects {
		o := &n.objects[k]
		least := l.area[0]
		if o.edge && l.alone {
			least *= l.cut
		}
		o.intact = !(o.covered > coveredByNETs && o.around > aroundShare) && o.area >= least && o.area <= l.area[1] && o.fits(l, typical)
	}
}

// fits tells whether a candidate looks intact; the shape of one that an edge cuts says nothing.
func (o object) fits(l limits, typical float64) bool {
	switch {
	case l.like == nil || o.edge:
		return o.mean >= l.mean[0] && o.mean <= l.mean[1] && o.texture <= l.texture && (o.edge || o.round >= l.round)
	default:
		return l.like.distance(o.look(typical), -1) <= l.like.limit
	}
}

// cover tells how much of each candidate a marker covers, and of the ring around it.
func (n *nuclear) cover(marked []bool, w int, um float64) {
	covered, px := make([]float64, len(n.objects)), make([]float64, len(n.objects))
	rims := make([][]int, len(n.objects))
	for i, k := range n.number {
		if k == 0 {
			continue
		}
		px[k-1]++
		if marked[i] {
			covered[k-1]++
		}
		if n.outside(i-1, k) || n.outside(i+1, k) || n.outside(i-w, k) || n.outside(i+w, k) {
			rims[k-1] = append(rims[k-1], i)
		}
	}
	for k := range n.objects {
		n.objects[k].covered = covered[k] / max(px[k], 1)
		if n.objects[k].covered > coveredByNETs {
			n.objects[k].around = n.around(uint32(k+1), rims[k], marked, w, um)
		}
	}
}

// outside tells whether pixel i, which may lie beyond the field, is not of candidate k.
func (n *nuclear) outside(i int, k uint32) bool {
	return i < 0 || i >= len(n.number) || n.number[i] != k
}

// around is the share of the ring around candidate k, whose outermost pixels are rim, that is marked.
func (n *nuclear) around(k uint32, rim []int, marked []bool, w int, um float64) float64 {
	near := map[int]float64{} // distance to the rim of the pixels around it
	reach := int(aroundTo / um)
	for _, i := range rim {
		for dy := -reach; dy <= reach; dy++ {
			for dx := -reach; dx <= reach; dx++ {
				d, x, j := math.Hypot(float64(dx), float64(dy))*um, i%w+dx, i+dy*w+dx
				if d > aroundTo || x < 0 || x >= w || j < 0 || j >= len(marked) || j/n.plane != i/n.plane || n.number[j] == k {
					continue
				}
				if old, ok := near[j]; !ok || d < old {
					near[j] = d
				}
			}
		}
	}
	all, in := 0, 0
	for j, d := range near {
		if d >= aroundFrom {
			all++
			if marked[j] {
				in++
			}
		}
	}
	return float64(in) / float64(max(all, 1))
}
