package spatial

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"explant/volume/parallel"
)

// filled is a lattice by two functions of the point.
func filled(n [3]int, step [3]float64, load, room func(x, y, z int) bool) *Lattice {
	l := NewLattice(n, step, make([]uint64, Words(n)), make([]uint64, Words(n)))
	for z := range n[2] {
		for y := range n[1] {
			d, r := l.Row(y, z)
			for x := range n[0] {
				if room(x, y, z) {
					r[x/64] |= 1 << (x % 64)
					if load(x, y, z) {
						d[x/64] |= 1 << (x % 64)
					}
				}
			}
		}
	}
	return l
}

func everywhere(int, int, int) bool { return true }

func TestCountOfBoxes(t *testing.T) {
	l := filled([3]int{130, 4, 3}, [3]float64{1, 1, 1}, func(x, _, _ int) bool { return x%3 == 0 }, func(x, _, _ int) bool { return x != 64 })
	for _, b := range [][2]int{{0, 130}, {5, 7}, {63, 65}, {64, 128}, {1, 129}, {128, 130}} {
		var load, room int64
		for x := b[0]; x < b[1]; x++ {
			if x != 64 {
				room += 2
				if x%3 == 0 {
					load += 2
				}
			}
		}
		if d, r := l.Count([3]int{b[0], 1, 0}, [3]int{b[1], 2, 2}); d != load || r != room {
			t.Errorf("%v: %d of %d, want %d of %d", b, d, r, load, room)
		}
	}
}

func TestCovarianceEqualsBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	n := [3]int{71, 9, 12}
	in := func(p float64) func(x, y, z int) bool {
		bits := make([]bool, n[0]*n[1]*n[2])
		for i := range bits {
			bits[i] = r.Float64() < p
		}
		return func(x, y, z int) bool { return bits[x+n[0]*(y+n[1]*z)] }
	}
	load, room := in(0.3), in(0.7)
	curves, err := Covariance(t.Context(), filled(n, [3]float64{1, 2, 3}, load, room), 70, parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for axis, c := range curves {
		for _, lag := range c {
			k := int(math.Round(lag.Distance / float64(axis+1)))
			var all, a, b, both, loads, rooms float64
			for i := range n[0] * n[1] * n[2] {
				p := [3]int{i % n[0], i / n[0] % n[1], i / n[0] / n[1]}
				q := p
				q[axis] += k
				if room(p[0], p[1], p[2]) {
					rooms++
					if load(p[0], p[1], p[2]) {
						loads++
					}
				}
				if q[axis] >= n[axis] || !room(p[0], p[1], p[2]) || !room(q[0], q[1], q[2]) {
					continue
				}
				x, y := load(p[0], p[1], p[2]), load(q[0], q[1], q[2])
				all++
				if x {
					a++
				}
				if y {
					b++
				}
				if x && y {
					both++
				}
			}
			phi := loads / rooms
			close1(t, fmt.Sprintf("axis %d lag %d", axis, k), lag.Correlation, (both/all-a/all*b/all)/(phi*(1-phi)), 1e-12)
		}
	}
	if len(curves[0]) < 15 || len(curves[1]) != 8 || len(curves[2]) != 9 {
		t.Errorf("%d, %d and %d lags", len(curves[0]), len(curves[1]), len(curves[2]))
	}
}

// Points of a Boolean model of balls are alike as balls overlap their own image: with the share p of the
// balls and v(r) = 1 - 3r/4R + r³/16R³ the covariance is (1-p)²·((1-p)^-v - 1), and 0 beyond 2R. A lattice
// whose room is only every other slab must give the same.
func TestCovarianceOfScatteredBalls(t *testing.T) {
	const n, radius = 96, 6.0
	r := rand.New(rand.NewPCG(1, 9))
	full := make([]bool, n*n*n)
	for range 300 {
		var c [3]float64
		for a := range c {
			c[a] = r.Float64()*(n+2*radius) - radius
		}
		ball(full, n, c, radius)
	}
	load := func(x, y, z int) bool { return full[x+n*(y+n*z)] }
	for name, room := range map[string]func(x, y, z int) bool{
		"whole": everywhere, "slabs": func(x, _, _ int) bool { return x/10%2 == 0 },
	} {
		l := filled([3]int{n, n, n}, [3]float64{1, 1, 1}, load, room)
		d, rooms := l.Count([3]int{}, l.N)
		p := float64(d) / float64(rooms)
		curves, err := Covariance(t.Context(), l, 24, parallel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, lag := range Mean(curves[:]...) {
			v, x := 0.0, lag.Distance/radius
			if x < 2 {
				v = 1 - 3*x/4 + x*x*x/16
			}
			want := (1 - p) * (math.Pow(1-p, -v) - 1) / p
			close1(t, fmt.Sprintf("%s, distance %g", name, lag.Distance), lag.Correlation, want, 0.08)
		}
		got, ok := Reach(Mean(curves[:]...), 1/math.E)
		if !ok {
			t.Fatal("no correlation length")
		}
		close1(t, name+": correlation length", got, 5.0, 0.7) // of the curve above, at p = 0.26
	}
}

func TestCurves(t *testing.T) {
	a, b := []Lag{{1, 0.5}, {2, 0.1}}, []Lag{{2, 0.5}, {4, 0}}
	got := Mean(a, nil, b)
	if len(got) != 2 || got[0] != (Lag{1, 0.625}) || got[1] != (Lag{2, 0.3}) {
		t.Errorf("%v", got)
	}
	if d, ok := Reach(a, 0.3); !ok || math.Abs(d-1.5) > 1e-12 {
		t.Error(d, ok)
	}
	if _, ok := Reach(a, 0.05); ok {
		t.Error("a level that is not reached")
	}
}

func TestCovarianceWithoutVariance(t *testing.T) {
	for _, load := range []func(x, y, z int) bool{everywhere, func(int, int, int) bool { return false }} {
		curves, err := Covariance(t.Context(), filled([3]int{9, 9, 9}, [3]float64{1, 1, 1}, load, everywhere), 5, parallel.Options{})
		if err != nil || curves[0] != nil {
			t.Errorf("%v %v", curves, err)
		}
	}
}

func BenchmarkCovariance(b *testing.B) {
	const n = 256
	l := filled([3]int{n, n, n}, [3]float64{1, 1, 1}, func(x, y, z int) bool { return (x/7+y/5+z/9)%5 == 0 }, func(x, y, z int) bool { return (x/11+z/13)%2 == 0 })
	b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
		b.SetBytes(n * n * n / 4)
		for b.Loop() {
			if _, err := Covariance(b.Context(), l, n/4, parallel.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSpots(b *testing.B) {
	cells := scattered(rand.New(rand.NewPCG(6, 6)), 12, 0.5, 0.08)
	b.Run(fmt.Sprintf("cells=%d", len(cells)), func(b *testing.B) {
		for b.Loop() {
			if _, err := Spots(b.Context(), cells, reach, 0.05, 1, parallel.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
