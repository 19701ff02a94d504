// Package viewport places a picture on a part of the screen: which pixel of the image is under which
// pixel of the screen, and how zooming and panning change it.
package viewport

import "math"

// View is an image seen through a window of the screen. The zero value shows nothing; Fit gives a first
// view. It is a value: every change returns a new one.
type View struct {
	Image  [2]float64 // size of the image in its pixels
	Pixel  [2]float64 // size of a pixel relative to the smaller of the two sides, 1 or more
	Screen [2]int     // size of the window in pixels of the screen
	Center [2]float64 // the place of the image at the middle of the window, in its pixels
	Scale  float64    // pixels of the screen a pixel of the image, along its smaller side
}

// The range of Scale: beyond it nothing more is seen.
const (
	mostScale   = 64
	smallestPic = 32 // pixels of the screen that the whole image keeps
)

// Fit shows the whole image in the window.
func Fit(image, pixel [2]float64, screen [2]int) View {
	v := View{Image: image, Pixel: pixel, Screen: screen}
	return v.Fit()
}

// Fit shows the whole image in the same window.
func (v View) Fit() View {
	v.Center = [2]float64{v.Image[0] / 2, v.Image[1] / 2}
	v.Scale = v.fitScale()
	return v
}

func (v View) fitScale() float64 {
	w, h := v.Image[0]*v.Pixel[0], v.Image[1]*v.Pixel[1]
	if w <= 0 || h <= 0 {
		return 1
	}
	return min(float64(max(v.Screen[0], 1))/w, float64(max(v.Screen[1], 1))/h)
}

// Factor is the pixels of the screen a pixel of the image along both axes.
func (v View) Factor() (x, y float64) { return v.Scale * v.Pixel[0], v.Scale * v.Pixel[1] }

// ToImage is the place of the image under a place of the window.
func (v View) ToImage(x, y float64) (ix, iy float64) {
	fx, fy := v.Factor()
	return v.Center[0] + (x-float64(v.Screen[0])/2)/fx, v.Center[1] + (y-float64(v.Screen[1])/2)/fy
}

// ToScreen is the place of the window over a place of the image.
func (v View) ToScreen(ix, iy float64) (x, y float64) {
	fx, fy := v.Factor()
	return float64(v.Screen[0])/2 + (ix-v.Center[0])*fx, float64(v.Screen[1])/2 + (iy-v.Center[1])*fy
}

// Pan moves the picture by pixels of the screen.
func (v View) Pan(dx, dy float64) View {
	fx, fy := v.Factor()
	v.Center[0] -= dx / fx
	v.Center[1] -= dy / fy
	return v.held()
}

// Zoom multiplies the scale; the place of the image under (x, y) stays there.
func (v View) Zoom(x, y, factor float64) View {
	ix, iy := v.ToImage(x, y)
	least := min(v.fitScale(), smallestPic/max(v.Image[0]*v.Pixel[0], v.Image[1]*v.Pixel[1], 1))
	v.Scale = min(max(v.Scale*factor, least), mostScale)
	jx, jy := v.ToImage(x, y)
	v.Center[0] += ix - jx
	v.Center[1] += iy - jy
	return v.held()
}

// CenterOn brings a place of the image to the middle.
func (v View) CenterOn(ix, iy float64) View {
	v.Center = [2]float64{ix, iy}
	return v.held()
}

// Resize gives the window another size; the middle and the scale stay.
func (v View) Resize(w, h int) View {
	v.Screen = [2]int{w, h}
	return v
}

// held keeps the middle of the window on the image, so that it cannot be lost.
func (v View) held() View {
	for a := range 2 {
		v.Center[a] = min(max(v.Center[a], 0), v.Image[a])
	}
	return v
}

// Bounds is the part of the image in the window, cut at its border: [x0, y0, x1, y1) in its pixels.
func (v View) Bounds() (x0, y0, x1, y1 float64) {
	x0, y0 = v.ToImage(0, 0)
	x1, y1 = v.ToImage(float64(v.Screen[0]), float64(v.Screen[1]))
	return max(x0, 0), max(y0, 0), min(x1, v.Image[0]), min(y1, v.Image[1])
}

// Bar is a scale bar: its length in units, a 1, 2 or 5 with zeros, and in pixels of the screen, at most
// most of them. perPixel is the units a pixel of the screen.
func Bar(perPixel, most float64) (units, pixels float64) {
	if !(perPixel > 0) || math.IsInf(perPixel, 0) {
		return 0, 0
	}
	decade := math.Pow(10, math.Floor(math.Log10(perPixel*most)))
	for _, step := range []float64{5, 2, 1} {
		if step*decade <= perPixel*most {
			return step * decade, step * decade / perPixel
		}
	}
	return decade, decade / perPixel
}
