package sem

import (
	"math"

	"explant/analysis/opencv"
)

// sampleStep is the distance of samples across an axis in px.
const sampleStep = 0.5

// across averages the field along a course through (x, y) over a length, from -reach to reach across.
func across(p opencv.Plane, x, y, angle, length, reach float64) profile {
	sin, cos := math.Sincos(angle)
	n := 2*int(reach/sampleStep) + 1
	out := profile{first: -float64(n/2) * sampleStep, step: sampleStep, grey: make([]float64, n)}
	rows := max(int(length), 1)
	for i := range n {
		t := out.first + float64(i)*sampleStep
		sum := 0.0
		for k := range rows {
			s := (float64(k)+0.5)/float64(rows)*length - length/2
			sum += at(p, x+s*cos-t*sin, y+s*sin+t*cos)
		}
		out.grey[i] = sum / float64(rows)
	}
	return out
}

// edges are the places of the steepest rise before and the steepest fall behind the axis, between 0.45 and 1.9 times the
// half width that is expected; the differences are taken over about a pixel and a quarter of the half width.
func (p profile) edges(half float64) (left, right float64, ok bool) {
	k := max(int(0.5+(0.5+0.12*half)/p.step), 1)
	slope := func(i int) float64 { return p.grey[i+k] - p.grey[i-k] }
	find := func(sign float64) (float64, bool) {
		best, found := -1, 0.0
		for i := k; i < len(p.grey)-k; i++ {
			x := sign * (p.first + float64(i)*p.step)
			if x < 0.45*half || x > 1.9*half {
				continue
			}
			if v := -sign * slope(i); v > found {
				best, found = i, v
			}
		}
		if best <= k || best >= len(p.grey)-k-1 {
			return 0, false
		}
		a, b := -sign*slope(best-1), -sign*slope(best+1)
		d := a - 2*found + b
		if a > found || b > found { // it goes on beyond the range
			return 0, false
		}
		shift := 0.0
		if d < 0 {
			shift = (a - b) / 2 / d
		}
		return p.first + (float64(best)+shift)*p.step, true
	}
	left, okL := find(-1)
	right, okR := find(1)
	return left, right, okL && okR
}
