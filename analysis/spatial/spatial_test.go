package spatial

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"explant/volume/parallel"
)

func close1(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %g, want %g", what, got, want)
	}
}

func TestTopAndGini(t *testing.T) {
	even := []Cell{{Load: 1, Room: 2}, {Load: 2, Room: 4}, {Load: 3, Room: 6}}
	close1(t, "Gini of an even spread", Gini(even), 0, 1e-12)
	close1(t, "top tenth of an even spread", Top(even, 0.1), 0.1, 1e-12)
	all := []Cell{{Load: 0, Room: 9}, {Load: 5, Room: 1}} // a tenth of the room holds all
	close1(t, "Gini", Gini(all), 0.9, 1e-12)
	close1(t, "top tenth", Top(all, 0.1), 1, 1e-12)
	close1(t, "top twentieth", Top(all, 0.05), 0.5, 1e-12)
	linear := make([]Cell, 1000) // load k in equal rooms: the curve of Lorenz is p², Gini 1/3
	for k := range linear {
		linear[k] = Cell{Load: float64(k) + 0.5, Room: 1}
	}
	close1(t, "Gini of a rising load", Gini(linear), 1.0/3, 1e-6)
	close1(t, "top tenth of a rising load", Top(linear, 0.1), 0.19, 1e-12)
	if !math.IsNaN(Gini([]Cell{{Room: 1}})) || !math.IsNaN(Top([]Cell{{Room: 1}}, 0.1)) {
		t.Error("no load has a concentration")
	}
}

func TestNearEqualsBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	cells := make([]Cell, 200)
	for i := range cells {
		cells[i].At = [3]float64{r.Float64() * 7, r.Float64()*5 - 9, r.Float64() * 4}
	}
	for i, got := range Near(cells, 1.3) {
		var want []int32
		for j := range cells {
			if i != j && apart(cells[i], cells[j]) <= 1.3 {
				want = append(want, int32(j))
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("cell %d: %v, want %v", i, got, want)
		}
	}
	if n := len(Near(lattice(5, 5, 5), reach)[62]); n != 26 {
		t.Errorf("a cell of a lattice has %d neighbours", n)
	}
}

func TestGroups(t *testing.T) {
	cells := lattice(10, 1, 1)
	number, n := Groups([]bool{true, true, false, true, false, false, true, true, true, false}, Near(cells, 1))
	if n != 3 || !slices.Equal(number, []int{1, 1, 0, 2, 0, 0, 3, 3, 3, 0}) {
		t.Errorf("%d groups: %v", n, number)
	}
}

// The formula as it is printed in Ord and Getis 1995, with weights of 1 and the cell itself among them.
func TestGiStarEqualsItsFormula(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	cells := lattice(4, 5, 3)
	x, near := make([]float64, len(cells)), Near(cells, reach)
	for i := range x {
		x[i] = r.ExpFloat64()
	}
	n, sum, squares := float64(len(x)), 0.0, 0.0
	for _, v := range x {
		sum, squares = sum+v, squares+v*v
	}
	s := math.Sqrt(squares/n - sum/n*sum/n)
	for i, got := range GiStar(x, near) {
		w, wx := 0.0, 0.0
		for j := range cells {
			if apart(cells[i], cells[j]) < reach {
				w, wx = w+1, wx+x[j]
			}
		}
		close1(t, fmt.Sprintf("G* of cell %d", i), got, (wx-sum/n*w)/(s*math.Sqrt((n*w-w*w)/(n-1))), 1e-9)
	}
	// one cell of n holds everything: its G* without neighbours is sqrt(n-1)
	x = make([]float64, 26)
	x[7] = 3
	close1(t, "G* of a single cell", GiStar(x, make([][]int32, 26))[7], 5, 1e-12)
}

func TestMoran(t *testing.T) {
	cells := lattice(8, 1, 1)
	near := Near(cells, 1)
	m, ok, err := MoranI(t.Context(), []float64{1, 0, 1, 0, 1, 0, 1, 0}, near, 1, parallel.Options{})
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	close1(t, "I of opposites", m.I, -1, 1e-12)
	close1(t, "expected I", m.Expected, -1.0/7, 1e-12)
	m, _, _ = MoranI(t.Context(), []float64{1, 1, 1, 1, 0, 0, 0, 0}, near, 1, parallel.Options{})
	close1(t, "I of two halves", m.I, 5.0/7, 1e-12) // 6 of 7 pairs +1/4, one -1/4
	// of the 70 orders of four ones the two that part them have the highest I
	close1(t, "p of two halves", m.P, 2.0/70, 0.02)
	if _, ok, _ := MoranI(t.Context(), []float64{2, 2, 2, 2, 2, 2, 2, 2}, near, 1, parallel.Options{}); ok {
		t.Error("equal values have an I")
	}
}

// The expectation of I in random order is -1/(n-1), and p is uniform.
func TestMoranOfRandomOrder(t *testing.T) {
	cells := lattice(4, 4, 4)
	near, r := Near(cells, reach), rand.New(rand.NewPCG(5, 5))
	sum, low := 0.0, 0
	const runs = 200
	for s := range runs {
		x := make([]float64, len(cells))
		for i := range x {
			x[i] = r.ExpFloat64()
		}
		m, _, err := MoranI(t.Context(), x, near, uint64(s), parallel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		sum += m.I / runs
		if m.P <= 0.1 {
			low++
		}
	}
	close1(t, "mean I", sum, -1.0/63, 0.006)
	close1(t, "share of p up to 0.1", float64(low)/runs, 0.1, 0.06)
}

func TestDiscoveries(t *testing.T) {
	p := []float64{0.6, 0.001, 0.039, 0.008, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251, 0.269, 0.275}
	got := Discoveries(p, 0.05) // limits 0.0033 a rank: 0.001 and 0.008 > 0.0067, 0.039 > 0.01
	if !got[1] || got[2] || got[3] {
		t.Errorf("%v", got)
	}
	if got = Discoveries([]float64{0.04, 0.05, 0.03}, 0.05); !slices.Equal(got, []bool{true, true, true}) {
		t.Errorf("%v: the largest p that passes takes the others along", got)
	}
}

// Of a single loaded cell among n without neighbours the draw of one finds it with probability 1/n.
func TestPermutationProbability(t *testing.T) {
	cells := lattice(40, 1, 1)
	cells[3].Load = 1
	h, err := Spots(t.Context(), cells, 0.5, 0.05, 1, parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	close1(t, "p", h.P[3], 1.0/40, 0.004)
	if h.P[4] != 1 || h.Permutations != FewestPermutations {
		t.Errorf("p %g of an empty cell, %d permutations", h.P[4], h.Permutations)
	}
}

func TestEvenSpreadHasNoSpots(t *testing.T) {
	for _, load := range []float64{0, 0.3} {
		cells := lattice(5, 5, 5)
		for i := range cells {
			cells[i].Load = load
		}
		h, err := Spots(t.Context(), cells, reach, 0.05, 1, parallel.Options{})
		if err != nil || slices.Contains(h.In, true) {
			t.Errorf("load %g: %v %v", load, h.In, err)
		}
	}
}

func TestWorkersDoNotMatter(t *testing.T) {
	cells := scattered(rand.New(rand.NewPCG(2, 2)), 6, 0.5, 0.1)
	near := Near(cells, reach)
	one, err := Spots(t.Context(), cells, reach, 0.05, 9, parallel.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	many, _ := Spots(t.Context(), cells, reach, 0.05, 9, parallel.Options{Workers: 8})
	if !reflect.DeepEqual(one, many) {
		t.Error("hot spots depend on the number of workers")
	}
	m1, _, _ := MoranI(t.Context(), Shares(cells), near, 9, parallel.Options{Workers: 1})
	m8, _, _ := MoranI(t.Context(), Shares(cells), near, 9, parallel.Options{Workers: 8})
	if m1 != m8 {
		t.Error("Moran's I depends on the number of workers")
	}
}

func TestStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Spots(ctx, scattered(rand.New(rand.NewPCG(2, 2)), 4, 0.5, 0.1), reach, 0.05, 9, parallel.Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
