package forest

// node is a split or a leaf. A split sends bins up to cut to node next and others to the one behind it; a leaf
// has its own number as next, and no bin exceeds its cut, so that who is there stays.
type node struct {
	next    uint32
	feature uint8
	cut     uint8
}

// Forest is trees in flat arrays. It is safe for concurrent use.
type Forest struct {
	Cuts    []Cuts // by feature
	Classes int
	roots   []uint32 // where each tree begins in nodes
	nodes   []node
	leafOf  []uint32 // by node: the distribution of a leaf
	leaves  []uint8  // shares of the classes, Classes numbers that sum to whole for each distribution
	tables  []*[1 << 16]uint8
}

// whole is the sum of the shares of a leaf.
const whole = 255

// Trees is the number of trees.
func (f *Forest) Trees() int { return len(f.roots) }

// Nodes is the number of splits and leaves.
func (f *Forest) Nodes() int { return len(f.nodes) }

// makeTables tabulates the cuts, for Bin.
func (f *Forest) makeTables() {
	f.tables = make([]*[1 << 16]uint8, len(f.Cuts))
	for i, c := range f.Cuts {
		f.tables[i] = c.table()
	}
}

// shares are the distribution of a leaf.
func (f *Forest) shares(leaf uint32) []uint8 {
	at := int(leaf) * f.Classes
	return f.leaves[at : at+f.Classes]
}

// Block is how many pixels are classified at once: so many that a tree, once it lies in the cache, is used well.
const Block = 1 << blockBits

const blockBits = 12

// Bins holds the bins of a block: that of feature f and pixel i lies at f*Block + i.
type Bins [256 * Block]uint8

// Bin writes the bins of the values of one feature; at most Block values.
func (f *Forest) Bin(dst *Bins, feature int, values []uint16) {
	t := f.tables[feature]
	out := dst[feature*Block:][:len(values)]
	for i, v := range values {
		out[i] = t[v]
	}
}

// Votes adds up the shares of all trees for the first n pixels of a block: votes[i*Classes+c], which sum to
// Trees*255 over the classes. len(votes) == n*Classes.
func (f *Forest) Votes(votes []uint32, b *Bins, n int) {
	clear(votes)
	var at [Block + lanes]uint32
	for _, root := range f.roots {
		for i := 0; i < n; i += lanes {
			f.descend((*[lanes]uint32)(at[i:]), b, root, uint32(i))
		}
		for i := range n {
			k := int(f.leafOf[at[i]]) * f.Classes
			v := votes[i*f.Classes:][:f.Classes]
			for c, s := range f.leaves[k : k+f.Classes] {
				v[c] += uint32(s)
			}
		}
	}
}

// lanes is how many pixels go down a tree side by side, which hides that each step waits for the one before.
const lanes = 4

// descend finds the leaves of pixels i to i+3.
func (f *Forest) descend(at *[lanes]uint32, b *Bins, root, i uint32) {
	nodes := f.nodes
	i0, i1, i2, i3 := root, root, root, root
	for {
		n0, n1, n2, n3 := nodes[i0], nodes[i1], nodes[i2], nodes[i3]
		j0 := n0.next + above(b[(uint32(n0.feature)<<blockBits|i)%uint32(len(b))], n0.cut)
		j1 := n1.next + above(b[(uint32(n1.feature)<<blockBits|i+1)%uint32(len(b))], n1.cut)
		j2 := n2.next + above(b[(uint32(n2.feature)<<blockBits|i+2)%uint32(len(b))], n2.cut)
		j3 := n3.next + above(b[(uint32(n3.feature)<<blockBits|i+3)%uint32(len(b))], n3.cut)
		if j0 == i0 && j1 == i1 && j2 == i2 && j3 == i3 {
			*at = [lanes]uint32{i0, i1, i2, i3}
			return
		}
		i0, i1, i2, i3 = j0, j1, j2, j3
	}
}

func above(bin, cut uint8) uint32 {
	var v uint32
	if bin > cut {
		v = 1
	}
	return v
}

// Best is the class of the most votes, the first of equals, and the share of the votes that it has in percent.
func Best(votes []uint32) (class int, percent uint8) {
	var sum, most uint32
	for c, v := range votes {
		sum += v
		if v > most {
			class, most = c, v
		}
	}
	return class, uint8((200*uint64(most) + uint64(sum)) / (2 * uint64(sum)))
}
