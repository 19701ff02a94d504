package distance

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// solid marks the voxels whose centre, in mm from the middle of the volume, is inside.
func solid(n [3]int, s [3]float64, inside func(p [3]float64) bool) *volume.Labels {
	l := volume.New[uint8](volume.Grid{N: n, Spacing: s})
	for i := range l.Data {
		if inside(place(l, i)) {
			l.Data[i] = 2
		}
	}
	return l
}

func place(l *volume.Labels, i int) [3]float64 {
	c := [3]int{i % l.N[0], i / l.N[0] % l.N[1], i / l.N[0] / l.N[1]}
	var p [3]float64
	for a := range 3 {
		p[a] = (float64(c[a]) - float64(l.N[a]-1)/2) * l.Spacing[a]
	}
	return p
}

func to(t *testing.T, l *volume.Labels) *volume.Volume[float32] {
	t.Helper()
	d, err := To(t.Context(), l, label.Of(2), parallel.Options{Workers: 2, Depth: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSlabsAreExactAlongEveryAxis(t *testing.T) {
	n, s := [3]int{12, 11, 10}, [3]float64{0.01, 0.025, 0.06}
	for a := range 3 {
		l := solid(n, s, func(p [3]float64) bool { return p[a] < -s[a] })
		face := 0.0
		for i := range l.Data { // the interface: half a voxel beyond the last site
			if l.Data[i] == 2 {
				face = math.Max(face, place(l, i)[a]+float64(n[a])*s[a]) // shifted to stay positive
			}
		}
		face += s[a]/2 - float64(n[a])*s[a]
		d := to(t, l)
		for i := range l.Data {
			want := math.Max(place(l, i)[a]-face, 0)
			if l.Data[i] == 2 {
				want = 0
			}
			if math.Abs(float64(d.Data[i])-want) > 1e-7 {
				t.Fatalf("axis %c, voxel %d: %g mm, want %g", "xyz"[a], i, d.Data[i], want)
			}
		}
	}
}

// brute returns the distances by the definition: to any of the sites whose centre is nearest.
func brute(l *volume.Labels, i int) (least []float64) {
	type site struct{ d, steps float64 }
	var sites []site
	nearest := math.Inf(1)
	for j, class := range l.Data {
		if class != 2 {
			continue
		}
		p, q := place(l, i), place(l, j)
		var d2, steps float64
		for a := range 3 {
			d2 += (p[a] - q[a]) * (p[a] - q[a])
			k := math.Round((p[a] - q[a]) / l.Spacing[a])
			steps += k * k
		}
		sites = append(sites, site{math.Sqrt(d2), math.Sqrt(steps)})
		nearest = min(nearest, math.Sqrt(d2))
	}
	for _, s := range sites {
		if s.d < nearest+1e-9 {
			least = append(least, math.Max(s.d*(1-0.5/math.Max(s.steps, 0.5)), 0))
		}
	}
	return least
}

func TestEqualsBruteForce(t *testing.T) {
	for seed, c := range []struct {
		n     [3]int
		s     [3]float64
		share float64
	}{
		{[3]int{9, 8, 13}, [3]float64{0.02, 0.02, 0.02}, 0.02},
		{[3]int{9, 8, 13}, [3]float64{0.02, 0.031, 0.07}, 0.01},
		{[3]int{13, 7, 9}, [3]float64{0.04, 0.02, 0.01}, 0.05},
		{[3]int{1, 12, 5}, [3]float64{0.1, 0.01, 0.03}, 0.1},
		{[3]int{6, 6, 1}, [3]float64{0.1, 0.3, 0.2}, 0.1},
	} {
		r := rand.New(rand.NewPCG(uint64(seed), 4))
		l := solid(c.n, c.s, func([3]float64) bool { return r.Float64() < c.share })
		l.Data[r.IntN(l.Len())] = 2
		d := to(t, l)
		for i := range d.Data {
			want := brute(l, i)
			if !slices.ContainsFunc(want, func(w float64) bool { return math.Abs(w-float64(d.Data[i])) < 1e-6 }) {
				t.Fatalf("seed %d, voxel %d: %g mm, want one of %g", seed, i, d.Data[i], want)
			}
		}
	}
}

// A digital surface lies up to half a voxel from the true one, so single distances may be off by
// about half the largest spacing. On curved and oblique surfaces the nearest of many site centres
// lies closer to the surface than half a voxel, and distances come out too short: on average over
// a whole volume by up to 0.37 of a spacing (ball of cubes), against 0 on a plane along the grid.
func TestRoundSurfacesWithAnisotropicSpacing(t *testing.T) {
	for _, c := range []struct {
		name    string
		s       [3]float64
		surface func(p [3]float64) float64 // signed distance, mm
	}{
		{"sphere, cubes", [3]float64{0.02, 0.02, 0.02}, ball},
		{"sphere, 1:1:2", [3]float64{0.02, 0.02, 0.04}, ball},
		{"sphere, 1:1.5:0.5", [3]float64{0.02, 0.03, 0.01}, ball},
		{"tube, cubes", [3]float64{0.02, 0.02, 0.02}, tube},
		{"tube, 1:2:1", [3]float64{0.02, 0.04, 0.02}, tube},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := [3]int{int(1.2 / c.s[0]), int(1.2 / c.s[1]), int(1.2 / c.s[2])}
			l := solid(n, c.s, func(p [3]float64) bool { return c.surface(p) <= 0 })
			d := to(t, l)
			largest := max(c.s[0], c.s[1], c.s[2])
			var sum, worst float64
			k := 0
			for i := range d.Data {
				if want := c.surface(place(l, i)); want > 0 {
					e := float64(d.Data[i]) - want
					sum, worst, k = sum+e, max(worst, math.Abs(e)), k+1
				}
			}
			bias := sum / float64(k) / largest
			t.Logf("bias %+.3f, worst %.3f of the largest spacing", bias, worst/largest)
			if worst > 0.6*largest || bias < -0.40 || bias > 0.1 {
				t.Errorf("bias %+.3f, worst %.3f of the largest spacing", bias, worst/largest)
			}
		})
	}
}

func ball(p [3]float64) float64 { return math.Sqrt(p[0]*p[0]+p[1]*p[1]+p[2]*p[2]) - 0.3 }
func tube(p [3]float64) float64 { return math.Hypot(p[0], p[1]) - 0.3 }

func TestWorkersAndSlabsDoNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	l := solid([3]int{21, 22, 23}, [3]float64{1, 2, 3}, func([3]float64) bool { return r.IntN(200) == 0 })
	one := to(t, l)
	for _, o := range []parallel.Options{{Workers: 1}, {Workers: 8, Depth: 1}, {Workers: 2, Depth: 100}} {
		d, err := To(t.Context(), l, label.Of(2), o, nil)
		if err != nil || !slices.Equal(d.Data, one.Data) {
			t.Errorf("%+v: differs (%v)", o, err)
		}
	}
}

func TestCentersLeaveTheHalfVoxelOn(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 9))
	l := solid([3]int{9, 10, 11}, [3]float64{0.02, 0.02, 0.02}, func([3]float64) bool { return r.IntN(50) == 0 })
	d := to(t, l)
	c, err := Centers(t.Context(), l, label.Of(2), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Data { // on cubes the half voxel is half an edge in every direction
		want := float64(d.Data[i]) + 0.01
		if l.Data[i] == 2 {
			want = 0
		}
		if math.Abs(float64(c.Data[i])-want) > 1e-7 {
			t.Fatalf("voxel %d: %g mm, want %g", i, c.Data[i], want)
		}
	}
}

func TestExtremes(t *testing.T) {
	cube := [3]float64{1, 1, 1}
	none := solid([3]int{5, 4, 3}, cube, func([3]float64) bool { return false })
	if _, err := To(t.Context(), none, label.Of(2), parallel.Options{}, nil); !errors.Is(err, ErrNoSites) {
		t.Errorf("no sites: %v", err)
	}
	all := solid([3]int{5, 4, 3}, cube, func([3]float64) bool { return true })
	if d := to(t, all); slices.Max(d.Data) != 0 {
		t.Errorf("all sites: farthest %g", slices.Max(d.Data))
	}
	all.Spacing[2] = 0
	if _, err := To(t.Context(), all, label.Of(2), parallel.Options{}, nil); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("unknown spacing: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := To(ctx, none, label.Of(2), parallel.Options{}, nil); err == nil {
		t.Error("cancelled, and no error")
	}
}

func ExampleTo() {
	l := volume.New[uint8](volume.Grid{N: [3]int{4, 1, 1}, Spacing: [3]float64{0.02, 0.02, 0.02}})
	l.Data[0] = 2 // polymer; the voxel beside it begins right at the interface
	d, _ := To(context.Background(), l, label.Of(2), parallel.Options{}, nil)
	fmt.Println(d.Data)
	// Output: [0 0.01 0.03 0.05]
}

func BenchmarkTo(b *testing.B) {
	for _, n := range []int{128, 256} {
		s := [3]float64{0.02, 0.02, 0.02}
		l := solid([3]int{n, n, n}, s, func(p [3]float64) bool { // tubes 0.38 mm wide, 0.5 mm apart
			return math.Hypot(math.Remainder(p[0], 0.5), math.Remainder(p[1], 0.5)) < 0.19
		})
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.SetBytes(int64(l.Len()))
			for b.Loop() {
				if _, err := To(b.Context(), l, label.Of(2), parallel.Options{}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
