package oxygenator

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/spatial/r3"

	"explant/volume"
	"explant/volume/parallel"
)

// The shifted error function stands for a disc under a Gaussian; brute force sums the Gaussian over
// the disc's points.
func TestDiscEqualsBruteForce(t *testing.T) {
	const tolerance = 0.006 // of the step, for radii above 5 sigma
	for _, c := range []struct{ r, sigma float64 }{{9.5, 0.85}, {5, 0.85}, {7, 1.2}} {
		for d := c.r - 3; d < c.r+3; d += 0.5 {
			want, step := 0.0, 0.05
			for x := -c.r; x <= c.r; x += step {
				for y := -c.r; y <= c.r; y += step {
					if x*x+y*y < c.r*c.r {
						e := (x-d)*(x-d) + y*y
						want += step * step * math.Exp(-e/(2*c.sigma*c.sigma)) / (2 * math.Pi * c.sigma * c.sigma)
					}
				}
			}
			if got := disc(d, c.r, c.sigma); math.Abs(got-want) > tolerance {
				t.Errorf("radius %g sigma %g at %g: %.4f, want %.4f", c.r, c.sigma, d, got, want)
			}
		}
	}
}

func TestCircleIsFoundFromAnArc(t *testing.T) {
	for name, c := range map[string]struct {
		x, y, r float64
		rays    int
	}{"whole": {0.8, -1.1, 6, rays}, "half": {0.3, 0.5, 5.5, rays / 2}, "third": {-0.4, 0.2, 7, rays / 3}} {
		var hit [rays]float64
		for k := range hit {
			hit[k] = gone
			if k < c.rays {
				s, cs := math.Sincos(2 * math.Pi * float64(k) / rays)
				along := cs*c.x + s*c.y
				hit[k] = along + math.Sqrt(along*along+c.r*c.r-c.x*c.x-c.y*c.y)
			}
		}
		got, ok := fitCircle(hit)
		if !ok || math.Abs(got.x-c.x)+math.Abs(got.y-c.y)+math.Abs(got.r-c.r) > 1e-3 || got.share != 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	var none [rays]float64
	for k := range none {
		none[k] = missed
	}
	if _, ok := fitCircle(none); ok {
		t.Error("a circle without walls")
	}
}

func TestRadiiAndLevelsOfAnExactProfile(t *testing.T) {
	real := levels{air: 100, polymer: 300, deposit: 500, sigma: 0.9}
	sh := shape{outer: 9.5, innerLo: 5, innerHi: 7}
	var curves []curve
	for _, inner := range []float64{5.1, 5.8, 6.3, 6.9} {
		c := curve{inner: 6, outer: 9.2, used: 50}
		for b := range c.used {
			d := center(b)
			c.n[b] = d
			c.mean[b] = real.air + (real.polymer-real.air)*(disc(d, 9.5, 0.9)-disc(d, inner, 0.9))
		}
		curves = append(curves, c)
	}
	got, err := search(t.Context(), curves, levels{air: 110, polymer: 280, deposit: 500, sigma: 1}, sh, 0.05, 400, parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.air-100) > 1 || math.Abs(got.polymer-300) > 3 || math.Abs(got.sigma-0.9) > 0.01 {
		t.Errorf("levels %+v", got)
	}
	for i, inner := range []float64{5.1, 5.8, 6.3, 6.9} {
		curves[i].fit(real, sh)
		if math.Abs(curves[i].inner-inner) > 0.01 || math.Abs(curves[i].outer-9.5) > 0.01 {
			t.Errorf("radii %.3f %.3f", curves[i].inner, curves[i].outer)
		}
	}
}

func TestMinimizeFindsTheBottomOfAValley(t *testing.T) {
	f := func(x []float64) float64 {
		a, b := 1-x[0], x[1]-x[0]*x[0]
		return a*a + 10*b*b + x[2]*x[2]
	}
	x := minimize(f, []float64{-1, 1, 0.5}, 0.3, 1e-12, 2000)
	if math.Abs(x[0]-1)+math.Abs(x[1]-1)+math.Abs(x[2]) > 1e-3 {
		t.Errorf("at %v", x)
	}
}

func TestGainOfAKnownField(t *testing.T) {
	g := volume.Grid{N: [3]int{40, 40, 40}}
	want := flatGain()
	want.c[1], want.c[4], want.c[9] = 0.02, 0.06, -0.06
	var n normal
	for i := 0; i < g.Len(); i += 3 {
		level := 100 + float64(i%5)*50
		n.add(g, i, level*want.at(g, i), level)
	}
	got := n.solve()
	for i := 0; i < g.Len(); i += 997 {
		if math.Abs(got.at(g, i)-want.at(g, i)) > 1e-4 {
			t.Fatalf("voxel %d: %.5f, want %.5f", i, got.at(g, i), want.at(g, i))
		}
	}
}

// Every voxel near a bent fibre belongs to exactly one of its pieces.
func TestPiecesLeaveNoGap(t *testing.T) {
	g := volume.Grid{N: [3]int{64, 64, 64}}
	f := &fibre{knots: []r3.Vec{{X: -30, Y: 20, Z: 20}, {X: 12, Y: 24, Z: 21}, {X: 24, Y: 31, Z: 25}, {X: 40, Y: 35, Z: 34}, {X: 100, Y: 40, Z: 40}}}
	f.orient()
	seen := make([]int, g.Len())
	for k := range len(f.knots) - 1 {
		p := f.piece(k)
		p.each(g, 9, 0, 64, func(at int, _, _ float64) { seen[at]++ })
	}
	once := 0
	for i, n := range seen {
		x, y, z := split(g, i)
		p := r3.Vec{X: float64(x), Y: float64(y), Z: float64(z)}
		near := math.Inf(1)
		for k := range len(f.knots) - 1 {
			a, d := f.knots[k], r3.Sub(f.knots[k+1], f.knots[k])
			s := bound(r3.Dot(r3.Sub(p, a), d)/r3.Norm2(d), 0, 1)
			near = min(near, r3.Norm(r3.Sub(p, along(a, d, s))))
		}
		if near < 8 && n != 1 {
			t.Fatalf("voxel %d %d %d at %.1f from the axis belongs to %d pieces", x, y, z, near, n)
		}
		once += n
	}
	if once == 0 {
		t.Fatal("no voxels")
	}
}

// The shift and the ovality of both surfaces come back from an exact profile, half of whose outer
// surface is hidden.
func TestOutlineOfAnExactProfile(t *testing.T) {
	const tolerance = 0.06 // voxels: the pull to a round tube
	lv := levels{air: 100, polymer: 300, sigma: 0.9}
	want := fibre{inner: 6, outer: 9.5, innerShape: outline{0.2, -0.1, 0.15, 0.1}, outerShape: outline{0, 0, -0.3, 0.25}}
	f := &fibre{inner: 6, outer: 9.5, profile: &profile{}}
	for k := range sectors {
		s, c := math.Sincos(2 * math.Pi * (float64(k) + 0.5) / sectors)
		end := 50
		if k >= sectors/2 {
			end = 31
		}
		for b := range end {
			d := center(b)
			f.profile.n[k][b] = d
			f.profile.sum[k][b] = d * lv.fibreAt(d*c, d*s, &want)
		}
	}
	f.fitOutlines(lv)
	for i := range want.innerShape {
		if math.Abs(f.innerShape[i]-want.innerShape[i]) > tolerance || math.Abs(f.outerShape[i]-want.outerShape[i]) > tolerance {
			t.Fatalf("inner %.3f, outer %.3f", f.innerShape, f.outerShape)
		}
	}
}
