package forest

// Block is how many pixels are classified at once: so many that a tree, once it lies in the cache, is used well.
const Block = 4096

// lanes is how many pixels go down a tree side by side, which hides that each step waits for the one before.
const lanes = 8

// Work holds the bins of a block of pixels and the memory of one goroutine. The zero value is ready.
type Work struct {
	bins []uint8  // that of feature f and pixel i lies at (i/lanes*features + f)*lanes + i%lanes
	at   []uint32 // the leaf of each pixel, a node of its tree
	sums []uint64 // shares of four classes in each number, summed over some trees
}

func (f *Forest) prepare(w *Work) {
	if n := Block * len(f.Cuts); len(w.bins) != n {
		w.bins, w.at = make([]uint8, n), make([]uint32, Block)
	}
	if n := Block * f.words(); len(w.sums) != n {
		w.sums = make([]uint64, n)
	}
}

// Bin writes the bins of the values of one feature; at most Block values.
func (f *Forest) Bin(w *Work, feature int, values []uint16) {
	f.prepare(w)
	t, stride := f.tables[feature], lanes*len(f.Cuts)
	from := lanes * feature
	for ; len(values) >= lanes; values, from = values[lanes:], from+stride {
		out, in := (*[lanes]uint8)(w.bins[from:]), (*[lanes]uint16)(values)
		for i, v := range in {
			out[i] = t[v]
		}
	}
	for i, v := range values {
		w.bins[from+i] = t[v]
	}
}

// together is how many leaves can be summed in 16 bits: 65535/whole.
const together = 257

// Votes adds up the shares of all trees for the first n pixels of a block: votes[i*Classes+c], which sum to
// Trees*255 over the classes. len(votes) == n*Classes.
func (f *Forest) Votes(votes []uint32, w *Work, n int) {
	f.prepare(w)
	clear(votes)
	for first := 0; first < len(f.roots); first += together {
		clear(w.sums)
		for t := first; t < min(first+together, len(f.roots)); t++ {
			f.leavesOf(t, w, n)
			f.sum(t, w, n)
		}
		for i := range n {
			for c := range f.Classes {
				votes[i*f.Classes+c] += uint32(uint16(w.sums[i*f.words()+c/4] >> (c % 4 * 16)))
			}
		}
	}
}

// leavesOf finds the leaves of tree t.
func (f *Forest) leavesOf(t int, w *Work, n int) {
	lo, hi := f.tree(t)
	if hi-lo <= mostShort {
		groups := (n + lanes - 1) / lanes
		descend(w.at[:groups*lanes], f.short[lo:hi], w.bins, len(f.Cuts))
		return
	}
	for i := range n {
		w.at[i] = f.walk(uint32(lo), w.bins, i) - uint32(lo)
	}
}

// walk finds the leaf of pixel i of a block in the tree whose root is at.
func (f *Forest) walk(at uint32, bins []uint8, i int) uint32 {
	own := i/lanes*lanes*len(f.Cuts) + i%lanes
	for {
		n := f.nodes[at]
		next := n.next + above(bins[own+lanes*int(n.feature)], n.cut)
		if next == at {
			return at
		}
		at = next
	}
}

// sum adds the shares of the leaves of tree t.
func (f *Forest) sum(t int, w *Work, n int) {
	lo, hi := f.tree(t)
	leafOf, words, packed := f.leafOf[lo:hi], f.words(), f.packed
	if words == 1 {
		sums, at := w.sums[:n], w.at[:n]
		for i, k := range at {
			sums[i] += packed[leafOf[k]]
		}
		return
	}
	for i := range n {
		own := packed[int(leafOf[w.at[i]])*words:][:words]
		for k, v := range own {
			w.sums[i*words+k] += v
		}
	}
}

func above(bin, cut uint8) uint32 {
	var v uint32
	if bin > cut {
		v = 1
	}
	return v
}
