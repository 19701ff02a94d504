package forest

import "math/rand/v2"

// grower grows one tree.
type grower struct {
	bins    [][]uint8 // by feature, then by sample
	class   []uint8
	classes int
	weight  []uint32 // of each class
	leaf    int      // least number of samples of a leaf
	tried   int      // features tried at a node
	rng     *rand.Rand

	bag    []uint8  // how often the bootstrap drew each sample
	at     []uint32 // samples of the bag, parted by node as the tree grows
	order  []uint8  // features, shuffled
	hist   []uint32 // weights of each class in each bin
	number []uint32 // drawn samples in each bin
	left   []uint32 // weights of the classes on the lower side
	keys   []uint64 // of a small node: bin and sample
	own    []uint32 // weights of the classes in the node

	nodes  []node
	leafOf []uint32
	leaves [][]uint8
	gain   []float64 // by feature: how much its splits lowered the impurity
}

// draw makes the bootstrap; a sample is drawn 255 times at most, which does not happen.
func (g *grower) draw() {
	n := len(g.class)
	clear(g.bag)
	for range n {
		if k := g.rng.IntN(n); g.bag[k] < 255 {
			g.bag[k]++
		}
	}
	g.at = g.at[:0]
	for i, times := range g.bag {
		if times > 0 {
			g.at = append(g.at, uint32(i))
		}
	}
}

// part is a node that waits to be split: samples at[lo:hi].
type part struct {
	node   uint32
	lo, hi int
	depth  int
}

// grow makes the tree, nodes in the order in which they are split.
func (g *grower) grow() {
	g.draw()
	g.nodes = append(g.nodes, node{})
	g.leafOf = append(g.leafOf, 0)
	wait := []part{{0, 0, len(g.at), 0}}
	for len(wait) > 0 {
		p := wait[len(wait)-1]
		wait = wait[:len(wait)-1]
		s, ok := g.best(p)
		if !ok {
			g.end(p)
			continue
		}
		mid := g.divide(p, s)
		next := uint32(len(g.nodes))
		g.nodes[p.node] = node{next: next, feature: s.feature, cut: s.cut}
		g.nodes = append(g.nodes, node{}, node{})
		g.leafOf = append(g.leafOf, 0, 0)
		g.gain[s.feature] += s.gain
		wait = append(wait, part{next + 1, mid, p.hi, p.depth + 1}, part{next, p.lo, mid, p.depth + 1})
	}
}

// end makes p a leaf.
func (g *grower) end(p part) {
	g.weigh(p)
	g.nodes[p.node] = node{next: p.node, cut: bins - 1}
	g.leafOf[p.node] = uint32(len(g.leaves))
	g.leaves = append(g.leaves, shared(g.own))
}

// weigh sums the weights of the classes in p and returns the number of drawn samples.
func (g *grower) weigh(p part) (drawn int) {
	clear(g.own)
	for _, s := range g.at[p.lo:p.hi] {
		c := g.class[s]
		g.own[c] += uint32(g.bag[s]) * g.weight[c]
		drawn += int(g.bag[s])
	}
	return drawn
}

// divide puts the samples of the lower side first and returns where the others begin. The order within the sides
// does not matter: only sums are made of them.
func (g *grower) divide(p part, s split) int {
	lo, hi := p.lo, p.hi
	b := g.bins[s.feature]
	for lo < hi {
		if b[g.at[lo]] <= s.cut {
			lo++
			continue
		}
		hi--
		g.at[lo], g.at[hi] = g.at[hi], g.at[lo]
	}
	return lo
}

// shared turns weights into shares that sum to 255: rounded down, and what is left to the largest remainders,
// the first of equals.
func shared(weights []uint32) []uint8 {
	total := uint64(0)
	for _, w := range weights {
		total += uint64(w)
	}
	out := make([]uint8, len(weights))
	rest := make([]uint64, len(weights))
	left := whole
	for c, w := range weights {
		out[c] = uint8(whole * uint64(w) / total)
		rest[c] = whole * uint64(w) % total
		left -= int(out[c])
	}
	for ; left > 0; left-- {
		most := 0
		for c := range rest {
			if rest[c] > rest[most] {
				most = c
			}
		}
		out[most]++
		rest[most] = 0
	}
	return out
}
