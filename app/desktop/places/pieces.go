package places

import (
	"slices"

	"explant/volume/label"
)

// sorted makes pieces of regions, the largest first; of equal ones the first in scan order.
func (m *Map) sorted(class string, v uint8, regions []label.Region) []Piece {
	order := make([]int, len(regions))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(regions[b].Count - regions[a].Count) })
	order = order[:min(len(order), mostPieces)]
	block := float64(m.step[0] * m.step[1] * m.step[2])
	all := make([]Piece, len(order))
	for i, k := range order {
		r := regions[k]
		p := Piece{Class: class, At: m.image(m.inside(v, r)), Pixels: float64(r.Count) * block, Reduced: block > 1}
		for a := range 3 {
			p.Min[a], p.Max[a] = r.Min[a]*m.step[a], r.Max[a]*m.step[a]
		}
		all[i] = p
	}
	return all
}

// mostPieces are kept of a class.
const mostPieces = 1000
