package connector

import (
	"context"
	"fmt"
	"math"
	"slices"

	"explant/volume/parallel"
)

// channel is the air of the bore in one slice across an axis of the image.
type channel struct {
	at   vec     // centroid, units
	area float64 // square units
}

// channels finds in each slice across the image axis a the largest piece of air that does not touch an edge of
// the slice; its area is 0 where there is none.
func (s *scan) channels(ctx context.Context, a int, cut float64) ([]channel, error) {
	n := s.grey.N[a]
	out := make([]channel, n)
	s.p.Stage("find the bore", n)
	return out, parallel.Each(ctx, n, s.o, s.p, func(_ context.Context, i int) error {
		out[i] = s.channel(a, i, cut)
		return nil
	})
}

func (s *scan) channel(a, i int, cut float64) (best channel) {
	b, c := (a+1)%3, (a+2)%3
	nb, nc := s.grey.N[b], s.grey.N[c]
	step := [3]int{1, s.grey.N[0], s.grey.N[0] * s.grey.N[1]}
	seen, stack := make([]bool, nb*nc), []int(nil)
	for k := range seen {
		seen[k] = float64(s.grey.Data[i*step[a]+k%nb*step[b]+k/nb*step[c]]) >= cut
	}
	for k := range seen {
		if seen[k] {
			continue
		}
		var sum [3]float64
		edge := false
		stack, seen[k] = append(stack[:0], k), true
		for len(stack) > 0 {
			q := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := q%nb, q/nb
			sum[0], sum[1], sum[2] = sum[0]+1, sum[1]+float64(x), sum[2]+float64(y)
			if x == 0 || y == 0 || x == nb-1 || y == nc-1 {
				edge = true
				continue
			}
			for _, next := range [4]int{q - 1, q + 1, q - nb, q + nb} {
				if !seen[next] {
					seen[next] = true
					stack = append(stack, next)
				}
			}
		}
		if area := sum[0] * s.size[b] * s.size[c]; !edge && area > best.area {
			best.area = area
			best.at[a], best.at[b], best.at[c] = float64(i)*s.size[a], sum[1]/sum[0]*s.size[b], sum[2]/sum[0]*s.size[c]
		}
	}
	return best
}

// leastSlices is the share of the slices that must show a bore.
const leastSlices = 0.7

// rough is the axis through the channels' middles, along the image axis a, with the median radius.
func rough(all []channel, a int) (frame, float64, error) {
	var areas []float64
	for _, c := range all {
		if c.area > 0 {
			areas = append(areas, c.area)
		}
	}
	if float64(len(areas)) < leastSlices*float64(len(all)) || len(areas) < 8 {
		return frame{}, 0, fmt.Errorf("%w: only %d of %d slices across %c show a channel of air that a wall encloses; %s",
			ErrNoConnector, len(areas), len(all), "xyz"[a], remedy)
	}
	slices.Sort(areas)
	median := areas[len(areas)/2]
	var at, x, y []float64
	b, c := (a+1)%3, (a+2)%3
	for _, k := range all {
		if k.area > median/4 && k.area < 2*median {
			at, x, y = append(at, k.at[a]), append(x, k.at[b]), append(y, k.at[c])
		}
	}
	lx, ly := robustLine(at, x), robustLine(at, y)
	var o, w vec
	mid := at[len(at)/2]
	o[a], o[b], o[c] = mid, lx.of(mid), ly.of(mid)
	w[a], w[b], w[c] = 1, lx.slope, ly.slope
	return along(o, w), math.Sqrt(median / math.Pi), nil
}

// line is a length that changes linearly along the axis.
type line struct{ at, slope float64 }

func (l line) of(s float64) float64 { return l.at + l.slope*s }

// robustLine fits a line with Tukey's biweight about the median of absolute residuals.
func robustLine(s, y []float64) line {
	l := line{at: median(y)}
	for range 10 {
		off := make([]float64, len(s))
		for i := range s {
			off[i] = math.Abs(y[i] - l.of(s[i]))
		}
		c := max(4.685*1.4826*median(off), 1e-9)
		var w, ws, wy, wss, wsy float64
		for i := range s {
			t := (y[i] - l.of(s[i])) / c
			if math.Abs(t) >= 1 {
				continue
			}
			k := (1 - t*t) * (1 - t*t)
			w, ws, wy, wss, wsy = w+k, ws+k*s[i], wy+k*y[i], wss+k*s[i]*s[i], wsy+k*s[i]*y[i]
		}
		det := w*wss - ws*ws
		if w < 2 || det < 1e-9*wss*w {
			break
		}
		l = line{(wss*wy - ws*wsy) / det, (w*wsy - ws*wy) / det}
	}
	return l
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Clone(v)
	slices.Sort(s)
	return s[len(s)/2]
}
