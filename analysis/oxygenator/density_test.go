package oxygenator

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/spatial/r3"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/filter"
	"explant/volume/parallel"
)

// A window smooths as the Gaussian filter does, at its edges too.
func TestWindowSmoothsAsTheFilter(t *testing.T) {
	v := volume.New[float32](volume.Grid{N: [3]int{13, 9, 11}})
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range v.Data {
		v.Data[i] = rng.Float32()
	}
	want, err := filter.Gaussian(t.Context(), v, [3]float64{0.9, 0.9, 0.9}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var w window
	w.lay(v.N, [3]int{}, v.N, margin)
	k := half(gaussTaps(0.9))
	w.smooth(w.out, v.Data, &k, true)
	for i, g := range w.out {
		if abs(float64(g-want.Data[i])) > 1e-5 {
			t.Fatalf("voxel %d: %g, want %g", i, g, want.Data[i])
		}
	}
}

// ballScene is the blurred excess of a ball of contrast 1 in air, which lies across four bricks.
func ballScene(t *testing.T, radius float64) *clean {
	t.Helper()
	g := volume.Grid{N: [3]int{64, 64, 24}}
	middle := r3.Vec{X: 47.3, Y: 48.1, Z: 11.6}
	sharp := volume.New[float32](g)
	for i := range sharp.Data {
		x, y, z := split(g, i)
		for k := range 64 { // points of the voxel
			q := r3.Vec{X: float64(x) + float64(k%4)/4 - 0.375, Y: float64(y) + float64(k/4%4)/4 - 0.375, Z: float64(z) + float64(k/16)/4 - 0.375}
			if r3.Norm2(r3.Sub(q, middle)) < radius*radius {
				sharp.Data[i] += 1.0 / 64
			}
		}
	}
	blurred, err := filter.Gaussian(t.Context(), sharp, [3]float64{0.8, 0.8, 0.8}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &clean{labels: volume.New[uint8](g), excess: blurred, open: volume.New[uint8](g), free: volume.New[uint8](g)}
	for i := range c.free.Data {
		c.open.Data[i], c.free.Data[i] = 255, 255
	}
	return c
}

// The volume of large balls comes back, whatever the bricks; small ones shrink under the smoothing.
func TestSolveGivesBackTheVolumeOfABall(t *testing.T) {
	for _, ball := range []struct{ radius, low, high float64 }{{3, 0.25, 0}, {5, 0.08, 0.01}, {8, 0.035, 0.01}} {
		c := ballScene(t, ball.radius)
		s := newSolver(c, 1, 0.8, noise{sd: 0.08, correlation: 0.5}, defaultSmoothness)
		if err := s.solve(t.Context(), parallel.Options{}, nil); err != nil {
			t.Fatal(err)
		}
		n := 0.0
		for _, l := range c.labels.Data {
			if l == segment.Deposit {
				n++
			}
		}
		whole := 4 * math.Pi / 3 * ball.radius * ball.radius * ball.radius
		if share := n / whole; share < 1-ball.low || share > 1+ball.high {
			t.Errorf("radius %g: %g voxels of %.0f", ball.radius, n, whole)
		}
	}
}

// The steps end where the gradient is that of a solution: flat where the density is free to move.
func TestDescendEndsNearTheMinimum(t *testing.T) {
	c := ballScene(t, 5)
	s := newSolver(c, 1, 0.8, noise{sd: 0.08, correlation: 0.5}, defaultSmoothness)
	var w window
	w.lay(c.labels.N, [3]int{24, 24, 0}, [3]int{64, 64, 24}, margin)
	if !s.fill(&w) {
		t.Fatal("nothing found")
	}
	s.descend(&w)
	few := append([]float32(nil), w.x...)
	for range 4 {
		s.descend(&w)
	}
	for i, x := range w.x {
		if abs(float64(x-few[i])) > 0.03 {
			t.Fatalf("voxel %d still moves by %g", i, x-few[i])
		}
	}
}

func TestSectorsAreThoseOfTheAngle(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 10000 {
		a, b := rng.Float64()-0.5, rng.Float64()-0.5
		if want := int((math.Atan2(b, a)/(2*math.Pi)+1)*sectors) % sectors; sectorOf(a, b) != want {
			t.Fatalf("(%g, %g): %d, want %d", a, b, sectorOf(a, b), want)
		}
	}
}

func TestGainAlongARowIsTheGain(t *testing.T) {
	var g gain
	rng := rand.New(rand.NewPCG(9, 10))
	for i := range g.c {
		g.c[i] = rng.NormFloat64()
	}
	v := volume.Grid{N: [3]int{7, 5, 6}}
	r := g.reader(v)
	for i := range v.Len() {
		if d := r.at(i) - g.at(v, i); abs(d) > 1e-12 {
			t.Fatalf("voxel %d differs by %g", i, d)
		}
	}
}

// Planted rings are taken away; what has none is left nearly as it is.
func TestRingsAreTakenAway(t *testing.T) {
	const sd, strength = 0.05, 0.03
	for _, planted := range []float64{0, strength} {
		g := volume.Grid{N: [3]int{90, 90, 16}}
		c := &clean{labels: volume.New[uint8](g), excess: volume.New[float32](g), free: volume.New[uint8](g)}
		rng := rand.New(rand.NewPCG(11, 12))
		ring := make([]float64, 70)
		for k := range ring {
			ring[k] = planted * rng.NormFloat64()
		}
		radius := radii(g)
		for i := range c.excess.Data {
			r := float64(radius[i%len(radius)])
			k := int(r)
			c.excess.Data[i] = float32((1+float64(k)-r)*ring[k] + (r-float64(k))*ring[k+1] + sd*rng.NormFloat64())
		}
		found, err := c.removeRings(t.Context(), 1, sd, parallel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		left := 0.0
		for _, e := range c.excess.Data {
			left += float64(e) * float64(e) / float64(len(c.excess.Data))
		}
		if abs(found-planted) > 0.4*strength || // reading between two circles evens them out
			math.Sqrt(left) > 1.03*sd {
			t.Errorf("rings of %g found as %g, %g left of noise %g", planted, found, math.Sqrt(left), sd)
		}
	}
}

func BenchmarkSolve(b *testing.B) {
	g := volume.Grid{N: [3]int{96, 96, 96}}
	c := &clean{labels: volume.New[uint8](g), excess: volume.New[float32](g), open: volume.New[uint8](g), free: volume.New[uint8](g)}
	for i := range c.free.Data {
		c.open.Data[i], c.free.Data[i] = 255, 255
		x, y, z := split(g, i)
		c.excess.Data[i] = float32((x/16 + y/16 + z/16) % 2)
	}
	s := newSolver(c, 1, 0.8, noise{sd: 0.08, correlation: 0.5}, defaultSmoothness)
	b.Run("n=96", func(b *testing.B) {
		b.SetBytes(int64(4 * g.Len()))
		for b.Loop() {
			if err := s.solve(b.Context(), parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
