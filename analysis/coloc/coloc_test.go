package coloc_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"explant/analysis/coloc"
	"explant/volume/parallel"
)

// field makes two channels of noise that share the given part of their signal.
func field(n int, shared float64, seed uint64) coloc.Pair {
	r := rand.New(rand.NewPCG(seed, 1))
	p := coloc.Pair{W: n, H: n, A: make([]float32, n*n), B: make([]float32, n*n)}
	for i := range p.A {
		c := r.ExpFloat64()
		p.A[i] = float32(100 * (shared*c + (1-shared)*r.ExpFloat64()))
		p.B[i] = float32(50 * (shared*c + (1-shared)*r.ExpFloat64()))
	}
	return p
}

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestCorrelationsOfKnownPairs(t *testing.T) {
	p := coloc.Pair{W: 5, H: 1, A: []float32{1, 2, 3, 4, 1000}, B: []float32{5, 6, 7, 8, 7}, In: []bool{true, true, true, true, false}}
	r, err := p.Pearson()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Pearson of a line", r, 1, 1e-12)
	p.In = nil
	rho, err := p.Spearman() // ranks 1 2 3 4 5 and 1 2 3.5 5 3.5
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Spearman", rho, 8/math.Sqrt(10*9.5), 1e-12)
	q, err := p.ICQ() // means 202 and 6.6: together are 1, 2 and 5
	if err != nil {
		t.Fatal(err)
	}
	near(t, "ICQ", q, 0.1, 1e-12)
}

func TestMandersCountsTheLightWhereTheOtherIs(t *testing.T) {
	p := coloc.Pair{W: 4, H: 1, A: []float32{10, 20, 30, 40}, B: []float32{0, 5, 0, 15}}
	m, err := p.Manders(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "M1", m.M1, 0.6, 1e-12)
	near(t, "M2", m.M2, 1, 1e-12)
	if m, err = p.Manders(30, 15); err != nil {
		t.Fatal(err)
	}
	near(t, "M1 with thresholds", m.M1, 0.4, 1e-12)
	near(t, "M2 with thresholds", m.M2, 0.75, 1e-12)
	near(t, "both of A", m.Both1, 40./70, 1e-12)
	near(t, "both of B", m.Both2, 1, 1e-12)
	if m.Above1 != 2 || m.Above2 != 1 {
		t.Errorf("%d and %d pixels reach their thresholds", m.Above1, m.Above2)
	}
}

func TestCostesFindsTheEndOfCorrelation(t *testing.T) {
	// Structures in both channels stand on noise that is not correlated.
	r := rand.New(rand.NewPCG(3, 4))
	p := coloc.Pair{W: 200, H: 200, A: make([]float32, 40000), B: make([]float32, 40000)}
	for i := range p.A {
		s := 0.0
		if i%10 == 0 {
			s = 100 + 100*r.Float64()
		}
		p.A[i], p.B[i] = float32(s+20*r.Float64()), float32(s+20*r.Float64())
	}
	ta, tb, err := p.Thresholds()
	if err != nil {
		t.Fatal(err)
	}
	if ta < 10 || ta > 110 || tb < 10 || tb > 110 {
		t.Errorf("thresholds %v and %v, want them between noise (20) and structures (100)", ta, tb)
	}
	p = field(64, 0, 5)
	for i := range p.B {
		p.B[i] = -p.A[i]
	}
	if _, _, err := p.Thresholds(); !errors.Is(err, coloc.ErrEmpty) {
		t.Errorf("channels that exclude each other: %v", err)
	}
}

func TestScramblingTellsChance(t *testing.T) {
	for _, c := range []struct {
		shared   float64
		lo, hi   float64
		together string
	}{{0.5, 0.99, 1, "coupled"}, {0, 0.02, 0.98, "independent"}} {
		p := field(128, c.shared, 7)
		var first float64
		for k, workers := range []int{1, 3} {
			all, err := coloc.Scrambled(t.Context(), []coloc.Blocked{p.Blocked(coloc.Blocks(p.W, p.H, 4, nil), 4)}, 100, 9, parallel.Options{Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			s := all[0]
			if s < c.lo || s > c.hi {
				t.Errorf("%s channels are above %v of the scrambled ones", c.together, s)
			}
			if k == 0 {
				first = s
			} else if s != first {
				t.Errorf("%v with one worker, %v with three", first, s)
			}
		}
	}
}

func TestNothingToCompare(t *testing.T) {
	flat := coloc.Pair{W: 3, H: 3, A: make([]float32, 9), B: make([]float32, 9)}
	if _, err := flat.Pearson(); !errors.Is(err, coloc.ErrEmpty) {
		t.Errorf("flat channels: %v", err)
	}
	if _, err := flat.Manders(0, 0); !errors.Is(err, coloc.ErrEmpty) {
		t.Errorf("dark channels: %v", err)
	}
	flat.B = flat.B[:4]
	if _, err := flat.ICQ(); err == nil {
		t.Error("channels of different sizes were compared")
	}
	small := field(16, 0, 1)
	four := []coloc.Blocked{small.Blocked(coloc.Blocks(16, 16, 8, nil), 8)}
	if _, err := coloc.Scrambled(t.Context(), four, 100, 1, parallel.Options{}); !errors.Is(err, coloc.ErrEmpty) {
		t.Errorf("four blocks: %v", err)
	}
}

// The sums of two halves are those of the whole.
func TestSumsOfPartsAreThoseOfTheWhole(t *testing.T) {
	p := field(64, 0.5, 11)
	var parts coloc.Sums
	for _, at := range []int{0, 64 * 20} {
		end := 64 * 20
		if at > 0 {
			end = 64 * 64
		}
		s, err := coloc.Pair{W: 64, H: (end - at) / 64, A: p.A[at:end], B: p.B[at:end]}.Sums(50, 20)
		if err != nil {
			t.Fatal(err)
		}
		parts.Add(s)
	}
	want, _ := p.Pearson()
	if got, err := parts.Pearson(); err != nil {
		t.Error(err)
	} else {
		near(t, "Pearson of halves", got, want, 1e-12)
	}
	m, _ := p.Manders(50, 20)
	got, err := parts.Manders()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "M1 of halves", got.M1, m.M1, 1e-12)
	near(t, "both of halves", got.Both2, m.Both2, 1e-12)
	if got.Above1 != m.Above1 {
		t.Errorf("%d pixels above, want %d", got.Above1, m.Above1)
	}
}

// A mask leaves out blocks that it cuts, and of many blocks evenly spread ones are taken.
func TestBlocksAreWholeAndEvenlySpread(t *testing.T) {
	in := make([]bool, 40*40)
	for i := range in {
		in[i] = i%40 != 5
	}
	for _, b := range coloc.Blocks(40, 40, 4, coloc.Within(in, 40, 4)) {
		if b.X == 4 {
			t.Errorf("block %v is cut", b)
		}
	}
	all := coloc.Blocks(1024, 1024, 4, nil)
	if len(all) != 16384 || all[1].X != 16 || all[16383].Y != 1020 {
		t.Errorf("%d blocks, %v to %v", len(all), all[1], all[len(all)-1])
	}
}

func BenchmarkPearson_n1024x1024(b *testing.B) {
	p := field(1024, 0.5, 1)
	b.SetBytes(8 << 20)
	for b.Loop() {
		if _, err := p.Pearson(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScrambled_pairs4_blocks16384x16_rounds200(b *testing.B) {
	p := field(512, 0.5, 1)
	one := p.Blocked(coloc.Blocks(p.W, p.H, 4, nil), 4)
	all := []coloc.Blocked{one, one, one, one}
	b.SetBytes(4 * 8 << 18)
	for b.Loop() {
		if _, err := coloc.Scrambled(b.Context(), all, 200, 1, parallel.Options{Workers: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
