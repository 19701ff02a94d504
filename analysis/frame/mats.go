package frame

import (
	"errors"
	"math"
	"slices"
)

// Mat is one layer of fibres across the flow.
type Mat struct {
	From, To Face
}

// Cut reports whether an end of the scan cuts the mat.
func (m Mat) Cut() bool { return m.From.End || m.To.End }

// Face is where a mat begins or ends on the axis.
type Face struct {
	MM          float64 // from the inlet
	Uncertainty float64 // standard, mm: between parts of the cross-section, and of a bin; 0 at an end of the scan
	End         bool    // it is no face, an end of the scan cuts the mat there
}

// Stack is what was found of the mats.
type Stack struct {
	Mats  []Mat
	Tilt  [2]float64 // slope of the mats along v and w
	Faint float64    // share of fibre between mats over that in them, mean over the gaps; NaN without a gap
	Even  float64    // relative standard deviation of the distances between neighbours; NaN below three mats
	Fused int        // mats more than half as thick again as the median
}

// Reasons why no mats are found.
var (
	ErrNoFibre = errors.New("no fibre is seen")
	ErrOneMass = errors.New("the share of fibre rises and falls too little along the flow to tell mats apart: they are fused, or there is only one")
)

// How mats are told apart, as shares of the height of the course: the eightieth percentile of the share of
// fibre where it is not below 15 % of the largest.
const (
	height    = 0.8
	prominent = 0.25 // between mats the share must fall this far below that in the lower one
	edge      = 0.15 // a mat ends where less fibre is left
	seen      = 0.4  // of a mat's thickness that must lie in the scan for it to count
	fused     = 1.5  // times the median thickness
)

// FindMats finds the mats of a stack: the tilt under which the share of fibre varies most, its maxima
// along the flow that stand out from the valleys between them, and beside each the places where hardly any
// fibre is left or, where mats touch, the bottom of the valley. A mat of which an end of the scan leaves
// less than two fifths is not counted.
func FindMats(c Columns) (Stack, error) {
	s := Stack{Tilt: c.tilt()}
	share, below := c.straighten(s.Tilt, nil)
	top := quantile(above(share, edge), height)
	if !(top > 0) {
		return s, ErrNoFibre
	}
	tops := peaks(smooth(share), prominent*top)
	if len(tops) == 0 {
		return s, ErrOneMass
	}
	f := faces{c: &c, tilt: s.Tilt, below: below, top: top}
	s.Mats = f.mats(share, tops)
	f.doubt(s.Mats, share, tops)
	s.Mats = c.whole(s.Mats)
	if len(s.Mats) == 0 {
		return s, ErrOneMass
	}
	if len(s.Mats) == 1 && s.Mats[0].Cut() {
		return s, ErrOneMass
	}
	s.judge(smooth(share), below, &c)
	return s, nil
}

// faces finds where mats begin and end along a course of shares.
type faces struct {
	c     *Columns
	tilt  [2]float64
	below int // bins of the course before the columns' first
	top   float64
}

// mm is the place of a position in bins from the lower edge of the course's first.
func (f *faces) mm(bins float64) float64 { return f.c.From + (bins-float64(f.below))*f.c.Step }

func (f *faces) mats(share []float64, tops []int) []Mat {
	mats := make([]Mat, len(tops))
	for i, p := range tops {
		lo, hi := ends(share)
		if i > 0 {
			lo = lowest(share, tops[i-1], p)
		}
		if i+1 < len(tops) {
			hi = lowest(share, p, tops[i+1])
		}
		mats[i] = Mat{f.face(share, p, lo, -1), f.face(share, p, hi, 1)}
	}
	return mats
}

// face walks from the top at bin p to the valley or end at bin q.
func (f *faces) face(share []float64, p, q, way int) Face {
	limit := edge * f.top
	for b := p; b != q; b += way {
		next := share[b+way]
		if next < limit {
			part := (share[b] - limit) / (share[b] - next)
			return Face{MM: f.mm(float64(b) + 0.5 + float64(way)*part)}
		}
	}
	if first, last := ends(share); q == first || q == last {
		return Face{MM: f.mm(float64(q) + 0.5 + float64(way)/2), End: true}
	}
	return Face{MM: f.mm(float64(q) + 0.5)} // mats touch: where fibre is scarcest between them
}

// parts is the number of parts of the cross-section along each side whose faces are compared.
const parts = 4

// doubt gives faces their uncertainty: the standard error between the parts of the cross-section, each with
// its own course, and that of a place within a bin.
func (f *faces) doubt(mats []Mat, share []float64, tops []int) {
	var sums, squares, counts [][2]float64
	for range mats {
		sums, squares, counts = append(sums, [2]float64{}), append(squares, [2]float64{}), append(counts, [2]float64{})
	}
	group := f.c.groups()
	for k := range parts * parts {
		part, _ := f.c.straighten(f.tilt, func(i int) bool { return group[i] == k })
		if len(part) != len(share) {
			continue
		}
		for i, m := range f.mats(part, f.steady(part, tops)) {
			for side, face := range [2]Face{m.From, m.To} {
				if v := face.MM; !math.IsNaN(v) && !face.End {
					sums[i][side] += v
					squares[i][side] += v * v
					counts[i][side]++
				}
			}
		}
	}
	for i := range mats {
		for side, face := range [2]*Face{&mats[i].From, &mats[i].To} {
			if face.End {
				continue
			}
			n, bin := counts[i][side], f.c.Step/math.Sqrt(12)
			face.Uncertainty = math.Hypot(bin, f.c.Step) // of a place nobody could check
			if n >= 3 {
				mean := sums[i][side] / n
				face.Uncertainty = math.Hypot(bin, math.Sqrt(max(squares[i][side]/n-mean*mean, 0)/(n-1)))
			}
		}
	}
}

// steady are the tops of the whole within the course of a part, which may lack its ends.
func (f *faces) steady(part []float64, tops []int) []int {
	first, last := ends(part)
	out := slices.Clone(tops)
	for i := range out {
		out[i] = max(first, min(last, out[i]))
	}
	return out
}

// groups numbers the columns by the part of the cross-section in which they lie.
func (c *Columns) groups() []int {
	out := make([]int, len(c.At))
	for axis := range 2 {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, at := range c.At {
			lo, hi = min(lo, at[axis]), max(hi, at[axis])
		}
		for i, at := range c.At {
			k := 0
			if hi > lo {
				k = min(int(parts*(at[axis]-lo)/(hi-lo)), parts-1)
			}
			out[i] = parts*out[i] + k
		}
	}
	return out
}

// whole leaves out mats that hardly reach into the scan, and ends those that it cuts at its end.
func (c *Columns) whole(mats []Mat) []Mat {
	var thick []float64
	for _, m := range mats {
		if !m.Cut() {
			thick = append(thick, m.To.MM-m.From.MM)
		}
	}
	if len(thick) == 0 {
		for _, m := range mats {
			thick = append(thick, m.To.MM-m.From.MM)
		}
	}
	slices.Sort(thick)
	var out []Mat
	for _, m := range mats {
		if m.From.MM < c.Low {
			m.From = Face{MM: c.Low, End: true}
		}
		if m.To.MM > c.High {
			m.To = Face{MM: c.High, End: true}
		}
		if m.To.MM-m.From.MM >= seen*thick[len(thick)/2] {
			out = append(out, m)
		}
	}
	return out
}
