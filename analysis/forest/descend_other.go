//go:build !amd64

package forest

func descend(at, nodes []uint32, bins []uint8, features int) { plainDescend(at, nodes, bins, features) }
