package sem

import (
	"context"
	"math"
	"sync"

	"explant/analysis/opencv"
	"explant/volume/parallel"
)

// ridge is a place on the middle of something bright and long.
type ridge struct {
	x, y     float64 // px
	angle    float64 // of its course, rad, from x towards y (down), 0 to pi
	half     float64 // half of its width as the scale of the strongest response says, px
	strength float64 // grey levels: contrast of a bar that would respond so
	length   float64 // px of the course that it stands for
}

// Widths that are looked for, in px, and the least contrast in shares of the spread of the grey levels (1 to 99 %).
const (
	leastWidth = 3.5
	mostWidth  = 64
	faintest   = 0.06
)

// The response of a bar of contrast 1 at its own scale: sigma² L” at sigma = w/2 is 2 exp(-1/2) / sqrt(2 pi).
var barResponse = 2 * math.Exp(-0.5) / math.Sqrt(2*math.Pi)

// level is the field at one scale.
type level struct {
	step               float64 // pixels of the field in one of the level
	sigma              float64 // in pixels of the level
	p                  opencv.Plane
	xx, xy, yy, ux, uy []float32
	response           []float32 // sigma² times the curvature across, 0 where it is not that of a ridge
}

// at turns a place of the field into one of the level and back.
func (l *level) at(x, y float64) (u, v float64) {
	o := (l.step - 1) / 2
	return (x - o) / l.step, (y - o) / l.step
}

func (l *level) field(u, v float64) (x, y float64) {
	o := (l.step - 1) / 2
	return u*l.step + o, v*l.step + o
}

// levels smooths the field by scales a factor of sqrt(2) apart, the coarser ones on pixels 2, 4, 8 … as large.
func levels(ctx context.Context, p opencv.Plane, o parallel.Options) ([]*level, error) {
	var all []*level
	step := 1.0
	for sigma := leastWidth / 2 / math.Sqrt2; sigma < mostWidth; sigma *= math.Sqrt2 {
		for sigma/step > 3.2 && min(p.W, p.H) >= 32 {
			var err error
			if p, err = opencv.Halve(p); err != nil {
				return nil, err
			}
			step *= 2
		}
		all = append(all, &level{step: step, sigma: sigma / step, p: p})
	}
	err := parallel.Each(ctx, len(all), o, nil, func(_ context.Context, k int) error { return all[k].differentiate() })
	return all, err
}

func (l *level) differentiate() error {
	smooth, err := opencv.Gaussian(l.p, l.sigma)
	if err != nil {
		return err
	}
	s := opencv.Plane{W: l.p.W, H: l.p.H, Pix: smooth}
	for _, d := range []struct {
		of     *[]float32
		nx, ny int
	}{{&l.xx, 2, 0}, {&l.xy, 1, 1}, {&l.yy, 0, 2}, {&l.ux, 1, 0}, {&l.uy, 0, 1}} {
		if *d.of, err = opencv.Derivative(s, d.nx, d.ny); err != nil {
			return err
		}
	}
	l.response = make([]float32, len(smooth))
	for i := range l.response {
		across, along, _, _ := l.curvature(i)
		if across < 0 && math.Abs(along) < mostAlong*-across {
			l.response[i] = float32(-across * l.sigma * l.sigma)
		}
	}
	return nil
}

// mostAlong is the curvature along a ridge over that across at which it is no ridge but a crossing or a blob.
const mostAlong = 0.6

// nearBest is the share of the response of the scales beside that a crest has at least.
const nearBest = 0.8

// curvature is the more and the less strongly negative second derivative, and the direction of the first.
func (l *level) curvature(i int) (across, along, nx, ny float64) {
	a, b, c := float64(l.xx[i]), float64(l.xy[i]), float64(l.yy[i])
	mean, half := (a+c)/2, math.Hypot((a-c)/2, b)
	across, along = mean-half, mean+half
	nx, ny = b, across-a
	if math.Abs(a-across) < math.Abs(c-across) {
		nx, ny = across-c, b
	}
	if n := math.Hypot(nx, ny); n > 0 {
		return across, along, nx / n, ny / n
	}
	return across, along, 1, 0
}

// ridges are the crests of the strongest scale, one for about every half width of their length.
func ridges(ctx context.Context, p opencv.Plane, in []bool, o parallel.Options) ([]ridge, error) {
	all, err := levels(ctx, p, o)
	if err != nil {
		return nil, err
	}
	lo, hi := spread(p.Pix, in)
	least := faintest * (hi - lo) * barResponse
	found := make([][]ridge, len(all))
	var mu sync.Mutex
	err = parallel.Each(ctx, len(all)-2, o, nil, func(ctx context.Context, k int) error {
		r := crests(all[k], all[k+1], all[k+2], p.W, in, least)
		mu.Lock()
		defer mu.Unlock()
		found[k] = r
		return ctx.Err()
	})
	var out []ridge
	for _, r := range found {
		out = append(out, r...)
	}
	return out, err
}

// crests are the places of l that are highest across their course and responds more than the scales finer and coarser.
func crests(finer, l, coarser *level, w int, in []bool, least float64) (out []ridge) {
	pitch := max(int(l.sigma+0.5), 1)
	r := opencv.Plane{W: l.p.W, H: l.p.H, Pix: l.response}
	for y := 1; y < r.H-1; y++ {
		for x := 1; x < r.W-1; x++ {
			i := y*r.W + x
			v := float64(r.Pix[i])
			if v < least || v == 0 {
				continue
			}
			across, _, nx, ny := l.curvature(i)
			if math.Abs(nx) > math.Abs(ny) == (y%pitch != 0) || math.Abs(nx) <= math.Abs(ny) && x%pitch != 0 {
				continue
			}
			t := -(float64(l.ux[i])*nx + float64(l.uy[i])*ny) / across
			if math.Abs(t) > 0.75/max(math.Abs(nx), math.Abs(ny)) || v < at(r, float64(x)+nx, float64(y)+ny) || v < at(r, float64(x)-nx, float64(y)-ny) {
				continue
			}
			fx, fy := l.field(float64(x)+t*nx, float64(y)+t*ny)
			if fx < 0 || fy < 0 || int(fx+0.5) >= w || int(fy+0.5)*w+int(fx+0.5) >= len(in) || !in[int(fy+0.5)*w+int(fx+0.5)] {
				continue
			}
			if v < nearBest*max(finer.responseAt(fx, fy), coarser.responseAt(fx, fy)) {
				continue
			}
			out = append(out, ridge{
				x: fx, y: fy, angle: turned(math.Atan2(nx, -ny)), half: l.sigma * l.step, strength: v / barResponse,
				length: l.step * float64(pitch) / max(math.Abs(nx), math.Abs(ny)),
			})
		}
	}
	return out
}

func (l *level) responseAt(x, y float64) float64 {
	u, v := l.at(x, y)
	return at(opencv.Plane{W: l.p.W, H: l.p.H, Pix: l.response}, u, v)
}

// turned brings an angle into 0 to pi.
func turned(a float64) float64 {
	a = math.Mod(a, math.Pi)
	if a < 0 {
		a += math.Pi
	}
	return a
}

// spread are the 1st and 99th percentile of the grey levels in the mask.
func spread(grey []float32, in []bool) (lo, hi float64) {
	h := newHistogram(grey, in)
	return h.quantile(0.01), h.quantile(0.99)
}
