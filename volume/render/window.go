package render

import (
	"fmt"
	"math"

	"explant/volume"
)

// Window maps grey values to brightness: Low and all below are black, High and all above white.
type Window struct{ Low, High float64 }

// Grey is the brightness of v, 0 to 255. Not-a-number is black; a window without width is a step.
func (w Window) Grey(v float64) uint8 {
	switch {
	case v >= w.High:
		return 255
	case v > w.Low:
		return uint8(255*(v-w.Low)/(w.High-w.Low) + 0.5)
	}
	return 0
}

// windowSamples bounds the voxels that Percentiles looks at: enough for a display window of any volume.
const windowSamples = 1 << 22

// windowBins is the number of histogram bins between the smallest and the largest value.
const windowBins = 4096

// Percentiles is the window between two percentiles of v, 0 to 100, for example 0.5 and 99.5. Large
// volumes are sampled at an even stride. Values that are not finite are left out; a volume without
// finite values gives an error.
func Percentiles[T volume.Voxel](v *volume.Volume[T], low, high float64) (Window, error) {
	if low < 0 || high > 100 || low >= high {
		return Window{}, fmt.Errorf("percentiles %g to %g: want 0 <= low < high <= 100", low, high)
	}
	stride := max((len(v.Data)+windowSamples-1)/windowSamples, 1) | 1 // odd: never in step with a row
	least, most := math.Inf(1), math.Inf(-1)
	for i := 0; i < len(v.Data); i += stride {
		if f := float64(v.Data[i]); finite(f) {
			least, most = min(least, f), max(most, f)
		}
	}
	if least > most {
		return Window{}, fmt.Errorf("display window: no finite value in %d voxels", len(v.Data))
	}
	if least == most {
		return Window{Low: least, High: math.Nextafter(least, math.Inf(1))}, nil
	}
	counts, total := histogram(v.Data, stride, least, most)
	return Window{
		Low:  least + quantile(counts, total, low)*(most-least),
		High: least + quantile(counts, total, high)*(most-least),
	}, nil
}

func histogram[T volume.Voxel](data []T, stride int, least, most float64) (counts [windowBins]int, total int) {
	scale := windowBins / (most - least)
	for i := 0; i < len(data); i += stride {
		if f := float64(data[i]); finite(f) {
			counts[min(int((f-least)*scale), windowBins-1)]++
			total++
		}
	}
	return counts, total
}

// quantile is the place of a percentile between the least value (0) and the most (1): the lower edge
// of its bin for percentiles below 50, the upper edge for those above, so that a window never closes.
func quantile(counts [windowBins]int, total int, percent float64) float64 {
	want, seen := percent/100*float64(total), 0
	for i, n := range counts {
		seen += n
		if float64(seen) >= want && n > 0 {
			if percent >= 50 {
				i++
			}
			return float64(i) / windowBins
		}
	}
	return 1
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
