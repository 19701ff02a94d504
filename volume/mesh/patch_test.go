package mesh

import (
	"math"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/shape"
)

// The patches of all cells make up the surface, whose area is that of the ball.
func TestPatchesMakeUpTheSurface(t *testing.T) {
	g := volume.Grid{N: [3]int{30, 24, 20}, Spacing: [3]float64{0.02, 0.025, 0.03}}
	ball := shape.Sphere{Center: shape.Point{0.3, 0.29, 0.28}, Radius: 0.21}
	v, err := shape.Coverage(t.Context(), g, ball, 6, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Isosurface(t.Context(), v, 0.5, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	area, moment := 0.0, [3]float64{}
	for i := range v.Data {
		p := g.Position(i)
		if p[0]+1 == g.N[0] || p[1]+1 == g.N[1] || p[2]+1 == g.N[2] {
			continue
		}
		var values [8]float32
		for c := range values {
			values[c] = v.At(p[0]+c&1, p[1]+c>>1&1, p[2]+c>>2&1)
		}
		Patch(&values, 0.5, g.Spacing, func(a float64, middle [3]float64) {
			area += a
			for k := range moment {
				moment[k] += a * (middle[k] + float64(p[k])*g.Spacing[k])
			}
		})
	}
	if math.Abs(area/s.Area()-1) > 1e-5 {
		t.Errorf("patches sum to %g mm², the surface to %g", area, s.Area())
	}
	if math.Abs(area/ball.Area()-1) > 0.02 {
		t.Errorf("%g mm², the ball has %g", area, ball.Area())
	}
	for k, m := range moment {
		if math.Abs(m/area-ball.Center[k]) > 0.002 {
			t.Errorf("the middle along axis %d is %g mm, want %g", k, m/area, ball.Center[k])
		}
	}
}
