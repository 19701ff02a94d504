package slide

import (
	"math"
	"slices"
)

// circle is a round structure; centre and radius in cells, or in pixels of the slide.
type circle struct {
	x, y, r float64
}

// field is a picture of one value a cell.
type field struct {
	w, h int
	v    []float32
}

// at is the value of the cell at a place, 0 outside.
func (f field) at(x, y float64) float32 {
	x, y = x+0.5, y+0.5
	if !(x >= 0 && y >= 0) {
		return 0
	}
	i, j := int(x), int(y)
	if i >= f.w || j >= f.h {
		return 0
	}
	return f.v[j*f.w+i]
}

// halved is the mean of two by two cells.
func (f field) halved() field {
	g := field{w: f.w / 2, h: f.h / 2}
	g.v = make([]float32, g.w*g.h)
	for y := range g.h {
		for x := range g.w {
			at := 2*y*f.w + 2*x
			g.v[y*g.w+x] = (f.v[at] + f.v[at+1] + f.v[at+f.w] + f.v[at+f.w+1]) / 4
		}
	}
	return g
}

// voteScale makes the votes for a circle whole numbers: a full circle gets about 2π times as many, whatever its
// radius.
const voteScale = 1024

// centres are the places that most edges point to from between lo and hi cells away, strongest first, at least
// apart cells from each other: a Hough transform in which each edge votes along its gradient, to both sides. Edges
// are steeper than least a cell. A centre may lie up to margin cells outside the picture.
//
// Source: Kimme, Ballard and Sklansky, Commun. ACM 18(2):120-122, 1975, doi:10.1145/360666.360677.
func (f field) centres(lo, hi float64, least float32, apart float64, margin, most int) []circle {
	votes, w := f.votes(lo, hi, least, margin), f.w+2*margin
	var peaks []uint64 // strength from above, then place, in one number
	for i := w + 1; i < len(votes)-w-1; i++ {
		if votes[i] < max(votes[i-1], votes[i+1], votes[i-w], votes[i+w], 1) {
			continue
		}
		var n int32
		for dy := -w; dy <= w; dy += w {
			n += votes[i+dy-1] + votes[i+dy] + votes[i+dy+1]
		}
		if n >= voteScale {
			peaks = append(peaks, uint64(math.MaxInt32-n)<<32|uint64(i))
		}
	}
	slices.Sort(peaks)
	var found []circle
	taken := map[[2]int][]circle{} // by squares as wide as apart
	for _, p := range peaks {
		if len(found) == most {
			break
		}
		i := int(p & math.MaxUint32)
		c := circle{float64(i%w - margin), float64(i/w - margin), 0}
		at := [2]int{int(math.Floor(c.x / apart)), int(math.Floor(c.y / apart))}
		free := true
		for k := range 9 {
			for _, o := range taken[[2]int{at[0] + k%3 - 1, at[1] + k/3 - 1}] {
				free = free && math.Hypot(c.x-o.x, c.y-o.y) >= apart
			}
		}
		if free {
			found, taken[at] = append(found, c), append(taken[at], c)
		}
	}
	return found
}

// votes counts on the picture with a margin around it.
func (f field) votes(lo, hi float64, least float32, margin int) []int32 {
	w, h := f.w+2*margin, f.h+2*margin
	votes := make([]int32, w*h)
	var weights []int32
	for r := lo; r <= hi; r++ {
		weights = append(weights, int32(voteScale/r))
	}
	for y := 1; y < f.h-1; y++ {
		for x := 1; x < f.w-1; x++ {
			i := y*f.w + x
			gx, gy := f.v[i+1]-f.v[i-1], f.v[i+f.w]-f.v[i-f.w]
			g := gx*gx + gy*gy
			if g < 4*least*least {
				continue
			}
			n := math.Sqrt(float64(g))
			dx, dy := float64(gx)/n, float64(gy)/n
			vote(votes, w, float64(x), float64(y), dx, dy, lo, margin, weights)
			vote(votes, w, float64(x), float64(y), -dx, -dy, lo, margin, weights)
		}
	}
	return votes
}

// vote adds the weights at the radii from lo on, in steps of 1, to the cells in that direction from (x, y), as far as
// they lie in the picture with its margin, which is w wide.
func vote(votes []int32, w int, x, y, dx, dy, lo float64, margin int, weights []int32) {
	x, y = x+float64(margin)+0.5, y+float64(margin)+0.5
	h := len(votes) / w
	for k, weight := range weights {
		r := lo + float64(k)
		u, v := x+r*dx, y+r*dy
		if !(u >= 0 && v >= 0 && int(u) < w && int(v) < h) {
			return
		}
		votes[int(v)*w+int(u)] += weight
	}
}

// angles is how many places on a circle are looked at.
const angles = 96

// turn, which has no divisor in common with angles, is how many places lie between one that is looked at and the next.
const turn = 37

// outwards are the sine and cosine of these angles, in such an order that any few of them lie all around.
var outwards = func() (all [angles][2]float64) {
	for k := range all {
		all[k][0], all[k][1] = math.Sincos(2 * math.Pi * float64(k*turn%angles) / angles)
	}
	return all
}()

// search is where a circle may be: within slack cells of its centre, in steps, with radii from lo to hi. Shares of the
// outline below least are as good as none.
type search struct{ lo, hi, slack, step, least float64 }

// fit moves a circle to where the share of its outline that seen accepts is largest, the mean of such places where
// there are several; it returns that share. Only what lies in the picture counts, and a fifth of the outline at
// least must. seen is asked about a place and the direction away from the centre.
func (f field) fit(c circle, s search, seen func(x, y, dx, dy float64) bool) (circle, float64) {
	var sum circle
	most, ties := s.least, 0.0
	for r := s.lo; r <= s.hi; r += s.step {
		for dy := -s.slack; dy <= s.slack; dy += s.step {
			for dx := -s.slack; dx <= s.slack; dx += s.step {
				share := f.outline(circle{c.x + dx, c.y + dy, r}, most, seen)
				if share > most {
					most, ties, sum = share, 0, circle{}
				}
				if share == most && share > 0 {
					sum = circle{sum.x + c.x + dx, sum.y + c.y + dy, sum.r + r}
					ties++
				}
			}
		}
	}
	if ties == 0 {
		return c, 0
	}
	return circle{sum.x / ties, sum.y / ties, sum.r / ties}, most
}

// outline is the share of a circle's outline in the picture that seen accepts, 0 where a fifth is not in it, and
// where it is sure to be less than least.
func (f field) outline(c circle, least float64, seen func(x, y, dx, dy float64) bool) float64 {
	n, within := 0, 0
	for k := range outwards {
		if left := len(outwards) - k; k%8 == 7 && float64(n+left) < least*float64(within+left)*(1-1e-9) {
			return 0
		}
		sin, cos := outwards[k][0], outwards[k][1]
		x, y := c.x+c.r*cos, c.y+c.r*sin
		if x < 0 || y < 0 || x > float64(f.w-1) || y > float64(f.h-1) {
			continue
		}
		within++
		if seen(x, y, cos, sin) {
			n++
		}
	}
	if 5*within < angles {
		return 0
	}
	return float64(n) / float64(within)
}
