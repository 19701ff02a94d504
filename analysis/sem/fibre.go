package sem

import (
	"context"
	"math"
	"slices"

	"explant/analysis/opencv"
	"explant/volume/parallel"
)

// width is a fibre at one place.
type width struct {
	x, y, angle float64 // of the axis; px, rad from x towards y, 0 to pi
	px          float64 // diameter between the edges of the model
	steep       float64 // diameter between the steepest places, px
	length      float64 // px of the axis that it stands for
	left        float64 // what the fit leaves, of its drop
	strength    float64 // of its ridge
	contrast    float64 // over the darker side, grey levels
	fibre       int     // piece between junctions that it belongs to
}

// What a profile must be to count.
const (
	mostUnlike  = 0.16 // difference of the widths of both halves of the course, of the width
	mostLean    = 0.35 // difference of the directions, rad
	mostUneven  = 0.2  // smaller drop over larger one at least
	mostLeft    = 0.25 // rms of what the model leaves, of the mean drop
	alongWidths = 1.0  // length of the course that is averaged, in widths
)

// place is a ridge whose course was made sure of: what a fit starts from.
type place struct {
	ridge
	half    float64 // by the steepest edges, px
	profile profile
}

// steady looks at a ridge in two halves along its course: where both show the same width and their middles lie in line
// there is no junction. The course is turned to lie on both middles.
func steady(p opencv.Plane, r ridge) (place, bool) {
	half, x, y, angle := r.half, r.x, r.y, r.angle
	for range 2 {
		length := max(alongWidths*2*half, 6)
		reach := 2.2*half + 3
		sin, cos := math.Sincos(angle)
		var middle, wide [2]float64
		for k, sign := range [2]float64{-1, 1} {
			s := sign * length / 4
			part := across(p, x+s*cos, y+s*sin, angle, length/2, reach)
			l, r, ok := part.edges(half)
			if !ok {
				return place{}, false
			}
			middle[k], wide[k] = (l+r)/2, r-l
		}
		mean := (wide[0] + wide[1]) / 2
		lean := math.Atan2(middle[1]-middle[0], length/2)
		if math.Abs(wide[0]-wide[1]) > mostUnlike*mean+0.5 || math.Abs(lean) > mostLean || math.Abs(middle[0]+middle[1]) > 1.2*half {
			return place{}, false
		}
		t := (middle[0] + middle[1]) / 2
		x, y, angle, half = x-t*sin, y+t*cos, angle+lean, mean/2
	}
	r.x, r.y, r.angle = x, y, turned(angle)
	return place{ridge: r, half: half, profile: across(p, x, y, angle, max(alongWidths*2*half, 6), half+rimReach(half))}, true
}

// rimReach is how far beside the edge the model looks, px.
func rimReach(half float64) float64 { return max(3, 0.45*half) }

// measure fits the model to a place.
func (s place) measure(blur float64) (width, bool) {
	l, r, ok := s.profile.edges(s.half)
	if !ok {
		return width{}, false
	}
	f := s.profile.refine((l+r)/2, (r-l)/2, blur)
	left, right := f.drops()
	drop := (left + right) / 2
	if min(left, right) < mostUneven*max(left, right) || drop <= 0 || f.rms > mostLeft*drop {
		return width{}, false
	}
	sin, cos := math.Sincos(s.angle)
	return width{
		x: s.x - f.center*sin, y: s.y + f.center*cos, angle: s.angle, px: 2 * f.half, steep: r - l, length: s.length,
		strength: s.strength, contrast: max(left, right), left: f.rms / drop,
	}, true
}

// fibres measures all ridges.
func fibres(ctx context.Context, p opencv.Plane, in []bool, o parallel.Options, prog parallel.Progress) (all []width, blur float64, err error) {
	prog.Stage("find fibres", 0)
	r, err := ridges(ctx, p, in, o)
	if err != nil {
		return nil, 0, err
	}
	r = single(r)
	places, err := kept(ctx, r, o, func(r ridge) (place, bool) {
		s, ok := steady(p, r)
		return s, ok && inside(p, in, s)
	})
	if err != nil {
		return nil, 0, err
	}
	if blur, err = blurOf(ctx, places, o); err != nil {
		return nil, 0, err
	}
	prog.Stage("measure fibres", 0)
	all, err = kept(ctx, places, o, func(s place) (width, bool) { return s.measure(blur) })
	return pieces(distinct(all)), blur, err
}

// inside says whether all of a place is field.
func inside(p opencv.Plane, in []bool, s place) bool {
	sin, cos := math.Sincos(s.angle)
	for _, d := range [4][2]float64{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
		u, v := d[0]*s.half*alongWidths, d[1]*1.2*s.half
		x, y := int(s.x+u*cos-v*sin+0.5), int(s.y+u*sin+v*cos+0.5)
		if x < 0 || y < 0 || x >= p.W || y >= p.H || !in[y*p.W+x] {
			return false
		}
	}
	return true
}

// chunk is how many places one goroutine takes at once.
const chunk = 256

// kept are the results of f that are ok, in the order of all.
func kept[S, T any](ctx context.Context, all []S, o parallel.Options, f func(S) (T, bool)) ([]T, error) {
	n := (len(all) + chunk - 1) / chunk
	found := make([][]T, n)
	err := parallel.Each(ctx, n, o, nil, func(ctx context.Context, k int) error {
		for _, s := range all[k*chunk : min((k+1)*chunk, len(all))] {
			if v, ok := f(s); ok {
				found[k] = append(found[k], v)
			}
		}
		return ctx.Err()
	})
	return slices.Concat(found...), err
}

// The blurs that are tried, px, and on how many places.
const (
	leastSigma, mostSigma = 0.4, 4.0
	sigmaFactor           = 1.25
	blurPlaces            = 400
)

// blurOf is the blur that leaves the least of the profiles of some places spread over the field.
func blurOf(ctx context.Context, places []place, o parallel.Options) (float64, error) {
	var some []place
	for i := 0; i < len(places); i += max(len(places)/blurPlaces, 1) {
		some = append(some, places[i])
	}
	if len(some) == 0 {
		return 1, nil
	}
	var sigmas []float64
	for s := leastSigma; s < mostSigma; s *= sigmaFactor {
		sigmas = append(sigmas, s)
	}
	left := make([]float64, len(sigmas))
	err := parallel.Each(ctx, len(sigmas), o, nil, func(ctx context.Context, k int) error {
		var all []float64
		for _, s := range some {
			l, r, ok := s.profile.edges(s.half)
			if !ok {
				all = append(all, math.Inf(1))
				continue
			}
			f := s.profile.refine((l+r)/2, (r-l)/2, sigmas[k])
			a, b := f.drops()
			all = append(all, f.rms/max((a+b)/2, 1e-6))
		}
		slices.Sort(all)
		left[k] = all[len(all)/2]
		return ctx.Err()
	})
	best := 0
	for k, v := range left {
		if v < left[best] {
			best = k
		}
	}
	if best == 0 || best == len(left)-1 {
		return sigmas[best], err
	}
	a, b, c := left[best-1], left[best], left[best+1]
	return sigmas[best] * math.Pow(sigmaFactor, (a-c)/2/(a-2*b+c)), err
}

// apart is the angle between two courses, 0 to pi/2.
func apart(a, b float64) float64 {
	d := math.Abs(a - b)
	return min(d, math.Pi-d)
}
