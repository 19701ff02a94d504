package phantom

import (
	"cmp"
	"math"
	"slices"
)

// MatFact is one mat on the line along z through the middle of the image: from the inlet side of its fibres
// to their outlet side, as far as it lies in the image.
type MatFact struct {
	FromMM float64 `json:"from_mm"` // distance from the first face of the image
	ToMM   float64 `json:"to_mm"`
	Cut    bool    `json:"cut"` // by an end of the image
}

// seenOfMat is the share of a mat's thickness that must lie in the image for it to be listed.
const seenOfMat = 0.4

// mats lists the mats from the inlet on. The middle of a mat is the mean over its fibres.
func (s *fibreScene) mats() []MatFact {
	heights, up := map[int][]float64{}, vec{}
	for i := range s.tubes {
		if t := &s.tubes[i]; t.inner > 0 {
			heights[t.mat] = append(heights[t.mat], t.at.add(s.place.mid, -1).dot(t.up))
			up = t.up
		}
	}
	n := vec{s.place.turn[0].dot(up), s.place.turn[1].dot(up), s.place.turn[2].dot(up)}
	half := s.FibreOuterUM / s.SpacingUM / 2 / math.Abs(n.z)
	var all []MatFact
	for _, h := range heights {
		sum := 0.0
		for _, v := range h {
			sum += v
		}
		// The mat's plane in the scanner, (p - at)·n = 0, where x and y are those of the middle.
		at := s.place.scanner(s.place.mid.add(up, sum/float64(len(h))))
		d := at.add(s.place.mid, -1)
		z := s.place.mid.z + d.dot(n)/n.z + 0.5
		from, to := max(z-half, 0), min(z+half, float64(s.N[2]))
		if to-from >= seenOfMat*2*half {
			mm := s.SpacingUM / 1000
			all = append(all, MatFact{FromMM: from * mm, ToMM: to * mm, Cut: from == 0 || to == float64(s.N[2])})
		}
	}
	slices.SortFunc(all, func(a, b MatFact) int { return cmp.Compare(a.FromMM, b.FromMM) })
	return all
}
