package oxygenator

import (
	"context"
	"math"

	"explant/volume/parallel"
)

// levels are the greys of the bare materials at gain 1, and the standard deviation of the point
// spread with the width of a voxel in it, in voxels.
type levels struct {
	air, polymer, housing, deposit float64
	sigma                          float64
}

// disc is the blurred outline of a disc of radius r at distance d from its centre: 1 inside, 0
// outside. The Gaussian's spread along the edge shifts a curved edge inwards by sigma²/2r.
func disc(d, r, sigma float64) float64 {
	return 0.5 * math.Erfc((d-r+sigma*sigma/(2*max(r, sigma)))/(math.Sqrt2*sigma))
}

// slope is the derivative of disc by r.
func slope(d, r, sigma float64) float64 {
	x := (d - r + sigma*sigma/(2*max(r, sigma))) / sigma
	return math.Exp(-x*x/2) / (math.Sqrt(2*math.Pi) * sigma)
}

// center of bin b weighted by the ring's area.
func center(b int) float64 { return (float64(b) + 0.5) * binWidth }

// curve is a fibre's radial profile ready to be fitted.
type curve struct {
	mean, n      [bins]float64
	inner, outer float64
	content      float64 // grey of the lumen above air
	used         int     // bins that hold voxels
}

func (f *fibre) curve() curve {
	c := curve{inner: f.inner, outer: f.outer, content: f.content}
	c.mean, c.n = f.profile.radial()
	for b := range bins {
		if c.n[b] > 0 {
			c.used = b + 1
		}
	}
	return c
}

// measureContent takes the level in a filled lumen from its middle.
func (f *fibre) measureContent(lv levels) {
	if !f.filled {
		return
	}
	mean, n := f.profile.radial()
	sum, all := 0.0, 0.0
	for b := 0; center(b) < f.inner-2*lv.sigma; b++ {
		sum, all = sum+mean[b]*n[b], all+n[b]
	}
	if all > 0 {
		f.content = sum/all - lv.air
	}
}

// fit moves the two radii to the least squares by damped Gauss-Newton and returns the sum of squares.
func (c *curve) fit(lv levels, s shape) float64 {
	sq := 0.0
	for range 12 {
		var aa, ab, bb, ea, eb float64
		sq = 0
		for b := range c.used {
			n, d := c.n[b], center(b)
			if n == 0 {
				continue
			}
			k := lv.polymer - lv.air
			e := c.mean[b] - lv.air - k*disc(d, c.outer, lv.sigma) - (c.content-k)*disc(d, c.inner, lv.sigma)
			ji, jo := (c.content-k)*slope(d, c.inner, lv.sigma), k*slope(d, c.outer, lv.sigma)
			aa, ab, bb = aa+n*ji*ji, ab+n*ji*jo, bb+n*jo*jo
			ea, eb = ea+n*ji*e, eb+n*jo*e
			sq += n * e * e
		}
		// A weak prior keeps a radius that no bin speaks about where it is.
		aa, bb = aa*1.001+1, bb*1.001+1
		det := aa*bb - ab*ab
		di, do := (ea*bb-eb*ab)/det, (eb*aa-ea*ab)/det
		c.inner = bound(c.inner+bound(di, -0.5, 0.5), s.innerLo-1, s.innerHi+1)
		c.outer = bound(c.outer+bound(do, -0.5, 0.5), 0.93*s.outer, 1.07*s.outer)
		if abs(di)+abs(do) < 0.002 {
			break
		}
	}
	return sq
}

func bound(v, lo, hi float64) float64 { return min(max(v, lo), hi) }

// fitAll fits radii, levels of air and polymer, and the point spread to the profiles together.
func fitAll(ctx context.Context, fibres []*fibre, lv levels, s shape, o parallel.Options) (levels, error) {
	curves := make([]curve, len(fibres))
	for i, f := range fibres {
		f.measureContent(lv)
		curves[i] = f.curve()
	}
	lv, err := fitLevels(ctx, curves, lv, s, o)
	if err != nil {
		return lv, err
	}
	return lv, parallel.Each(ctx, len(fibres), o, nil, func(_ context.Context, i int) error {
		f := fibres[i]
		sq := curves[i].fit(lv, s)
		f.inner, f.outer = curves[i].inner, curves[i].outer
		f.misfit = rms(&curves[i], sq)
		f.fitOutlines(lv)
		return nil
	})
}

func rms(c *curve, sq float64) float64 {
	n := 0.0
	for _, v := range c.n {
		n += v
	}
	return math.Sqrt(sq / max(n, 1))
}

// fitLevels searches the air and polymer levels and the point spread whose best radii leave the
// smallest sum of squares. Fibres that fit badly count less: each counts by its logarithm.
func fitLevels(ctx context.Context, curves []curve, lv levels, s shape, o parallel.Options) (levels, error) {
	return search(ctx, curves, lv, s, 0.05, 150, o)
}

// together is the number of fibres that a goroutine fits in one go.
const together = 32

// search is fitLevels with a first step, as a share of the contrast, and a number of trials.
func search(ctx context.Context, curves []curve, lv levels, s shape, step float64, trials int, o parallel.Options) (levels, error) {
	contrast := lv.polymer - lv.air
	at := func(x []float64) levels {
		l := lv
		l.air, l.polymer, l.sigma = lv.air+x[0]*contrast, lv.polymer+x[1]*contrast, lv.sigma*math.Exp(x[2])
		return l
	}
	misfits := make([]float64, len(curves))
	var failed error
	cost := func(x []float64) float64 {
		l := at(x)
		if failed != nil || l.polymer-l.air < contrast/3 || l.polymer > lv.deposit || l.sigma < 0.3 || l.sigma > 4 {
			return math.Inf(1)
		}
		failed = parallel.Each(ctx, (len(curves)+together-1)/together, o, nil, func(_ context.Context, k int) error {
			for i := k * together; i < min((k+1)*together, len(curves)); i++ {
				c := curves[i]
				r := rms(&c, c.fit(l, s)) / contrast
				misfits[i] = math.Log(1e-4 + r*r)
			}
			return nil
		})
		total := 0.0
		for _, m := range misfits {
			total += m
		}
		return total
	}
	return at(minimize(cost, []float64{0, 0, 0}, step, 1e-4, trials)), failed
}
