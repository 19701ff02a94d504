package geodesic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"explant/volume"
	"explant/volume/label"
)

var open = label.Of(1)

func space1(n [3]int, spacing [3]float64, f func(x, y, z float64) bool) *volume.Labels {
	l := volume.New[uint8](volume.Grid{N: n, Spacing: spacing})
	for i := range l.Data {
		if p := l.Position(i); f(float64(p[0])*spacing[0], float64(p[1])*spacing[1], float64(p[2])*spacing[2]) {
			l.Data[i] = 1
		}
	}
	return l
}

func through(t *testing.T, l *volume.Labels, axis int) float64 {
	t.Helper()
	mm, ok, err := Through(t.Context(), l, open, axis)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return mm
}

func near(t *testing.T, what string, got, low, high float64) {
	t.Helper()
	if !(got >= low && got <= high) {
		t.Errorf("%s is %g mm, want %g to %g", what, got, low, high)
	}
}

func TestStraightWaysAreExact(t *testing.T) {
	for axis := range 3 {
		l := space1([3]int{9, 12, 7}, [3]float64{0.02, 0.03, 0.05}, func(x, y, z float64) bool { return true })
		want := float64(l.N[axis]) * l.Spacing[axis]
		near(t, fmt.Sprintf("along %c", "xyz"[axis]), through(t, l, axis), want*(1-1e-6), want*(1+1e-6))
	}
}

// In the open every length is the distance of the centres: no direction is favoured.
func TestOpenSpaceIsEuclidean(t *testing.T) {
	l := space1([3]int{31, 27, 25}, [3]float64{0.02, 0.03, 0.025}, func(x, y, z float64) bool { return true })
	seed := l.Offset(4, 11, 17)
	d, err := From(t.Context(), l, open, []int{seed})
	if err != nil {
		t.Fatal(err)
	}
	s := &search{space: newSpace(l, open)}
	for i, got := range d.Data {
		if want := s.apart(l.Position(seed), l.Position(i)); math.Abs(float64(got)-want) > 1e-6 {
			t.Fatalf("voxel %v: %g mm, want %g", l.Position(i), got, want)
		}
	}
}

// Walls that reach from one side nearly to the other: the shortest way is a zigzag around their ends.
func TestZigzag(t *testing.T) {
	const h = 0.02
	for _, thick := range []float64{1, 5} {
		l := space1([3]int{101, 3, 121}, [3]float64{h, h, h}, func(x, _, z float64) bool {
			k := math.Round(z / h)
			return !(k >= 40 && k < 40+thick && x < 80.5*h) && !(k >= 80 && k < 80+thick && x > 20.5*h)
		})
		// from the inlet straight up to the first end, aslant to the second, straight up to the outlet; the
		// centres beside the ends are at x = 81 and 20
		slant := math.Hypot(61, 40-(thick-1)) + thick - 1
		want := (40.0 + slant + thick - 1 + (121 - 80 - (thick - 1)) - 0) * h
		near(t, fmt.Sprintf("zigzag around walls of %g", thick), through(t, l, 2), want*0.985, want*1.015)
	}
}

// Around a cylinder the shortest way between points on both sides is two tangents and an arc.
func TestAroundACylinder(t *testing.T) {
	const h, r, d = 0.02, 0.6, 1.0 // radius, and distance of the points from the axis
	n := 121
	c := float64(n-1) / 2 * h
	l := space1([3]int{n, 3, n}, [3]float64{h, h, h}, func(x, _, z float64) bool { return math.Hypot(x-c, z-c) > r })
	from, to := l.Offset(n/2, 1, n/2-int(d/h)), l.Offset(n/2, 1, n/2+int(d/h))
	lengths, err := From(t.Context(), l, open, []int{from})
	if err != nil {
		t.Fatal(err)
	}
	want := 2*math.Sqrt(d*d-r*r) + r*(math.Pi-2*math.Acos(r/d))
	near(t, "way around the cylinder", float64(lengths.Data[to]), want*0.998, want*1.01+h)
}

// A wall that lies aslant holds back steps over faces only; ways must not leak through its edges.
func TestWaysDoNotLeakOverEdges(t *testing.T) {
	l := space1([3]int{6, 1, 6}, [3]float64{1, 1, 1}, func(x, _, z float64) bool { return x != z })
	if _, ok, err := Through(t.Context(), l, open, 2); ok || err != nil {
		t.Error(ok, err)
	}
}

// Among random obstacles, where hardly two voxels see each other and the search is at its worst, no way is
// shorter than the straight line or more than 5 % longer than the shortest by steps to the 26 neighbours that
// see each other, most are shorter, and each voxel that can be reached is.
func TestAmongObstacles(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	l := space1([3]int{24, 22, 20}, [3]float64{0.02, 0.03, 0.02}, func(x, y, z float64) bool { return r.Float64() > 0.35 })
	seed := 0
	l.Data[0] = 1
	d, err := From(t.Context(), l, open, []int{seed})
	if err != nil {
		t.Fatal(err)
	}
	s := &search{space: newSpace(l, open)}
	steps := dijkstra(s, seed)
	reached, longer := 0, 0
	for i, got := range d.Data {
		straight := s.apart(l.Position(seed), l.Position(i))
		if math.IsInf(steps[i], 1) != math.IsInf(float64(got), 1) {
			t.Fatalf("voxel %v is %g mm away, by steps %g", l.Position(i), got, steps[i])
		}
		if math.IsInf(steps[i], 1) {
			continue
		}
		reached++
		if float64(got) > steps[i]*(1+1e-5) {
			longer++
		}
		if float64(got) < straight*(1-1e-6) || float64(got) > steps[i]*1.05 {
			t.Fatalf("voxel %v is %g mm away, straight %g, by steps %g", l.Position(i), got, straight, steps[i])
		}
	}
	if reached < 5000 || longer > reached/10 {
		t.Errorf("%d voxels were reached, %d by too long a way", reached, longer)
	}
}

// dijkstra is the shortest way by steps to those of the 26 neighbours that are seen, by relaxing all until
// nothing changes.
func dijkstra(s *search, seed int) []float64 {
	d := make([]float64, len(s.classes))
	for i := range d {
		d[i] = math.Inf(1)
	}
	d[seed] = 0
	for changed := true; changed; {
		changed = false
		for i := range d {
			if math.IsInf(d[i], 1) {
				continue
			}
			p := s.Position(i)
			for k := range 27 {
				q := [3]int{p[0] + k%3 - 1, p[1] + k/3%3 - 1, p[2] + k/9 - 1}
				if !s.within(q) {
					continue
				}
				j := s.Offset(q[0], q[1], q[2])
				if s.open(j) && s.sees(i, j) && d[i]+s.apart(p, q) < d[j] {
					d[j] = d[i] + s.apart(p, q)
					changed = true
				}
			}
		}
	}
	return d
}

func TestErrors(t *testing.T) {
	l := space1([3]int{4, 4, 4}, [3]float64{1, 1, 1}, func(x, y, z float64) bool { return true })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Through(ctx, l, open, 2); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, _, err := Through(t.Context(), l, open, 3); err == nil {
		t.Error("axis 3")
	}
	l.Spacing[1] = 0
	if _, err := From(t.Context(), l, open, []int{0}); !errors.Is(err, volume.ErrSpacing) {
		t.Error(err)
	}
}

func ExampleThrough() {
	l := volume.New[uint8](volume.Grid{N: [3]int{3, 1, 4}, Spacing: [3]float64{0.1, 0.1, 0.1}})
	copy(l.Data, []uint8{
		1, 0, 0,
		1, 1, 1,
		0, 0, 1,
		0, 0, 1,
	})
	mm, ok, _ := Through(context.Background(), l, label.Of(1), 2)
	fmt.Printf("%.3f mm %v\n", mm, ok)
	// Output: 0.483 mm true
}

func BenchmarkThrough(b *testing.B) {
	const n, h = 128, 0.02
	l := space1([3]int{n, n, n}, [3]float64{h, h, h}, func(x, y, z float64) bool { // mats of rods, along x and y in turn
		k := math.Floor(z / 0.42)
		across := x
		if int(k)%2 == 0 {
			across = y
		}
		return math.Hypot(math.Mod(across, 0.5)-0.25, z-(k+0.5)*0.42) > 0.19
	})
	b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
		b.SetBytes(int64(l.Len()))
		for b.Loop() {
			if _, _, err := Through(b.Context(), l, open, 2); err != nil {
				b.Fatal(err)
			}
		}
	})
}
