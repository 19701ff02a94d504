package fluorescence

import "math"

// greyStep is the width of a grey of light, in counts, and mostGrey the highest.
const (
	greyStep = 0.125
	mostGrey = 1 << 19
)

// greys count pixels by their light, to an eighth of a count.
type greys struct {
	of []uint32
	n  int
}

func (g *greys) add(v float32) {
	k := min(max(int(math.Round(float64(v)/greyStep)), 0), mostGrey)
	if k >= len(g.of) {
		g.of = append(g.of, make([]uint32, k+1-len(g.of)+k/4)...)
	}
	g.of[k]++
	g.n++
}

// median is the middle of the light, 0 without any.
func (g *greys) median() float64 {
	at := 0
	for k, n := range g.of {
		if at += int(n); at > g.n/2 {
			return float64(k) * greyStep
		}
	}
	return 0
}
