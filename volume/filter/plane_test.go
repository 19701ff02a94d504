package filter

import (
	"math"
	"math/rand/v2"
	"testing"
)

func noise32(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 3))
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

// Every pixel equals its sum in plain Go, rows of any length; a part with a halo equals the whole.
func TestSeparableEqualsItsSums(t *testing.T) {
	for _, w := range []int{1, 15, 16, 17, 40, 101} {
		const h = 23
		src, dst := noise32(w*h, 5), make([]float32, w*h)
		half := GaussianHalf(1.3)
		if err := Separable(dst, src, w, h, half); err != nil {
			t.Fatal(err)
		}
		reach := len(half) - 1
		at := func(x, y int) float32 { return src[min(max(y, 0), h-1)*w+min(max(x, 0), w-1)] }
		column := func(x, y int) float32 {
			sum := half[0] * at(x, y)
			for d := 1; d <= reach; d++ {
				sum += half[d] * (at(x, y-d) + at(x, y+d))
			}
			return sum
		}
		for i, got := range dst {
			x, y := i%w, i/w
			want := half[0] * column(x, y)
			for d := 1; d <= reach; d++ {
				want += half[d] * (column(x-d, y) + column(x+d, y))
			}
			if got != want {
				t.Fatalf("%d pixels wide: %v at %d, %d, want %v", w, got, x, y, want)
			}
		}
	}
}

func TestHighestIsTheLargestOfTheSquare(t *testing.T) {
	for _, reach := range []int{0, 1, 4} {
		const w, h = 37, 19
		src, dst := noise32(w*h, 6), make([]float32, w*h)
		if err := Highest(dst, src, w, h, reach); err != nil {
			t.Fatal(err)
		}
		for i, got := range dst {
			want := float32(math.Inf(-1))
			for y := max(i/w-reach, 0); y <= min(i/w+reach, h-1); y++ {
				for x := max(i%w-reach, 0); x <= min(i%w+reach, w-1); x++ {
					want = max(want, src[y*w+x])
				}
			}
			if got != want {
				t.Fatalf("reach %d: %v at %d, want %v", reach, got, i, want)
			}
		}
	}
}

func TestLowerSquaresCountWhatIsBelowZero(t *testing.T) {
	v := noise32(1003, 7)
	sum, n := LowerSquares(v)
	want, count := 0.0, 0
	for _, x := range v {
		if x < 0 {
			want += float64(x) * float64(x)
			count++
		}
	}
	if n != count || math.Abs(sum-want) > 1e-9*want {
		t.Errorf("%v of %d, want %v of %d", sum, n, want, count)
	}
}

func TestPlanesOfOtherSizesAreRefused(t *testing.T) {
	if Separable(make([]float32, 5), make([]float32, 6), 2, 3, []float32{1}) == nil || Highest(nil, nil, 0, 0, 1) == nil {
		t.Error("planes of other sizes were filtered")
	}
}

func BenchmarkSeparable_reach4_n1024x1024(b *testing.B) {
	src, dst := noise32(1<<20, 1), make([]float32, 1<<20)
	half := GaussianHalf(1)
	b.SetBytes(4 << 20)
	for b.Loop() {
		if err := Separable(dst, src, 1024, 1024, half); err != nil {
			b.Fatal(err)
		}
	}
}
