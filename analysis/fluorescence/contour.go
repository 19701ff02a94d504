package fluorescence

import (
	"context"
	"math"
)

// maxFilter is the largest value within radius pixels along x and y.
func maxFilter(v []float32, w, h, radius int) []float32 {
	if radius < 1 {
		return v
	}
	rows := make([]float32, len(v))
	for y := range h {
		slide(rows[y*w:][:w], v[y*w:][:w], 1, w, radius)
	}
	out := make([]float32, len(v))
	for x := range w {
		slide(out[x:], rows[x:], w, h, radius)
	}
	return out
}

// slide writes the largest of every window of 2*radius+1 of n values that lie step apart. Windows that
// begin after the last maximum keep a falling queue of candidates (Lemire 2006, arXiv:cs/0610046).
func slide(dst, src []float32, step, n, radius int) {
	queue := make([]int, 0, 2*radius+2)
	for i := range n + radius {
		if i < n {
			for len(queue) > 0 && src[queue[len(queue)-1]*step] <= src[i*step] {
				queue = queue[:len(queue)-1]
			}
			queue = append(queue, i)
		}
		if at := i - radius; at >= 0 {
			if queue[0] < at-radius {
				queue = append(queue[:0], queue[1:]...)
			}
			dst[at*step] = src[queue[0]*step]
		}
	}
}

// peaks is what a channel's contours are drawn on: light smoothed, and the brightest of it within reach.
type peaks struct {
	smooth, top []float32
}

// topSmooth is how much wider than the light the brightest light is smoothed, so that a single grain of
// texture does not rule its neighbourhood.
const topSmooth = 2

// peaks smooths the light of a channel by its marker's rules.
func (k cleaner) peaks(ctx context.Context, light []float32, m Marker) (p peaks, err error) {
	if p.smooth, err = k.gaussian(ctx, light, k.p.SmoothUM); err != nil || m.ContourShare == 0 {
		return p, err
	}
	wide, err := k.gaussian(ctx, light, topSmooth*k.p.SmoothUM)
	if err != nil {
		return p, err
	}
	top := maxFilter(wide, k.Grid.N[0], k.Grid.N[1], int(math.Round(m.ContourReachUM/k.um)))
	p.top, err = k.gaussian(ctx, top, topSmooth*k.p.SmoothUM)
	return p, err
}

// mask is where the light reaches the threshold and the share of the brightest light within reach.
func (p peaks) mask(threshold, share float64, in []bool) []bool {
	out := make([]bool, len(p.smooth))
	t, s := float32(threshold), float32(share)
	for i, v := range p.smooth {
		out[i] = v >= t && (in == nil || in[i]) && (p.top == nil || v >= s*p.top[i])
	}
	return out
}

func count(m []bool) (n int) {
	for _, in := range m {
		if in {
			n++
		}
	}
	return n
}
