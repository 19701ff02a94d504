package phantom

import (
	"math"
	"math/rand/v2"
	"testing"
)

// lens is the textbook area that two circles share.
func lens(d, r, s float64) float64 {
	a := r * r * math.Acos((d*d+r*r-s*s)/(2*d*r))
	b := s * s * math.Acos((d*d+s*s-r*r)/(2*d*s))
	return a + b - math.Sqrt((-d+r+s)*(d+r-s)*(d-r+s)*(d+r+s))/2
}

func TestIntersectionOfTwoDiscsIsALens(t *testing.T) {
	for _, c := range []struct{ d, r, s float64 }{{1, 1, 1}, {0.5, 4.3, 4.1}, {2, 4.7, 6.2}, {5, 4, 2}} {
		got := intersect(disc{0.3, -0.2, c.r}, disc{0.3 + c.d*0.6, -0.2 + c.d*0.8, c.s})
		if want := lens(c.d, c.r, c.s); math.Abs(got.area-want) > 1e-12*want {
			t.Errorf("%+v: %v, want %v", c, got.area, want)
		}
	}
}

func TestIntersectionsThatAreDiscsOrNothing(t *testing.T) {
	small, large := disc{1, 0, 2}, disc{0, 0, 4}
	for name, c := range map[string]struct {
		discs           []disc
		area, perimeter float64
	}{
		"one":      {[]disc{small}, 4 * math.Pi, 4 * math.Pi},
		"nested":   {[]disc{large, small}, 4 * math.Pi, 4 * math.Pi},
		"twice":    {[]disc{small, small, large}, 4 * math.Pi, 4 * math.Pi},
		"apart":    {[]disc{small, {9, 0, 1}}, 0, 0},
		"touching": {[]disc{{2, 0, 2}, large}, 4 * math.Pi, 4 * math.Pi},
	} {
		got := intersect(c.discs...)
		if math.Abs(got.area-c.area) > 1e-9 || math.Abs(got.perimeter-c.perimeter) > 1e-9 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A million points decide to 0.3 %, several of their standard errors.
func TestIntersectionOfManyDiscsEqualsCounting(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 5 {
		discs := []disc{{0, 0, 3}}
		for range 3 {
			discs = append(discs, disc{2 * rng.Float64(), 2 * rng.Float64(), 1.8 + 2*rng.Float64()})
		}
		hits := 0
		const n = 1_000_000
		for range n {
			x, y := 6*rng.Float64()-3, 6*rng.Float64()-3
			if discs[0].contains(x, y) && discs[1].contains(x, y) && discs[2].contains(x, y) && discs[3].contains(x, y) {
				hits++
			}
		}
		got, want := intersect(discs...).area, 36*float64(hits)/n
		if math.Abs(got-want) > 0.003*want+0.01 {
			t.Errorf("%v: %v, counted %v", discs, got, want)
		}
	}
}

func TestRayReachesTheRim(t *testing.T) {
	d := disc{1, 2, 3}
	for k := range 12 {
		angle := float64(k) * math.Pi / 6
		r := d.ray(0.5, 1, angle)
		sin, cos := math.Sincos(angle)
		if got := math.Hypot(0.5+r*cos-d.x, 1+r*sin-d.y); math.Abs(got-d.r) > 1e-12 {
			t.Errorf("angle %v ends at %v from the centre", angle, got)
		}
	}
}
