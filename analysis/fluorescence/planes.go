package fluorescence

import "sync"

// shelf keeps the memory of planes that are done: fresh memory costs more than most of what is done with it.
type shelf struct{ spare sync.Pool }

// planes is the shelf of all fields.
var planes shelf

// take gives a plane of n values, which may hold anything.
func (s *shelf) take(n int) []float32 {
	if p, ok := s.spare.Get().(*[]float32); ok && cap(*p) >= n {
		return (*p)[:n]
	}
	return make([]float32, n)
}

// clone is take with the values of v.
func (s *shelf) clone(v []float32) []float32 {
	out := s.take(len(v))
	copy(out, v)
	return out
}

// give puts planes back that nobody looks at any more.
func (s *shelf) give(planes ...[]float32) {
	for _, p := range planes {
		s.spare.Put(&p)
	}
}
