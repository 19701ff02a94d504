package fluorescence

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// directions in which the length of a region is taken.
const directions = 16

// extent is how far a region reaches in each direction, in pixels.
type extent struct{ lo, hi [directions]float64 }

func (e *extent) add(o extent) {
	for k := range directions {
		e.lo[k], e.hi[k] = min(e.lo[k], o.lo[k]), max(e.hi[k], o.hi[k])
	}
}

// length is that of both regions together in the direction in which it is longest, a pixel for their rims.
func (e *extent) length(o *extent) (longest float64) {
	for k := range directions {
		longest = max(longest, max(e.hi[k], o.hi[k])-min(e.lo[k], o.lo[k])+1)
	}
	return longest
}

// clustered joins regions of a picture that was parted too finely: lobes of one nucleus. Of the pairs of
// regions with pixels within gap of each other the one that is shortest together is joined, again and again, as
// long as that is no longer than longest pixels (from is the first pixel on the slide) and no larger than largest: complete linkage by length. number gets the numbers of the
// clusters, from 1 in the order of their first regions; their number is returned.
func clustered(number []uint32, n, w int, from image.Point, gap, longest, largest float64) int {
	c := &clusters{longest: longest, largest: largest, areas: make([]float64, n), extents: extents(number, n, w, from), near: make([]map[int]bool, n), alive: make([]int, n), into: make([]int, n)}
	for i := range c.into {
		c.near[i], c.into[i] = map[int]bool{}, i
	}
	for _, k := range number {
		if k > 0 {
			c.areas[k-1]++
		}
	}
	for _, p := range neighbours(number, w, gap) {
		c.near[p[0]][p[1]], c.near[p[1]][p[0]] = true, true
		c.offer(p[0], p[1])
	}
	for len(c.pairs) > 0 {
		p := c.pairs[len(c.pairs)-1]
		c.pairs = c.pairs[:len(c.pairs)-1]
		if c.alive[p.a] == p.ageA && c.alive[p.b] == p.ageB {
			c.join(p.a, p.b)
		}
	}
	return c.renumber(number)
}

// clusters are regions on their way to be joined.
type clusters struct {
	longest, largest float64

	extents []extent
	areas   []float64
	near    []map[int]bool
	alive   []int // how often a region has grown, -1 when it is part of another one
	into    []int
	pairs   []pairing // the shortest last
}

// pairing is a pair of regions, which holds while neither has changed.
type pairing struct {
	length           float64
	a, b, ageA, ageB int
}

func (p pairing) compare(q pairing) int {
	return cmp.Or(cmp.Compare(q.length, p.length), cmp.Compare(q.a, p.a), cmp.Compare(q.b, p.b))
}

// offer puts a pair at its place if it is short enough.
func (c *clusters) offer(a, b int) {
	if a > b {
		a, b = b, a
	}
	if l := c.extents[a].length(&c.extents[b]); l <= c.longest && c.areas[a]+c.areas[b] <= c.largest {
		p := pairing{l, a, b, c.alive[a], c.alive[b]}
		at, _ := slices.BinarySearchFunc(c.pairs, p, pairing.compare)
		c.pairs = slices.Insert(c.pairs, at, p)
	}
}

// join makes b a part of a.
func (c *clusters) join(a, b int) {
	c.extents[a].add(c.extents[b])
	c.areas[a] += c.areas[b]
	c.alive[a]++
	c.alive[b], c.into[b] = -1, a
	delete(c.near[a], b)
	for k := range c.near[b] {
		delete(c.near[k], b)
		if k != a {
			c.near[a][k], c.near[k][a] = true, true
		}
	}
	c.near[b] = nil
	for k := range c.near[a] {
		c.offer(a, k)
	}
}

func (c *clusters) renumber(number []uint32) (n int) {
	name := make([]uint32, len(c.into))
	for i := range c.into {
		if c.into[i] == i {
			n++
			name[i] = uint32(n)
		}
	}
	for i := range c.into {
		k := i
		for c.into[k] != k {
			k = c.into[k]
		}
		name[i] = name[k]
	}
	for i, k := range number {
		if k > 0 {
			number[i] = name[k-1]
		}
	}
	return n
}

func extents(number []uint32, n, w int, from image.Point) []extent {
	out := make([]extent, n)
	for i := range out {
		for k := range directions {
			out[i].lo[k], out[i].hi[k] = math.Inf(1), math.Inf(-1)
		}
	}
	var sin, cos [directions]float64
	for k := range directions {
		sin[k], cos[k] = math.Sincos(math.Pi * float64(k) / directions)
	}
	for i, r := range number {
		if r == 0 || i%w > 0 && i%w < w-1 && number[i-1] == r && number[i+1] == r {
			continue // not at the end of a run
		}
		e, x, y := &out[r-1], float64(from.X+i%w), float64(from.Y+i/w)
		for k := range directions {
			d := x*cos[k] + y*sin[k]
			e.lo[k], e.hi[k] = min(e.lo[k], d), max(e.hi[k], d)
		}
	}
	return out
}

// neighbours are the pairs of regions, from 0, that have pixels within gap of each other, in order.
func neighbours(number []uint32, w int, gap float64) (pairs [][2]int) {
	var reach [][2]int
	r := int(gap)
	for y := 0; y <= r; y++ {
		for x := -r; x <= r; x++ {
			if (y > 0 || x > 0) && math.Hypot(float64(x), float64(y)) <= gap {
				reach = append(reach, [2]int{x, y})
			}
		}
	}
	seen := map[[2]int]bool{}
	for i, a := range number {
		x := i % w
		if a == 0 || x > 0 && x < w-1 && i+w < len(number) && number[i-1] == a && number[i+1] == a && number[i+w] == a {
			continue // inside
		}
		for _, d := range reach {
			j := i + d[1]*w + d[0]
			if nx := x + d[0]; nx < 0 || nx >= w || j >= len(number) {
				continue
			}
			if b := number[j]; b > 0 && b != a {
				seen[[2]int{int(min(a, b)) - 1, int(max(a, b)) - 1}] = true
			}
		}
	}
	for p := range seen {
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, func(p, q [2]int) int { return cmp.Or(cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1])) })
	return pairs
}
