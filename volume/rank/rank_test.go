package rank_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/volume/rank"
)

func TestOfIsWhatSortingGives(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for n := 1; n < 200; n += 3 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(r.IntN(1 + n/2))
		}
		sorted := slices.Sorted(slices.Values(v))
		for _, k := range []int{0, n / 7, n / 2, n - 1} {
			if got := rank.Of(slices.Clone(v), k); got != sorted[k] {
				t.Fatalf("%d of %v is %v, want %v", k, v, got, sorted[k])
			}
		}
	}
}

// Whole numbers close together are counted, also below 0; one that is not whole among them is not lost.
func TestOfCountsIsWhatSortingGives(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	for _, from := range []float32{0, 500, -300, 1 << 23} {
		for _, extra := range []float32{0, 0.25, 4000} {
			v := make([]float32, 1000)
			for i := range v {
				v[i] = from + float32(r.IntN(400))
			}
			v[77] += extra
			sorted := slices.Sorted(slices.Values(v))
			for k := 0; k < len(v); k += 37 {
				if got := rank.Of(slices.Clone(v), k); got != sorted[k] {
					t.Fatalf("%d from %v is %v, want %v", k, from, got, sorted[k])
				}
			}
		}
	}
}

// Many values are chosen by a sample first: spread, mostly equal, and at both ends.
func TestOfManyIsWhatSortingGives(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 8))
	for _, distinct := range []int{2, 100, 1 << 30} {
		v := make([]float64, 50000)
		for i := range v {
			v[i] = float64(r.IntN(distinct))
		}
		sorted := slices.Sorted(slices.Values(v))
		for _, k := range []int{0, 10, 7000, 25000, 49750, 49999} {
			if got := rank.Of(slices.Clone(v), k); got != sorted[k] {
				t.Fatalf("%d of %d kinds is %v, want %v", k, distinct, got, sorted[k])
			}
		}
	}
}

func TestPlacesAreWhatSortingGives(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 8))
	for _, n := range []int{1, 2, 1000, 70000} {
		for _, scale := range []float64{1, 1000, 1e30} {
			v := make([]float32, n)
			for i := range v {
				v[i] = float32(math.Round(r.NormFloat64()*100) * scale)
			}
			kept, sorted := slices.Clone(v), slices.Sorted(slices.Values(v))
			ks := []int{0, n / 7, n / 2, n - 1}
			for i, got := range rank.Places(v, ks...) {
				if got != sorted[ks[i]] {
					t.Fatalf("%d of %d is %v, want %v", ks[i], n, got, sorted[ks[i]])
				}
			}
			if !slices.Equal(v, kept) {
				t.Fatal("the values changed")
			}
		}
	}
}

func TestSortIsThatOfTheStandardLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for _, n := range []int{0, 1, 2, 1000, 70000} {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(r.NormFloat64() * 1000)
		}
		want := slices.Sorted(slices.Values(v))
		rank.Sort(v)
		if !slices.Equal(v, want) {
			t.Fatalf("%d values are not sorted", n)
		}
	}
}

func BenchmarkSort_n65536(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	v, w := make([]float32, 1<<16), make([]float32, 1<<16)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	b.SetBytes(4 << 16)
	for b.Loop() {
		copy(w, v)
		rank.Sort(w)
	}
}

func ExampleOf() {
	fmt.Println(rank.Of([]float64{5, 1, 4, 2, 3}, 2))
	// Output: 3
}

func BenchmarkOf_n1e6(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	v := make([]float32, 1e6)
	for i := range v {
		v[i] = r.Float32()
	}
	w := make([]float32, len(v))
	b.SetBytes(4 * int64(len(v)))
	for b.Loop() {
		copy(w, v)
		rank.Of(w, len(w)/2)
	}
}

// Counts of a camera, their median and a bright one.
func BenchmarkPlaces_n4194304_k2(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	v := make([]float32, 1<<22)
	for i := range v {
		v[i] = float32(math.Round(500 + 40*r.NormFloat64()))
	}
	b.SetBytes(int64(4 * len(v)))
	for b.Loop() {
		rank.Places(v, len(v)/2, len(v)-len(v)/500)
	}
}

// Blocks of counts of a camera, as backgrounds are looked for in: many, so that no branch is learnt by heart.
func BenchmarkOf_n992_counts(b *testing.B) {
	const n, blocks = 992, 1 << 10
	r := rand.New(rand.NewPCG(1, 2))
	v, w, at := make([]float32, n*blocks), make([]float32, n), 0
	for i := range v {
		v[i] = float32(math.Round(500 + 40*r.NormFloat64()))
	}
	b.SetBytes(4 * n)
	for b.Loop() {
		copy(w, v[at%blocks*n:])
		rank.Of(w, n*15/100)
		at++
	}
}
