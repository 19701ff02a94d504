package slices

// Count counts how often each sample occurs in a plane, or with nil in all of the copy that has been read.
func (s *Stack) Count(p *Plane) *[1 << 16]int64 {
	counts := new([1 << 16]int64)
	if p != nil {
		for _, v := range p.Data {
			counts[v]++
		}
		return counts
	}
	slice := s.m[0] * s.m[1]
	for k := range s.m[2] {
		if !s.filled[k].Load() {
			continue
		}
		for _, v := range s.data[k*slice:][:slice] {
			counts[v]++
		}
	}
	return counts
}
