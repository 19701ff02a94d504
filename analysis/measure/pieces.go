package measure

import (
	"context"
	"fmt"

	"explant/volume/area"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Piece is what some slices hold of a connected piece.
type Piece struct {
	Count     int64  // voxels in these slices; 0 where it only lies beside them
	Min, Max  [3]int // box [Min, Max) of these voxels
	Crossings area.Crossings
}

// Pieces are the pieces that slices of a volume, and the one before and behind them, hold.
type Pieces struct {
	List []Piece // in the order of their first voxels
	// Below are the numbers, from 0, of the pieces of the runs of voxels in the slice before the first, Last
	// those in the last slice, in the order of the runs: what is Last in one shard is Below in the next.
	Below, Last []uint32
}

// pieces finds the 26-connected pieces of a class in slices [z0, z1) of what is fed, with their crossings where asked.
func (j *job) pieces(ctx context.Context, feed label.Feed, class uint8, z0, z1 int, crossings bool) (*Pieces, error) {
	g := j.seg.Labels.Grid
	lo, hi := max(z0-1, 0), min(z1+1, g.N[2])
	g.N[2] = hi - lo
	found, err := label.FindFed(ctx, g, func(ctx context.Context, s parallel.Slab, use func(int, []uint8)) error {
		s.Z0, s.Z1 = s.Z0+lo, s.Z1+lo
		return feed(ctx, s, func(z int, classes []uint8) { use(z-lo, classes) })
	}, label.Of(class), 26, j.opt, j.prog)
	if err != nil {
		return nil, err
	}
	out := &Pieces{List: make([]Piece, len(found.Regions))}
	for i, r := range found.Within(z0-lo, z1-lo) {
		r.Min[2], r.Max[2] = r.Min[2]+lo, r.Max[2]+lo
		out.List[i] = Piece{Count: r.Count, Min: r.Min, Max: r.Max}
	}
	if lo < z0 {
		out.Below = numbersOf(found, 0)
	}
	out.Last = numbersOf(found, z1-1-lo)
	if !crossings {
		return out, nil
	}
	n, err := area.Count(ctx, found, z0-lo, z1-lo, j.opt, j.prog)
	for i := range n {
		out.List[i].Crossings = n[i]
	}
	return out, err
}

// numbersOf lists the pieces of the runs of slice z, from 0.
func numbersOf(found *label.Objects, z int) (out []uint32) {
	for y := range found.N[1] {
		_, numbers := found.Row(y, z)
		for _, n := range numbers {
			out = append(out, n-1)
		}
	}
	return out
}

// joinPieces makes one list of those of neighbouring shards, in the order of their first voxels.
func joinPieces(parts []*Pieces) (*Pieces, error) {
	var parent []int
	base := make([]int, len(parts))
	for i, p := range parts {
		if p == nil {
			return nil, nil // a recipe without a class of deposit
		}
		base[i] = len(parent)
		for range p.List {
			parent = append(parent, len(parent))
		}
		if i == 0 {
			continue
		}
		before := parts[i-1]
		if len(p.Below) != len(before.Last) {
			return nil, fmt.Errorf("shards %d and %d do not meet: %w", i, i+1, ErrShards)
		}
		for k, n := range p.Below {
			if int(n) >= len(p.List) || int(before.Last[k]) >= len(before.List) {
				return nil, fmt.Errorf("shard %d names a piece that it does not list: %w", i+1, ErrShards)
			}
			unite(parent, base[i-1]+int(before.Last[k]), base[i]+int(n))
		}
	}
	out := &Pieces{}
	number := map[int]int{}
	for i, p := range parts {
		for k, piece := range p.List {
			if piece.Count == 0 {
				continue // it lies in the slices of the neighbours
			}
			root := find(parent, base[i]+k)
			at, known := number[root]
			if !known {
				number[root] = len(out.List)
				out.List = append(out.List, piece)
				continue
			}
			out.List[at].add(piece)
		}
	}
	return out, nil
}

func (p *Piece) add(q Piece) {
	p.Count += q.Count
	for a := range 3 {
		p.Min[a], p.Max[a] = min(p.Min[a], q.Min[a]), max(p.Max[a], q.Max[a])
	}
	for k, n := range q.Crossings {
		p.Crossings[k] += n
	}
}

func unite(parent []int, a, b int) {
	a, b = find(parent, a), find(parent, b)
	parent[max(a, b)] = min(a, b)
}

func find(parent []int, a int) int {
	for parent[a] != a {
		parent[a] = parent[parent[a]]
		a = parent[a]
	}
	return a
}
