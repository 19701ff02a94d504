package sem

import (
	"fmt"
	"image"
	"math"

	"explant/analysis/opencv"
	"explant/volume"
)

// Field is what the microscope showed: one plane of grey levels, data bar and burnt-in text included.
type Field struct {
	Grid volume.Grid // N[2] == 1
	Grey []float32   // Grid.N[0]*Grid.N[1], row by row
}

// minSide is the smallest side of a field in pixels.
const minSide = 64

// Check reports a field that cannot be measured.
func (f Field) Check() error {
	if err := f.Grid.Check(); err != nil {
		return err
	}
	w, h := f.Grid.N[0], f.Grid.N[1]
	if f.Grid.N[2] != 1 || len(f.Grey) != w*h {
		return fmt.Errorf("field of %d x %d x %d pixels with %d grey levels: one plane is wanted", w, h, f.Grid.N[2], len(f.Grey))
	}
	if w < minSide || h < minSide {
		return fmt.Errorf("field of %d x %d pixels: at least %d x %d are wanted", w, h, minSide, minSide)
	}
	for i, v := range f.Grey {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return fmt.Errorf("pixel %d, %d is no number", i%w, i/w)
		}
	}
	return nil
}

// pixelNM is the side of a pixel in nm; 0 where it is unknown. Pixels must be square to a percent.
func (f Field) pixelNM() (float64, error) {
	s := f.Grid.Spacing
	if s[0] <= 0 || s[1] <= 0 {
		return 0, nil
	}
	if r := s[0] / s[1]; r < 0.99 || r > 1.01 {
		return 0, fmt.Errorf("pixels of %.4g x %.4g nm are not square: resample the field", 1e6*s[0], 1e6*s[1])
	}
	return 1e6 * (s[0] + s[1]) / 2, nil
}

// crop is the plane of the pixels in r.
func (f Field) crop(r image.Rectangle) opencv.Plane {
	p := opencv.Plane{W: r.Dx(), H: r.Dy(), Pix: make([]float32, 0, r.Dx()*r.Dy())}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		p.Pix = append(p.Pix, f.Grey[y*f.Grid.N[0]+r.Min.X:y*f.Grid.N[0]+r.Max.X]...)
	}
	return p
}

// at is the grey level between pixels, bilinear; pixel (i, j) has its middle at (i, j). The outermost pixels are
// repeated beyond the border.
func at(p opencv.Plane, x, y float64) float64 {
	x, y = min(max(x, 0), float64(p.W-1)), min(max(y, 0), float64(p.H-1))
	i, j := min(int(x), p.W-2), min(int(y), p.H-2)
	u, v := x-float64(i), y-float64(j)
	k := j*p.W + i
	top := float64(p.Pix[k])*(1-u) + float64(p.Pix[k+1])*u
	low := float64(p.Pix[k+p.W])*(1-u) + float64(p.Pix[k+p.W+1])*u
	return top*(1-v) + low*v
}
