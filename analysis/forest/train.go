package forest

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"explant/volume/parallel"
)

// Params say how a forest is grown; they travel with it.
type Params struct {
	Trees    int    `json:"trees"`
	Seed     uint64 `json:"seed"`
	MinLeaf  int    `json:"min_leaf"` // least number of drawn samples of a leaf
	Balanced bool   `json:"balanced"` // every class counts as much as another, however many samples it has
}

// Check reports parameters that no forest can be grown by.
func (p Params) Check() error {
	switch {
	case p.Trees < 1 || p.Trees > MaxTrees:
		return fmt.Errorf("%d trees: 1 to %d are wanted", p.Trees, MaxTrees)
	case p.MinLeaf < 1 || p.MinLeaf > 10000:
		return fmt.Errorf("leaves of %d samples: 1 to 10000 are wanted", p.MinLeaf)
	}
	return nil
}

// Grown is a forest and what its training found out.
type Grown struct {
	*Forest
	OutOfBag   Confusion // each sample by the trees that have not seen it
	Importance []float64 // by feature: its share of the lowering of the impurity, sums to 1
}

// Train grows a forest. The same samples and parameters give the same bytes for any number of workers.
func Train(ctx context.Context, s Samples, p Params, o parallel.Options, prog parallel.Progress) (*Grown, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	if prog == nil {
		prog = parallel.Discard{}
	}
	cuts := make([]Cuts, len(s.Values))
	err := parallel.Each(ctx, len(cuts), o, nil, func(_ context.Context, f int) error {
		cuts[f] = newCuts(s.Values[f])
		return nil
	})
	if err != nil {
		return nil, err
	}
	binned, trees := s.binned(cuts), make([]*grower, p.Trees)
	prog.Stage("grow trees", p.Trees)
	err = parallel.Each(ctx, p.Trees, o, prog, func(_ context.Context, t int) error {
		trees[t] = s.grower(binned, p, t)
		trees[t].grow()
		trees[t].at, trees[t].hist, trees[t].keys = nil, nil, nil
		return nil
	})
	if err != nil {
		return nil, err
	}
	g := &Grown{Forest: joined(trees, cuts, s.Classes), Importance: importance(trees)}
	g.OutOfBag, err = g.outOfBag(ctx, s, binned, trees, o)
	return g, err
}

func (s Samples) grower(binned [][]uint8, p Params, tree int) *grower {
	n, features := s.Len(), len(binned)
	g := &grower{
		bins: binned, class: s.Class, classes: s.Classes, weight: s.weights(p.Balanced), leaf: p.MinLeaf,
		tried: max(int(math.Sqrt(float64(features))), 1), rng: rand.New(rand.NewPCG(p.Seed, uint64(tree))),
		bag: make([]uint8, n), at: make([]uint32, 0, n), order: make([]uint8, features),
		hist: make([]uint32, bins*s.Classes), number: make([]uint32, bins), left: make([]uint32, s.Classes), own: make([]uint32, s.Classes),
		gain: make([]float64, features),
	}
	for f := range g.order {
		g.order[f] = uint8(f)
	}
	return g
}

// joined puts the trees behind each other; equal leaves are kept once.
func joined(trees []*grower, cuts []Cuts, classes int) *Forest {
	f := &Forest{Cuts: cuts, Classes: classes}
	number := map[string]uint32{} // only looked up
	for _, t := range trees {
		root := uint32(len(f.nodes))
		f.roots = append(f.roots, root)
		for i, n := range t.nodes {
			leaf := uint32(0)
			if int(n.next) == i {
				shares := t.leaves[t.leafOf[i]]
				k, known := number[string(shares)]
				if !known {
					k = uint32(len(number))
					number[string(shares)] = k
					f.leaves = append(f.leaves, shares...)
				}
				leaf = k
			}
			n.next += root
			f.nodes = append(f.nodes, n)
			f.leafOf = append(f.leafOf, leaf)
		}
	}
	f.makeTables()
	return f
}

// importance sums the gains tree by tree.
func importance(trees []*grower) []float64 {
	out := make([]float64, len(trees[0].gain))
	total := 0.0
	for _, t := range trees {
		for f, g := range t.gain {
			out[f] += g
			total += g
		}
	}
	for f := range out {
		out[f] /= max(total, 1)
	}
	return out
}
