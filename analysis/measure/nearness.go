package measure

import (
	"context"
	"sync"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume/distance"
	"explant/volume/label"
)

// fine is the resolution of the median distance, mm: 1 µm.
const fine = 0.001

// steps is the number of distances that are told apart.
const steps = 1 << 16

// Near counts voxels by their distance to the solid, in steps of 1 µm.
type Near struct{ Deposit, Blood []int64 }

// nearness gives dist.surf: the enrichment E(d) = [V_D(d)/V_D] / [V_L(d)/V_L] of the deposit over
// the blood-side space in bins of the distance d from the interface with polymer or housing, and
// the median distance of deposit. Distances are those of package distance, voxels are counted whole.
func (j *job) nearness(context.Context) error {
	if !j.mm {
		j.withhold("dist.surf", "", uncalibrated)
		return nil
	}
	t := j.census.total
	if t.n[segment.Deposit] == 0 {
		j.withhold("dist.surf", "", "there is no deposit")
		return nil
	}
	n := j.sums.Near
	if n == nil {
		j.withhold("dist.surf", "", "there is no polymer or housing among the classes")
		return nil
	}
	j.enrichment(n)
	j.give(result.Measurement{Metric: "dist.surf", Part: "median", Value: 1000 * medianOf(n.Deposit), Unit: "um"})
	return nil
}

// tally counts the box's voxels of slices [z0, z1) by distance; farther ones than 65 mm count as that far.
func (j *job) tally(ctx context.Context, z0, z1 int) (*Near, error) {
	sum := newNear()
	l, b := j.seg.Labels, j.seg.Box()
	var mu sync.Mutex
	free := sync.Pool{New: func() any { return newSlice(l.N) }}
	f, err := distance.NewField(ctx, l, label.Of(segment.Polymer, segment.Housing), j.opt, j.prog)
	if err != nil {
		return nil, err
	}
	defer f.Drop(ctx)
	err = f.Range(ctx, z0, z1, j.opt, j.prog, func(ctx context.Context, s *distance.Slab) error {
		part := newNear()
		held := free.Get().(*[]distance.Distance)
		defer free.Put(held)
		slice := *held
		for z := max(s.Z0, b.Min[2]); z < min(s.Z1, b.Max[2]); z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			s.Slice(slice, z)
			for y := b.Min[1]; y < b.Max[1]; y++ {
				from, to := y*l.N[0]+b.Min[0], y*l.N[0]+b.Max[0]
				part.row(l.Slice(z)[from:to], slice[from:to])
			}
		}
		mu.Lock()
		defer mu.Unlock()
		for i := range steps { // whole numbers: their sum does not depend on the order
			sum.Deposit[i] += part.Deposit[i]
			sum.Blood[i] += part.Blood[i]
		}
		return nil
	})
	return sum, err
}

func newSlice(n [3]int) *[]distance.Distance {
	slice := make([]distance.Distance, n[0]*n[1])
	return &slice
}

func newNear() *Near { return &Near{make([]int64, steps), make([]int64, steps)} }

// plus adds the counts of another part, either of which may be nil.
func (n *Near) plus(m *Near) *Near {
	if n == nil {
		return m
	}
	if m == nil {
		return n
	}
	sum := newNear()
	for i := range steps {
		sum.Deposit[i], sum.Blood[i] = n.Deposit[i]+m.Deposit[i], n.Blood[i]+m.Blood[i]
	}
	return sum
}

// row counts the blood side of a row of voxels.
func (n *Near) row(classes []uint8, distances []distance.Distance) {
	for i, class := range classes {
		if class == segment.Deposit || class == segment.Void {
			n.count(class, int(min(float64(distances[i].Interface)/fine, steps-1)))
		}
	}
}

func (n *Near) count(class uint8, at int) {
	switch class {
	case segment.Deposit:
		n.Deposit[at]++
		n.Blood[at]++
	case segment.Void:
		n.Blood[at]++
	}
}

// enrichment gives E(d) bin by bin; bins without blood-side space are left out, and what lies
// beyond the last one has a row of its own.
func (j *job) enrichment(n *Near) {
	s := j.seg.Labels.Spacing
	width := int(j.par.distanceBinMM(max(s[0], s[1], s[2]))/fine + 0.5)
	last := int(j.par.distanceMaxMM()/fine + 0.5)
	for lo := 0; lo < last; lo += max(width, 1) {
		hi := min(lo+max(width, 1), last)
		j.enriched(n, lo, hi, span(float64(lo), float64(hi), "um"))
	}
	j.enriched(n, last, len(n.Blood), "beyond "+number(float64(last))+" um")
}

func (j *job) enriched(n *Near, lo, hi int, part string) {
	var d, l int64
	for i := lo; i < hi; i++ {
		d += n.Deposit[i]
		l += n.Blood[i]
	}
	if l == 0 {
		return
	}
	t := j.census.total
	dShare := float64(d) / float64(t.n[segment.Deposit])
	lShare := float64(l) / float64(t.bloodSide())
	j.give(result.Measurement{
		Metric: "dist.surf", Part: part, Value: dShare / lShare, Unit: "1", Numerator: result.F(dShare), Denominator: result.F(lShare),
		DenominatorName: j.bloodSide() + " in the bin (share)", Flags: j.burdenFlags(),
	})
}

// medianOf is the distance in mm below which half of the voxels lie, interpolated within a step.
func medianOf(counts []int64) float64 {
	var total, below int64
	for _, n := range counts {
		total += n
	}
	half := float64(total) / 2
	for i, n := range counts {
		if n > 0 && float64(below+n) >= half {
			return (float64(i) + (half-float64(below))/float64(n)) * fine
		}
		below += n
	}
	return 0
}
