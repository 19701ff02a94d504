package fluorescence

import (
	"math"

	"explant/volume/rank"
)

// noiseSample is about how many places noise is taken from.
const noiseSample = 1 << 16

// grain is the SD of the noise of single voxels: of what the second differences along x are made of, by the median of
// their size. Structures that fill a stack do not enter it, as they would enter the spread of dark voxels.
func (k cleaner) grain(light []float32) float64 {
	w := k.Grid.N[0]
	step := max(len(light)/noiseSample, 1)
	step += (step + 1) % 2 // odd, so that no column of an even width is met alone
	var size []float32
	for i := 1; i+1 < len(light); i += step {
		if x := i % w; x > 0 && x < w-1 {
			d := light[i-1] - 2*light[i] + light[i+1]
			size = append(size, max(d, -d))
		}
	}
	if len(size) == 0 {
		return 0
	}
	return 1.4826 / math.Sqrt(6) * float64(rank.Of(size, len(size)/2))
}

// kept is the share of the noise of single voxels that kernels along x and y, and along z, keep.
func kept(flat, deep []float32) float64 {
	sum := func(kernel []float32) (s float64) {
		for _, v := range kernel {
			s += sq(float64(v))
		}
		return s
	}
	return sum(flat) * math.Sqrt(sum(deep))
}

// smoothedNoise is the SD of the noise of light smoothed by um: smooth is what came of it.
func (k cleaner) smoothedNoise(light, smooth []float32, um float64) float64 {
	if !k.deep() {
		return lowerSD(smooth)
	}
	return k.grain(light) * kept(bell(um/k.um), bell(um/k.apartUM()))
}
