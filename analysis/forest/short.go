package forest

// A short node is next<<16 | (255-cut)<<8 | feature, where next counts from the root of its tree: with the bin added
// to its upper bytes they hold next, or one more where the bin is above the cut. The lower two bytes of a leaf are
// 0, and it leads to itself.

// mostShort is how many nodes a tree of short nodes has at most.
const mostShort = 1 << 16

// tree gives the first node of tree t and the one behind its last.
func (f *Forest) tree(t int) (lo, hi int) {
	lo, hi = int(f.roots[t]), len(f.nodes)
	if t+1 < len(f.roots) {
		hi = int(f.roots[t+1])
	}
	return lo, hi
}

func (f *Forest) makeShort() {
	f.short = make([]uint32, len(f.nodes))
	for t := range f.roots {
		lo, hi := f.tree(t)
		if hi-lo > mostShort {
			continue
		}
		for i, n := range f.nodes[lo:hi] {
			f.short[lo+i] = (n.next-uint32(lo))<<16 | uint32(bins-1-n.cut)<<8 | uint32(n.feature)
		}
	}
}

// words is how many numbers hold the shares of a leaf.
func (f *Forest) words() int { return (f.Classes + 3) / 4 }

func (f *Forest) packLeaves() {
	words := f.words()
	f.packed = make([]uint64, len(f.leaves)/f.Classes*words)
	for i, s := range f.leaves {
		c := i % f.Classes
		f.packed[i/f.Classes*words+c/4] |= uint64(s) << (c % 4 * 16)
	}
}

// plainDescend finds the leaves of len(at) pixels in a tree of short nodes.
func plainDescend(at, nodes []uint32, bins []uint8, features int) {
	for i := range at {
		own := bins[i/lanes*lanes*features+i%lanes:]
		k := uint32(0)
		for n := nodes[0]; n&0xffff != 0; n = nodes[k] {
			k = (n>>8 + uint32(own[lanes*(n&0xff)])) >> 8
		}
		at[i] = k
	}
}
