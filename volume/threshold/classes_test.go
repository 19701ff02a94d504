package threshold

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// leastWithin tries every set of thresholds among the greys below top.
func leastWithin(data []uint16, top, classes int, t []float64) float64 {
	if len(t) == classes-1 {
		return within(data, t...)
	}
	least, from := math.Inf(1), 0
	if len(t) > 0 {
		from = int(t[len(t)-1]) + 1
	}
	for g := from; g < top; g++ {
		least = min(least, leastWithin(data, top, classes, append(t, float64(g))))
	}
	return least
}

func TestOtsuClassesLeaveTheLeastVarianceWithin(t *testing.T) {
	for classes := 2; classes <= 5; classes++ {
		for seed := range uint64(6) {
			data := greys(seed, 40, 5) // 15 greys
			got, err := OtsuClasses(of(t, data...), classes)
			if err != nil || len(got) != classes-1 {
				t.Fatal(got, err)
			}
			if w, best := within(data, got...), leastWithin(data, 15, classes, nil); w > best+1e-9 {
				t.Errorf("%d classes, seed %d: %v leaves %g, %g is possible", classes, seed, got, w, best)
			}
		}
	}
}

// TestOtsuClassesOfFullRange: with 65536 bins the exact pair is no worse than the refined one.
func TestOtsuClassesOfFullRange(t *testing.T) {
	var data []uint16
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 30000 {
		data = append(data, uint16(10000+20000*(i%3)+int(3000*r.NormFloat64())))
	}
	data = append(data, 0, 65535)
	h := of(t, data...)
	refined, err := MultiOtsu(h)
	if err != nil {
		t.Fatal(err)
	}
	exact, err := OtsuClasses(h, 3)
	if err != nil {
		t.Fatal(err)
	}
	c := cumulate(h)
	a, b := pairScore(c, int(exact[0])+1, int(exact[1])+1), pairScore(c, int(refined[0])+1, int(refined[1])+1)
	if a < b*(1-1e-12) {
		t.Errorf("%v scores %g, %v %g", exact, a, refined, b)
	}
	two, err := OtsuClasses(h, 2)
	if err != nil {
		t.Fatal(err)
	}
	if one, err := Otsu(h); err != nil || one != two[0] {
		t.Errorf("two classes part at %g, Otsu at %g (%v)", two[0], one, err)
	}
}

func TestOtsuClassesRefused(t *testing.T) {
	h := of(t, uint8(1), 5, 9)
	if g, err := OtsuClasses(h, 3); err != nil || g[0] != 1 || g[1] != 5 {
		t.Errorf("three greys: %v, %v", g, err)
	}
	if _, err := OtsuClasses(h, 4); !errors.Is(err, ErrFewGreys) {
		t.Errorf("four classes of three greys: %v", err)
	}
	if _, err := OtsuClasses(Histogram{Counts: make([]int64, 4), Width: 1, Group: 1}, 2); !errors.Is(err, ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
	for _, k := range []int{1, 6} {
		if _, err := OtsuClasses(h, k); err == nil {
			t.Errorf("%d classes were taken", k)
		}
	}
}

func BenchmarkOtsuClasses(b *testing.B) {
	h := Histogram{Counts: make([]int64, 65536), Width: 1, Group: 1}
	for i := range h.Counts {
		h.Counts[i] = int64(1000 * (2 + math.Sin(float64(i)/6000)))
	}
	for _, k := range []int{3, 5} {
		b.Run(fmt.Sprintf("classes=%d/bins=65536", k), func(b *testing.B) {
			b.SetBytes(int64(8 * len(h.Counts)))
			for b.Loop() {
				if _, err := OtsuClasses(h, k); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
