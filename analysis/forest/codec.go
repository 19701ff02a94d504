package forest

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrDamaged is returned for bytes that are no forest.
var ErrDamaged = errors.New("damaged forest")

// The head of an encoded forest: classes, features, trees, nodes, distributions, as uint32.
const headBytes = 5 * 4

// nodeBytes are those of a node: uint32 next node (of a leaf: its distribution), feature, cut, 1 for a leaf, 0.
const nodeBytes = 8

// Encode gives the bytes of a forest, little-endian: the head, the first node of each tree, the cuts of each
// feature behind their number, the nodes, the distributions.
func (f *Forest) Encode() []byte {
	le := binary.LittleEndian
	var b []byte
	for _, n := range []int{f.Classes, len(f.Cuts), len(f.roots), len(f.nodes), len(f.leaves) / f.Classes} {
		b = le.AppendUint32(b, uint32(n))
	}
	for _, r := range f.roots {
		b = le.AppendUint32(b, r)
	}
	for _, c := range f.Cuts {
		b = append(b, uint8(len(c)))
		for _, v := range c {
			b = le.AppendUint16(b, v)
		}
	}
	for i, n := range f.nodes {
		if int(n.next) == i {
			b = append(le.AppendUint32(b, f.leafOf[i]), 0, 0, 1, 0)
			continue
		}
		b = append(le.AppendUint32(b, n.next), n.feature, n.cut, 0, 0)
	}
	return append(b, f.leaves...)
}

// reader takes numbers from the front of bytes.
type reader struct {
	rest []byte
	err  error
}

// take is the next n bytes; nil, and an error kept, where there are fewer.
func (r *reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.rest) {
		r.err = fmt.Errorf("%w: it ends early", ErrDamaged)
		return nil
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

// Decode reads what [Forest.Encode] wrote. Nothing is allocated that the bytes do not hold; every number is
// checked, and trees only lead forward, so that a hostile file is an error.
func Decode(data []byte) (*Forest, error) {
	r := &reader{rest: data}
	head := r.take(headBytes)
	if r.err != nil {
		return nil, r.err
	}
	var n [5]int
	for k := range n {
		n[k] = int(binary.LittleEndian.Uint32(head[4*k:]))
	}
	classes, features, trees, nodes, leaves := n[0], n[1], n[2], n[3], n[4]
	switch {
	case classes < 2 || classes > MaxClasses, features < 1 || features > 256, trees < 1 || trees > MaxTrees:
		return nil, fmt.Errorf("%w: %d classes, %d features, %d trees", ErrDamaged, classes, features, trees)
	case int64(nodes)*nodeBytes+int64(leaves)*int64(classes) > int64(len(data)) || nodes < trees || leaves < 1:
		return nil, fmt.Errorf("%w: %d nodes and %d leaves in %d bytes", ErrDamaged, nodes, leaves, len(data))
	}
	f := &Forest{Classes: classes}
	if err := f.readRoots(r, trees, nodes); err != nil {
		return nil, err
	}
	if err := f.readCuts(r, features); err != nil {
		return nil, err
	}
	if err := f.readNodes(r.take(nodes*nodeBytes), leaves); err != nil {
		return nil, err
	}
	f.leaves = append([]uint8(nil), r.take(leaves*classes)...)
	if r.err != nil || len(r.rest) != 0 {
		return nil, fmt.Errorf("%w: %d bytes too many", ErrDamaged, len(r.rest))
	}
	if err := f.checkLeaves(); err != nil {
		return nil, err
	}
	f.makeTables()
	return f, nil
}

func (f *Forest) readRoots(r *reader, trees, nodes int) error {
	b := r.take(4 * trees)
	if r.err != nil {
		return r.err
	}
	f.roots = make([]uint32, trees)
	for t := range f.roots {
		f.roots[t] = binary.LittleEndian.Uint32(b[4*t:])
		if before := max(t-1, 0); int(f.roots[t]) >= nodes || t == 0 && f.roots[t] != 0 || t > 0 && f.roots[t] <= f.roots[before] {
			return fmt.Errorf("%w: tree %d begins at node %d of %d", ErrDamaged, t+1, f.roots[t], nodes)
		}
	}
	return nil
}

func (f *Forest) readCuts(r *reader, features int) error {
	f.Cuts = make([]Cuts, features)
	for k := range f.Cuts {
		count := r.take(1)
		if r.err != nil {
			return r.err
		}
		b := r.take(2 * int(count[0]))
		if r.err != nil {
			return r.err
		}
		c := make(Cuts, count[0])
		for i := range c {
			c[i] = binary.LittleEndian.Uint16(b[2*i:])
			if i > 0 && c[i] <= c[i-1] {
				return fmt.Errorf("%w: the cuts of feature %d do not rise", ErrDamaged, k+1)
			}
		}
		f.Cuts[k] = c
	}
	return nil
}

func (f *Forest) readNodes(b []byte, leaves int) error {
	if b == nil {
		return fmt.Errorf("%w: it ends early", ErrDamaged)
	}
	f.nodes, f.leafOf = make([]node, len(b)/nodeBytes), make([]uint32, len(b)/nodeBytes)
	tree, end := -1, 0
	for i := range f.nodes {
		if i == end {
			tree++
			end = len(f.nodes)
			if tree+1 < len(f.roots) {
				end = int(f.roots[tree+1])
			}
		}
		raw := b[i*nodeBytes:][:nodeBytes]
		to := binary.LittleEndian.Uint32(raw)
		switch {
		case raw[6] == 1 && int64(to) < int64(leaves) && raw[4] == 0 && raw[5] == 0 && raw[7] == 0:
			f.nodes[i], f.leafOf[i] = node{next: uint32(i), cut: bins - 1}, to
		case raw[6] == 0 && raw[7] == 0 && int(raw[4]) < len(f.Cuts) && int(raw[5]) < len(f.Cuts[raw[4]]) && int64(to) > int64(i) && int64(to)+1 < int64(end):
			f.nodes[i] = node{next: to, feature: raw[4], cut: raw[5]}
		default:
			return fmt.Errorf("%w: node %d leads out of its tree", ErrDamaged, i)
		}
	}
	return nil
}

func (f *Forest) checkLeaves() error {
	for i := 0; i < len(f.leaves); i += f.Classes {
		sum := 0
		for _, s := range f.leaves[i : i+f.Classes] {
			sum += int(s)
		}
		if sum != whole {
			return fmt.Errorf("%w: the shares of leaf %d sum to %d", ErrDamaged, i/f.Classes, sum)
		}
	}
	return nil
}
