package sem

import (
	"explant/analysis/opencv"
)

// smoothness finds bodies between fibres: places without a strong edge, wider than a fibre.
type smoothness struct {
	edge   float64 // gradient of an edge, grey levels a pixel
	sigma  float64 // px, before gradients
	radius float64 // of the least body, px
	bright float64 // least grey level of platelets and cells, smoothed over radius
}

// bodies are wide smooth places outside of the bare field, and which of them are as bright as fibres.
func (s smoothness) bodies(p opencv.Plane, covered []bool) (smooth, bright []bool, err error) {
	fine, err := opencv.Gaussian(p, s.sigma)
	if err != nil {
		return nil, nil, err
	}
	f := opencv.Plane{W: p.W, H: p.H, Pix: fine}
	gx, err := opencv.Derivative(f, 1, 0)
	if err != nil {
		return nil, nil, err
	}
	gy, err := opencv.Derivative(f, 0, 1)
	if err != nil {
		return nil, nil, err
	}
	calm := make([]bool, len(fine))
	for i := range calm {
		calm[i] = covered[i] && float64(gx[i]*gx[i]+gy[i]*gy[i]) < s.edge*s.edge
	}
	if smooth, err = opened(calm, p.W, p.H, s.radius, rimSigmas*s.sigma); err != nil {
		return nil, nil, err
	}
	wide, err := opencv.Gaussian(p, s.radius/2)
	if err != nil {
		return nil, nil, err
	}
	lit := make([]bool, len(calm))
	for i := range lit {
		lit[i] = calm[i] && float64(wide[i]) >= s.bright
	}
	bright, err = opened(lit, p.W, p.H, s.radius, rimSigmas*s.sigma)
	return smooth, bright, err
}

// opened is what discs of a radius inside the mask cover, and more around them by a rim in px.
func opened(mask []bool, w, h int, radius, rim float64) ([]bool, error) {
	deep, err := opencv.Distance(mask, w, h)
	if err != nil {
		return nil, err
	}
	away := make([]bool, len(mask))
	for i, d := range deep {
		away[i] = float64(d) < radius
	}
	far, err := opencv.Distance(away, w, h)
	if err != nil {
		return nil, err
	}
	for i, d := range far {
		away[i] = float64(d) < radius+rim
	}
	return away, nil
}

// rimSigmas is how far a body reaches into its edge, in sigmas of the gradients.
const rimSigmas = 2.5

// grown is the mask, and what of around lies within reach px of it.
func grown(mask, around []bool, w, h int, reach float64) ([]bool, error) {
	outside := make([]bool, len(mask))
	for i, m := range mask {
		outside[i] = !m
	}
	away, err := opencv.Distance(outside, w, h)
	if err != nil {
		return nil, err
	}
	for i, d := range away {
		outside[i] = mask[i] || around[i] && float64(d) < reach
	}
	return outside, nil
}
