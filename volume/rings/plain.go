package rings

import (
	"math"
	"slices"
)

// plain marks, with NaN, what is no part of a plain of a slice: where greys smoothed over 3x3 voxels differ
// by more than steep within two voxels, an edge is near.
func plain(slice, smooth []float32, nx int, steep float64) {
	smoothed(smooth, slice, nx)
	ny := len(slice) / nx
	none := float32(math.NaN())
	for y := range ny {
		for x := range nx {
			lo, hi := smooth[x+nx*y], smooth[x+nx*y]
			for _, d := range around {
				i, j := min(max(x+d[0], 0), nx-1), min(max(y+d[1], 0), ny-1)
				g := smooth[i+nx*j]
				lo, hi = min(lo, g), max(hi, g)
			}
			if float64(hi-lo) > steep {
				slice[x+nx*y] = none
			}
		}
	}
}

// around are the steps to voxels about two voxels away.
var around = [8][2]int{{2, 0}, {-2, 0}, {0, 2}, {0, -2}, {2, 2}, {2, -2}, {-2, 2}, {-2, -2}}

// smoothed writes the means over 3x3 voxels, the nearest being repeated beyond the ends.
func smoothed(dst, src []float32, nx int) {
	ny := len(src) / nx
	for y := range ny {
		up, down := src[nx*max(y-1, 0):], src[nx*min(y+1, ny-1):]
		for x := range nx {
			var sum float32
			for _, i := range [3]int{max(x-1, 0), x, min(x+1, nx-1)} {
				sum += up[i] + src[nx*y+i] + down[i]
			}
			dst[nx*y+x] = sum / 9
		}
	}
}

// block is the side in voxels of the squares whose own spread tells the noise.
const block = 7

// noiseOf is the standard deviation of the noise of a slice: that within squares of 7x7 voxels of the
// quietest tenth, which hold no edge, and a little more, since they are quiet by chance too.
func noiseOf(slice []float32, nx int) float64 {
	ny := len(slice) / nx
	var spreads []float64
	for y := 0; y+block <= ny; y += block / 2 {
		for x := 0; x+block <= nx; x += block / 2 {
			spreads = append(spreads, spreadOf(slice[x+nx*y:], nx))
		}
	}
	if len(spreads) == 0 {
		return 0
	}
	slices.Sort(spreads)
	return 1.15 * spreads[len(spreads)/10]
}

// spreadOf is the standard deviation in the square of a slice whose first voxel comes first.
func spreadOf(slice []float32, nx int) float64 {
	var sum, squares float64
	for y := range block {
		for _, g := range slice[nx*y:][:block] {
			sum += float64(g)
			squares += float64(g) * float64(g)
		}
	}
	const n = block * block
	return math.Sqrt(math.Max(squares-sum*sum/n, 0) / (n - 1))
}
