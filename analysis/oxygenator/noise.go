package oxygenator

import "math"

// noise of the scan in air, at gain 1.
type noise struct {
	sd          float64 // grey
	correlation float64 // between face neighbours along x
}

// measureNoise takes the blood side that neither deposit nor fibre reaches.
func (c *clean) measureNoise(contrast float64) noise {
	var sum, square, cross float64
	n := 0
	calm := func(i int) bool { return c.open.Data[i] > 0.99 && float64(c.solid.Data[i]) < contrast/3 }
	for i := 0; i+1 < len(c.solid.Data); i++ {
		if (i+1)%c.labels.N[0] == 0 || !calm(i) || !calm(i+1) {
			continue
		}
		a, b := float64(c.solid.Data[i]), float64(c.solid.Data[i+1])
		sum, square, cross, n = sum+a, square+a*a, cross+a*b, n+1
	}
	if n < coreVoxels {
		return noise{sd: max(contrast/10, 1e-9)}
	}
	mean := sum / float64(n)
	variance := square/float64(n) - mean*mean
	if variance <= 0 {
		return noise{sd: max(contrast/1000, 1e-9)}
	}
	return noise{sd: math.Sqrt(variance), correlation: (cross/float64(n) - mean*mean) / variance}
}
