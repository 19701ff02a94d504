package sem

import (
	"math"
	"testing"
)

// Parallel fibres have their angle, an order and a coherency of nearly one; two directions at right angles have no order.
func TestOrientationOfStraightFibres(t *testing.T) {
	of := func(degrees ...float64) course {
		p := straight(160, 150, 12, degrees[0], 30, 1, 1)
		for _, d := range degrees[1:] {
			for i, v := range straight(160, 150, 12, d, 30, 1, 1).Pix {
				p.Pix[i] = max(p.Pix[i], v)
			}
		}
		c, err := courses(p, everywhere(p), 1.5, 1.5, newBlocks(p.W, p.H))
		if err != nil {
			t.Fatal(err)
		}
		var all course
		for _, b := range c {
			all.add(b)
		}
		return all
	}
	for _, degrees := range []float64{0, 25, 90, 140} {
		c := of(degrees)
		if off := math.Abs(math.Mod(c.meanDeg()-degrees+270, 180) - 90); off > 1 || c.coherency() < 0.9 {
			t.Errorf("%v degrees: mean %.2f, coherency %.2f", degrees, c.meanDeg(), c.coherency())
		}
		if k := int(degrees / 10); c.bins[k]+c.bins[(k+17)%18] < 0.5*c.weight {
			t.Errorf("%v degrees: the density is %v", degrees, c.bins)
		}
	}
	if c := of(20, 110); c.order() > 0.1 {
		t.Errorf("two fibres at right angles have an order of %.2f", c.order())
	}
}

func TestJackknifeOfAMeanIsItsStandardError(t *testing.T) {
	x := []float64{3, 5, 4, 8, 1, 6}
	without := func(k int) float64 {
		sum := 0.0
		for i, v := range x {
			if i != k {
				sum += v
			}
		}
		return sum / float64(len(x)-1)
	}
	mean, square := 27./6, 0.0
	for _, v := range x {
		square += (v - mean) * (v - mean)
	}
	if got, want := jackknife(len(x), without), math.Sqrt(square/5/6); math.Abs(got-want) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
}
