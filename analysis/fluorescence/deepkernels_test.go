package fluorescence

import (
	"math"
	"math/rand/v2"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// room is a cleaner of an empty stack of these voxels.
func room(n [3]int, um, apart float64) cleaner {
	g := volume.Grid{N: n, Spacing: [3]float64{um / 1000, um / 1000, apart / 1000}}
	nucleus := Nucleus{TypicalUM: 6}
	return cleaner{Field: Field{Grid: g}, p: Params{Nucleus: &nucleus}, um: um, o: parallel.Options{Workers: 2}}
}

// balls are balls of a diameter in µm, at least so far from each other and from the faces, as bright as 100.
func (k cleaner) balls(r *rand.Rand, number int, d float64) (light []float32) {
	light = make([]float32, k.Grid.Len())
	size := [3]float64{float64(k.Grid.N[0]) * k.um, float64(k.Grid.N[1]) * k.um, float64(k.Grid.N[2]) * k.apartUM()}
	var at [][3]float64
	for len(at) < number {
		var p [3]float64
		for a := range p {
			p[a] = d/2 + r.Float64()*(size[a]-d)
		}
		clear := true
		for _, q := range at {
			clear = clear && math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2]) > 1.02*d
		}
		if clear {
			at = append(at, p)
		}
	}
	for i := range light {
		v := k.Grid.Position(i)
		for _, q := range at {
			x, y, z := (float64(v[0])+0.5)*k.um-q[0], (float64(v[1])+0.5)*k.um-q[1], (float64(v[2])+0.5)*k.apartUM()-q[2]
			if x*x+y*y+z*z <= d*d/4 {
				light[i] = 100
			}
		}
	}
	return light
}

func TestDiameterOfBallsInAStack(t *testing.T) {
	for _, c := range []struct {
		n         [3]int
		um, apart float64
		balls     int
		d         float64
	}{{[3]int{60, 60, 60}, 0.5, 0.5, 20, 6}, {[3]int{100, 100, 30}, 0.3, 1, 20, 6}, {[3]int{80, 80, 40}, 0.25, 0.5, 40, 3}, {[3]int{60, 60, 60}, 0.5, 0.5, 3, 9}} {
		k := room(c.n, c.um, c.apart)
		got, err := k.deepDiameter(t.Context(), k.balls(rand.New(rand.NewPCG(1, 2)), c.balls, c.d))
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got/c.d-1) > 0.15 { // scales are 15 % apart
			t.Errorf("balls of %g µm in voxels of %g and %g µm: %.3g µm", c.d, c.um, c.apart, got)
		}
	}
}

// The Laplacian of a Gaussian of a wave that runs along an axis is that wave times (2 pi sigma / length)² times what the
// Gaussian keeps.
func TestBlobsOfWaves(t *testing.T) {
	k := room([3]int{64, 64, 64}, 0.5, 1)
	for axis, spacing := range [3]float64{0.5, 0.5, 1} {
		const length, sigma = 16.0, 2.0
		light := make([]float32, k.Grid.Len())
		for i := range light {
			light[i] = float32(math.Cos(2 * math.Pi * float64(k.Grid.Position(i)[axis]) * spacing / length))
		}
		got, err := k.blobs(light, sigma)
		if err != nil {
			t.Fatal(err)
		}
		omega := 2 * math.Pi / length * sigma
		want := omega * omega * math.Exp(-omega*omega/2)
		middle := k.Grid.Offset(32, 32, 32)
		if v := float64(got[middle]) / float64(light[middle]); math.Abs(v-want) > 0.03*want {
			t.Errorf("along axis %d: %.4g times the wave, want %.4g", axis, v, want)
		}
	}
}

func TestMirrored(t *testing.T) {
	for i, want := range map[int]int{-7: 0, -6: 0, -5: 1, -3: 2, -1: 0, 0: 0, 2: 2, 3: 2, 5: 0, 6: 0, 8: 2} {
		if got := mirrored(i, 3); got != want {
			t.Errorf("%d in 0 to 2: %d, want %d", i, got, want)
		}
	}
}

func TestGrainIsTheNoiseOfVoxels(t *testing.T) {
	k, r := room([3]int{80, 80, 20}, 0.3, 1), rand.New(rand.NewPCG(3, 4))
	light := k.balls(r, 10, 5)
	for i := range light {
		light[i] += float32(12 * r.NormFloat64())
	}
	if got := k.grain(light); math.Abs(got/12-1) > 0.05 {
		t.Errorf("noise of 12 beside balls: %.4g", got)
	}
	for i := range light { // noise alone tells what the smoothing keeps
		light[i] = float32(12 * r.NormFloat64())
	}
	smooth, err := k.gaussian(light, 0.6)
	if err != nil {
		t.Fatal(err)
	}
	want := lowerSD(smooth)
	if got := k.smoothedNoise(light, smooth, 0.6); math.Abs(got/want-1) > 0.1 { // faces keep more
		t.Errorf("smoothed noise is %.4g, foretold %.4g", want, got)
	}
}

// The valley between two hills, as far from the one as from the other, parts them.
func TestDeepFloodOfTwoHills(t *testing.T) {
	k := room([3]int{21, 5, 5}, 1, 2)
	v, mask := make([]float32, k.Grid.Len()), make([]bool, k.Grid.Len())
	for i := range v {
		p := k.Grid.Position(i)
		side := math.Hypot(float64(p[1]-2), 2*float64(p[2]-2))
		v[i], mask[i] = float32(20-math.Hypot(side, min(math.Abs(float64(p[0]-4)), math.Abs(float64(p[0]-15))))), true
	}
	seeds := k.deepSummits(v, mask, 4)
	if len(seeds) != 2 {
		t.Fatalf("%d summits of two hills", len(seeds))
	}
	left := flood(v, mask, seeds, k.Grid.N[0], k.Grid.N[1])
	for i, n := range left {
		x := k.Grid.Position(i)[0]
		if hill := v[seeds[n-1]]; x != 9 && x != 10 && (x < 10) != (k.Grid.Position(seeds[n-1])[0] < 10) {
			t.Fatalf("voxel at x %d went to the hill of height %g on the other side", x, hill)
		}
	}
}
