package viewport

import (
	"math"
	"testing"
)

// near is the rounding that a few multiplications leave, in pixels.
const near = 1e-6

func TestFitShowsAll(t *testing.T) {
	for _, c := range []struct {
		name         string
		image, pixel [2]float64
		screen       [2]int
		scale        float64
	}{
		{"wide", [2]float64{4000, 1000}, [2]float64{1, 1}, [2]int{800, 600}, 0.2},
		{"tall", [2]float64{1000, 3000}, [2]float64{1, 1}, [2]int{800, 600}, 0.2},
		{"thick slices", [2]float64{100, 100}, [2]float64{1, 3}, [2]int{600, 600}, 2},
	} {
		v := Fit(c.image, c.pixel, c.screen)
		x0, y0, x1, y1 := v.Bounds()
		if math.Abs(v.Scale-c.scale) > near || x0 != 0 || y0 != 0 || x1 != c.image[0] || y1 != c.image[1] {
			t.Errorf("%s: scale %v, bounds %v %v %v %v", c.name, v.Scale, x0, y0, x1, y1)
		}
	}
}

func TestToScreenIsTheInverse(t *testing.T) {
	v := Fit([2]float64{500, 300}, [2]float64{1, 2}, [2]int{640, 480}).Zoom(100, 50, 3).Pan(17, -9)
	for _, p := range [][2]float64{{0, 0}, {640, 480}, {13.5, 400}} {
		x, y := v.ToScreen(v.ToImage(p[0], p[1]))
		if math.Abs(x-p[0]) > near || math.Abs(y-p[1]) > near {
			t.Errorf("%v became %v %v", p, x, y)
		}
	}
}

func TestZoomKeepsThePlaceUnderThePointer(t *testing.T) {
	v := Fit([2]float64{5000, 4000}, [2]float64{1, 1}, [2]int{800, 600})
	x, y := v.ToImage(300, 200)
	for range 12 {
		v = v.Zoom(300, 200, 1.25)
	}
	if jx, jy := v.ToImage(300, 200); math.Abs(jx-x) > near || math.Abs(jy-y) > near {
		t.Errorf("%v %v moved to %v %v", x, y, jx, jy)
	}
	for range 200 {
		v = v.Zoom(300, 200, 2)
	}
	if v.Scale != mostScale {
		t.Errorf("scale %v", v.Scale)
	}
	for range 200 {
		v = v.Zoom(300, 200, 0.5)
	}
	if long := v.Scale * 5000; math.Abs(long-smallestPic) > near {
		t.Errorf("the image is %v pixels long", long)
	}
}

func TestPanCannotLoseTheImage(t *testing.T) {
	v := Fit([2]float64{500, 500}, [2]float64{1, 1}, [2]int{100, 100}).Pan(1e9, -1e9)
	if v.Center != [2]float64{0, 500} {
		t.Errorf("centre %v", v.Center)
	}
}

func TestBar(t *testing.T) {
	for _, c := range []struct{ per, most, units, pixels float64 }{
		{0.001, 200, 0.2, 200}, {0.0007, 200, 0.1, 0.1 / 0.0007}, {3, 100, 200, 200. / 3}, {1, 99, 50, 50},
		{0, 100, 0, 0}, {math.NaN(), 100, 0, 0}, {math.Inf(1), 100, 0, 0},
	} {
		if u, p := Bar(c.per, c.most); math.Abs(u-c.units) > near || math.Abs(p-c.pixels) > near {
			t.Errorf("%v: %v units, %v pixels", c, u, p)
		}
	}
}
