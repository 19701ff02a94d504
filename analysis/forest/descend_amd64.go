package forest

// descend8 finds the leaves of groups of eight pixels in a tree of short nodes; the bins of a group are stride bytes.
//
//go:noescape
func descend8(at, nodes *uint32, bins *uint8, stride, groups int)

// descend finds the leaves of len(at) pixels, a multiple of lanes, in a tree of short nodes.
func descend(at, nodes []uint32, bins []uint8, features int) {
	if len(at) == 0 {
		return
	}
	_ = bins[len(at)*features-1]
	descend8(&at[0], &nodes[0], &bins[0], lanes*features, len(at)/lanes)
}
