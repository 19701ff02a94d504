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
	short   []uint32 // nodes as numbers, see short; of trees with too many nodes 0
	packed  []uint64 // leaves, four shares a number
}

// whole is the sum of the shares of a leaf.
const whole = 255

// Trees is the number of trees.
func (f *Forest) Trees() int { return len(f.roots) }

// Nodes is the number of splits and leaves.
func (f *Forest) Nodes() int { return len(f.nodes) }

// makeTables makes what Bin and Votes look up.
func (f *Forest) makeTables() {
	f.makeShort()
	f.packLeaves()
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
