package forest

import (
	"errors"
	"fmt"
)

// Limits of what a forest holds.
const (
	MaxClasses = 32
	MaxTrees   = 2000
	maxDepth   = 48 // deeper nodes become leaves; balanced trees of a million samples have 20
	maxWeight  = 1 << 12
)

// Samples are pixels whose class is known.
type Samples struct {
	Values  [][]uint16 // by feature, then by sample
	Class   []uint8    // of each sample, 0 to Classes-1
	Classes int
}

// Len is the number of samples.
func (s Samples) Len() int { return len(s.Class) }

// Check reports samples that no forest can be grown on.
func (s Samples) Check() error {
	switch {
	case s.Classes < 2 || s.Classes > MaxClasses:
		return fmt.Errorf("%d classes: 2 to %d are wanted", s.Classes, MaxClasses)
	case len(s.Values) < 1 || len(s.Values) > 256:
		return fmt.Errorf("%d features: 1 to 256 are wanted", len(s.Values))
	}
	for f, v := range s.Values {
		if len(v) != s.Len() {
			return fmt.Errorf("feature %d has %d values for %d samples", f+1, len(v), s.Len())
		}
	}
	seen := s.counts()
	for c, n := range seen {
		if n == 0 {
			return fmt.Errorf("class %d has no sample", c+1)
		}
	}
	if len(seen) > s.Classes {
		return errors.New("a sample has a class that is not counted")
	}
	return nil
}

// counts are the samples of each class.
func (s Samples) counts() []int {
	n := make([]int, s.Classes)
	for _, c := range s.Class {
		for int(c) >= len(n) {
			n = append(n, 0)
		}
		n[c]++
	}
	return n
}

// Take is the samples with the given indices.
func (s Samples) Take(at []int) Samples {
	out := Samples{Values: make([][]uint16, len(s.Values)), Class: make([]uint8, len(at)), Classes: s.Classes}
	for f, v := range s.Values {
		out.Values[f] = make([]uint16, len(at))
		for i, k := range at {
			out.Values[f][i] = v[k]
		}
	}
	for i, k := range at {
		out.Class[i] = s.Class[k]
	}
	return out
}

// weights are whole numbers that make every class count as much as the others together would on average; 16
// stands for a weight of 1. Where classes are not to be balanced all are 16.
func (s Samples) weights(balanced bool) []uint32 {
	const one = 16
	w := make([]uint32, s.Classes)
	for c, n := range s.counts() {
		w[c] = one
		if balanced {
			w[c] = uint32(min(max((one*s.Len()+s.Classes*n/2)/(s.Classes*n), 1), maxWeight))
		}
	}
	return w
}
