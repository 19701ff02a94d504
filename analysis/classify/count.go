package classify

// Count is what a classified image holds.
type Count struct {
	Pixels  []int64 // by value of the label image, 0 first
	Sure    []int64 // by value: sum of the certainties in percent
	Unsure  int64   // pixels of which no class has half of the votes
	Outside int64   // values darker or brighter than any of the training
	All     int64
}

func newCount(classes int) *Count {
	return &Count{Pixels: make([]int64, classes+1), Sure: make([]int64, classes+1)}
}

// add counts a slab.
func (c *Count) add(s *slab) {
	for i, v := range s.labels {
		c.Pixels[v]++
		c.Sure[v] += int64(s.percent[i])
		if s.percent[i] < 50 {
			c.Unsure++
		}
	}
	c.All += int64(len(s.labels))
	c.Outside += s.outside.Load()
}
