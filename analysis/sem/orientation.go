package sem

import (
	"math"

	"explant/analysis/opencv"
)

// course is the direction of the field's structure, in one place or summed over many.
type course struct {
	cos2, sin2 float64 // of twice the angle, counterclockwise from the right, weighted
	weight     float64
	energy     float64 // sum of both eigenvalues of the tensor
	excess     float64 // their difference
	bins       [angleBins]float64
}

// angleBins are the bins of 10 degrees of the density.
const angleBins = 18

func (c *course) add(d course) {
	c.cos2, c.sin2, c.weight = c.cos2+d.cos2, c.sin2+d.sin2, c.weight+d.weight
	c.energy, c.excess = c.energy+d.energy, c.excess+d.excess
	for k, v := range d.bins {
		c.bins[k] += v
	}
}

// order is the mean of 2 cos²(angle - mean) - 1: 0 any direction, 1 all along the mean.
func (c *course) order() float64 { return math.Hypot(c.cos2, c.sin2) / max(c.weight, 1e-12) }

// meanDeg is the mean direction, 0 to 180.
func (c *course) meanDeg() float64 {
	return math.Mod(math.Atan2(c.sin2, c.cos2)*90/math.Pi+180, 180)
}

// coherency is how much one direction rules within the window of the tensor, 0 to 1, over the field.
func (c *course) coherency() float64 { return c.excess / max(c.energy, 1e-12) }

// courses is the direction of each row of blocks of the field by the structure tensor: gradients of the smoothed field (sigma
// fine px), their products smoothed (sigma wide px). Each pixel counts by its coherency, so that contrast does not decide;
// what has less energy than noise has is left out.
//
// Source: Bigün and Granlund 1987, Proc. ICCV, 433-438; density as in Rezakhaniha et al. 2012, doi:10.1007/s10237-011-0325-z.
func courses(p opencv.Plane, in []bool, fine, wide float64, b blocks) ([]course, error) {
	smooth, err := opencv.Gaussian(p, fine)
	if err != nil {
		return nil, err
	}
	s := opencv.Plane{W: p.W, H: p.H, Pix: smooth}
	gx, err := opencv.Derivative(s, 1, 0)
	if err != nil {
		return nil, err
	}
	gy, err := opencv.Derivative(s, 0, 1)
	if err != nil {
		return nil, err
	}
	xx, xy, yy := make([]float32, len(gx)), make([]float32, len(gx)), make([]float32, len(gx))
	for i, x := range gx {
		if !in[i] { // the frame of a bar is no fibre
			continue
		}
		xx[i], xy[i], yy[i] = x*x, x*gy[i], gy[i]*gy[i]
	}
	for _, t := range []*[]float32{&xx, &xy, &yy} {
		if *t, err = opencv.Gaussian(opencv.Plane{W: p.W, H: p.H, Pix: *t}, wide); err != nil {
			return nil, err
		}
	}
	energy := make([]float32, len(xx))
	for i := range energy {
		energy[i] = xx[i] + yy[i]
	}
	least := faintEnergy * newHistogram(energy, in).quantile(0.99)
	out := make([]course, b.count())
	for i := range energy {
		if in[i] && float64(energy[i]) > least {
			out[b.of(i%p.W, i/p.W)].take(float64(xx[i]), float64(xy[i]), float64(yy[i]))
		}
	}
	return out, nil
}

// faintEnergy is the least energy of a pixel over that of the strongest edges.
const faintEnergy = 0.012

// take adds one tensor.
func (c *course) take(xx, xy, yy float64) {
	excess := math.Hypot(xx-yy, 2*xy)
	w := excess / max(xx+yy, 1e-12)
	if excess == 0 {
		return
	}
	// the gradient lies across the course, and y points down: the course has twice the angle plus 180 degrees, mirrored
	cos2, sin2 := -(xx-yy)/excess, 2*xy/excess
	c.cos2 += w * cos2
	c.sin2 += w * sin2
	c.weight += w
	c.energy += xx + yy
	c.excess += excess
	deg := math.Mod(math.Atan2(sin2, cos2)*90/math.Pi+180, 180)
	c.bins[min(int(deg/(180/angleBins)), angleBins-1)] += w
}
