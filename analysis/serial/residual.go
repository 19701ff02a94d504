package serial

import (
	"math"
	"slices"
)

// How shifts are looked for place by place.
const (
	placesAcross = 10   // places along the longer side
	reach        = 5    // values by which a place may be shifted
	leastPeak    = 0.25 // correlation that a shift must reach to count
	leastPlaces  = 6
	overMedian   = 1.2011 // root mean square over median of the length of normal shifts along x and y, 1/sqrt(ln 2)
	leastVaried  = 0.01   // standard deviation of the density over a place that shows something
)

// residual is the root mean square shift in pixels of the section that is still found between a level and the
// other one as it lies on it, by the median, which chance likeness elsewhere does not move: square by square, the
// shift with the largest correlation, with a parabola through its neighbours. It knows nothing of affine maps and nodes, and holds what the sections themselves differ by.
func residual(fixed *level, w *warped) (px float64, places int) {
	side := max(fixed.w, fixed.h) / placesAcross
	var shifts []float64
	for y := reach; y+side+reach <= fixed.h; y += side {
		for x := reach; x+side+reach <= fixed.w; x += side {
			if s, ok := shiftAt(fixed, w, x, y, side); ok {
				shifts = append(shifts, math.Hypot(s[0], s[1]))
			}
		}
	}
	if len(shifts) < leastPlaces {
		return math.NaN(), len(shifts)
	}
	slices.Sort(shifts)
	return overMedian * shifts[len(shifts)/2] * fixed.step, len(shifts)
}

// shiftAt is the shift of a square, in values; ok is false where it shows nothing or nothing alike is near.
func shiftAt(fixed *level, w *warped, x0, y0, side int) (shift [2]float64, ok bool) {
	const span = 2*reach + 1
	var score [span][span]float64
	best := [2]int{reach, reach}
	for dy := range span {
		for dx := range span {
			s, ok := alike(fixed, w, x0, y0, side, dx-reach, dy-reach)
			if !ok {
				return shift, false
			}
			if score[dy][dx] = s; s > score[best[1]][best[0]] {
				best = [2]int{dx, dy}
			}
		}
	}
	x, y := best[0], best[1]
	if score[y][x] < leastPeak || x == 0 || y == 0 || x == span-1 || y == span-1 {
		return shift, false
	}
	top := func(before, at, after float64) float64 {
		if d := before - 2*at + after; d < 0 {
			return (before - after) / (2 * d)
		}
		return 0
	}
	return [2]float64{
		float64(x-reach) + top(score[y][x-1], score[y][x], score[y][x+1]),
		float64(y-reach) + top(score[y-1][x], score[y][x], score[y+1][x]),
	}, true
}

// alike is the correlation of a square of the fixed level with the shifted one, the mean of the colours. Every
// second value along x and y counts.
func alike(fixed *level, w *warped, x0, y0, side, dx, dy int) (sum float64, ok bool) {
	for c := range w.od {
		var n, f, m, ff, mm, fm float64
		for y := y0; y < y0+side; y += 2 {
			for x := x0; x < x0+side; x += 2 {
				at := (y+dy)*fixed.w + x + dx
				if !w.seen[at] {
					return 0, false
				}
				a, b := float64(fixed.od[c][y*fixed.w+x]), float64(w.od[c][at])
				n, f, m, ff, mm, fm = n+1, f+a, m+b, ff+a*a, mm+b*b, fm+a*b
			}
		}
		vf, vm := ff/n-f*f/n/n, mm/n-m*m/n/n
		if vf < leastVaried*leastVaried || vm <= 0 {
			return 0, false
		}
		sum += (fm/n - f*m/n/n) / math.Sqrt(vf*vm) / float64(len(w.od))
	}
	return sum, true
}
