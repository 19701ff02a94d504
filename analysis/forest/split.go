package forest

import "slices"

// split sends bins up to cut of a feature to one side.
type split struct {
	feature, cut uint8
	score        float64
	gain         float64 // weight times lowering of the impurity
}

// few is the number of samples below which sorting is faster than a histogram.
const few = 48

// best is the split of p that lowers the Gini impurity most among the features tried; where none of them can be
// split, further features are tried. Not ok: p is to be a leaf.
func (g *grower) best(p part) (s split, ok bool) {
	drawn := g.weigh(p)
	squares, total, present := uint64(0), uint64(0), 0
	for _, w := range g.own {
		squares += uint64(w) * uint64(w)
		total += uint64(w)
		if w > 0 {
			present++
		}
	}
	if present < 2 || drawn < 2*g.leaf || p.depth >= maxDepth {
		return s, false
	}
	parent := float64(squares) / float64(total)
	s.score = parent
	for k := range g.order {
		if k >= g.tried && ok {
			break
		}
		pick := k + g.rng.IntN(len(g.order)-k)
		g.order[k], g.order[pick] = g.order[pick], g.order[k]
		f := g.order[k]
		ok = g.scan(p, f, drawn, squares, total, &s) || ok
	}
	s.gain = s.score - parent
	return s, ok
}

// scan looks for a better split at feature f and reports whether there is one.
func (g *grower) scan(p part, f uint8, drawn int, squares, total uint64, s *split) bool {
	if p.hi-p.lo <= few {
		return g.scanFew(p, f, drawn, squares, total, s)
	}
	b, k := g.bins[f], g.classes
	lo, hi := uint8(bins-1), uint8(0)
	for _, at := range g.at[p.lo:p.hi] {
		v, c := b[at], g.class[at]
		lo, hi = min(lo, v), max(hi, v)
		times := uint32(g.bag[at])
		g.hist[int(v)*k+int(c)] += times * g.weight[c]
		g.number[v] += times
	}
	better := false
	w := g.walk(squares, total, drawn)
	for v := int(lo); v < int(hi); v++ {
		if n := g.number[v]; n > 0 {
			for c, x := range g.hist[v*k : v*k+k] {
				w.move(c, uint64(x))
			}
			w.drawn += int(n)
			better = w.judge(s, f, uint8(v)) || better
		}
	}
	clear(g.hist[int(lo)*k : (int(hi)+1)*k])
	clear(g.number[lo : int(hi)+1])
	return better
}

// scanFew is scan for few samples, which it sorts.
func (g *grower) scanFew(p part, f uint8, drawn int, squares, total uint64, s *split) bool {
	b := g.bins[f]
	g.keys = g.keys[:0]
	for _, at := range g.at[p.lo:p.hi] {
		g.keys = append(g.keys, uint64(b[at])<<32|uint64(at))
	}
	slices.Sort(g.keys)
	better := false
	w := g.walk(squares, total, drawn)
	for i, key := range g.keys {
		v := uint8(key >> 32)
		if i > 0 {
			if before := uint8(g.keys[i-1] >> 32); before != v {
				better = w.judge(s, f, before) || better
			}
		}
		at := uint32(key)
		c := g.class[at]
		w.move(int(c), uint64(g.bag[at])*uint64(g.weight[c]))
		w.drawn += int(g.bag[at])
	}
	return better
}

// walk moves samples bin by bin from the upper to the lower side and keeps the sums of both.
type walk struct {
	own, left             []uint32 // weights of the classes: of all, and of the lower side
	lower, upper          uint64   // sums of squares of the weights
	lowerWeight, upWeight uint64
	drawn, all, leaf      int // samples of the lower side; of both; least of a side
}

func (g *grower) walk(squares, total uint64, drawn int) *walk {
	clear(g.left)
	return &walk{own: g.own, left: g.left, upper: squares, upWeight: total, all: drawn, leaf: g.leaf}
}

// move takes weight x of class c to the lower side.
func (w *walk) move(c int, x uint64) {
	if x == 0 {
		return
	}
	l := uint64(w.left[c])
	r := uint64(w.own[c]) - l
	w.lower += x * (2*l + x)
	w.upper -= x * (2*r - x)
	w.left[c] += uint32(x)
	w.lowerWeight += x
	w.upWeight -= x
}

// judge takes the split behind bin v where it is better.
func (w *walk) judge(s *split, f, v uint8) bool {
	if w.drawn < w.leaf || w.all-w.drawn < w.leaf {
		return false
	}
	a := float64(w.lower) / float64(w.lowerWeight)
	b := float64(w.upper) / float64(w.upWeight)
	if score := a + b; score > s.score {
		s.feature, s.cut, s.score = f, v, score
		return true
	}
	return false
}
