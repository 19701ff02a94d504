package serial

import (
	"errors"
	"fmt"
	"image"
	"math"

	"explant/analysis/opencv"
)

// Picture is a section as it is registered: the optical density of its three colours, in levels from fine to
// coarse.
type Picture struct {
	W, H   int // pixels of the section
	levels []level
}

// level is a picture in which one value stands for step x step pixels.
type level struct {
	w, h int
	step float64
	od   [3][]float32 // less the glass of 255
	gx   [3][]float32 // change a pixel of the section
	gy   [3][]float32
}

// How pictures are made.
const (
	workSide   = 320 // the finest level has at most as many values along a side
	coarseSide = 96  // levels are halved while the coarsest has more
	smoothing  = 1.0 // sigma in values, against noise and single cells
)

// ErrPicture is returned where a picture holds too little to be registered.
var ErrPicture = errors.New("picture too small to be registered")

// NewPicture takes a reduced picture of a section of w x h pixels, in which one pixel is the mean of step x step.
func NewPicture(reduced *image.NRGBA, w, h, step int) (*Picture, error) {
	if reduced.Rect.Dx() < 32 || reduced.Rect.Dy() < 32 {
		return nil, fmt.Errorf("%d x %d pixels: %w, 32 x 32 are wanted", reduced.Rect.Dx(), reduced.Rect.Dy(), ErrPicture)
	}
	l := densities(reduced, float64(step))
	for max(l.w, l.h) > workSide {
		l = l.halved()
	}
	p := &Picture{W: w, H: h}
	for {
		if err := l.smooth(); err != nil {
			return nil, err
		}
		l.differentiate()
		p.levels = append(p.levels, l)
		if max(l.w, l.h) <= coarseSide || min(l.w, l.h) < 32 {
			return p, nil
		}
		l = l.halved()
	}
}

func densities(m *image.NRGBA, step float64) level {
	l := level{w: m.Rect.Dx(), h: m.Rect.Dy(), step: step}
	var od [256]float32
	for v := range od {
		od[v] = float32(-math.Log10((float64(v) + 1) / 256))
	}
	for c := range l.od {
		l.od[c] = make([]float32, l.w*l.h)
		for y := range l.h {
			for x := range l.w {
				l.od[c][y*l.w+x] = od[m.Pix[y*m.Stride+4*x+c]]
			}
		}
	}
	return l
}

// halved averages squares of four values; an odd last row or column is left out.
func (l level) halved() level {
	out := level{w: l.w / 2, h: l.h / 2, step: 2 * l.step}
	for c := range l.od {
		out.od[c] = make([]float32, out.w*out.h)
		for y := range out.h {
			for x := range out.w {
				at := 2*y*l.w + 2*x
				out.od[c][y*out.w+x] = (l.od[c][at] + l.od[c][at+1] + l.od[c][at+l.w] + l.od[c][at+l.w+1]) / 4
			}
		}
	}
	return out
}

func (l *level) smooth() (err error) {
	for c := range l.od {
		if l.od[c], err = opencv.Gaussian(opencv.Plane{W: l.w, H: l.h, Pix: l.od[c]}, smoothing); err != nil {
			return err
		}
	}
	return nil
}

// differentiate takes central differences; at the border they are 0, and no step is drawn from there.
func (l *level) differentiate() {
	scale := float32(1 / (2 * l.step))
	for c, od := range l.od {
		l.gx[c], l.gy[c] = make([]float32, len(od)), make([]float32, len(od))
		for y := 1; y < l.h-1; y++ {
			for x := 1; x < l.w-1; x++ {
				at := y*l.w + x
				l.gx[c][at] = (od[at+1] - od[at-1]) * scale
				l.gy[c][at] = (od[at+l.w] - od[at-l.w]) * scale
			}
		}
	}
}

// place is where the middle of a value lies, in pixels of the section.
func (l *level) place(x, y int) [2]float64 {
	return [2]float64{(float64(x)+0.5)*l.step - 0.5, (float64(y)+0.5)*l.step - 0.5}
}

// sampler finds the four values about a place; ok is false where one is missing.
func (l *level) sampler(p [2]float64) (at int, fx, fy float32, ok bool) {
	x, y := (p[0]+0.5)/l.step-0.5, (p[1]+0.5)/l.step-0.5
	if !(x >= 0 && y >= 0 && x < float64(l.w-1) && y < float64(l.h-1)) {
		return 0, 0, 0, false
	}
	ix, iy := int(x), int(y)
	return iy*l.w + ix, float32(x - float64(ix)), float32(y - float64(iy)), true
}

// bilinear blends four neighbouring values.
func bilinear(v []float32, w, at int, fx, fy float32) float32 {
	a, b, c, d := v[at], v[at+1], v[at+w], v[at+w+1]
	top := a + fx*(b-a)
	return top + fy*(c+fx*(d-c)-top)
}
