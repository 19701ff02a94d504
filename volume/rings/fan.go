package rings

import (
	"context"
	"math"

	"explant/volume"
)

// fan is the rays from the axis through the slices of a volume.
type fan struct {
	n      [3]int
	center [2]float64
	dirs   [][2]float64
	radii  int     // whole radii, the one next to the farthest corner included
	voxels []int64 // of a slice, by their whole radius
}

// fanOf has rays that are two voxels apart at the farthest corner.
func fanOf(n [3]int, center [2]float64) *fan {
	far := 0.0
	for i := range 4 {
		dx, dy := float64(i&1*(n[0]-1))-center[0], float64(i>>1*(n[1]-1))-center[1]
		far = math.Max(far, math.Hypot(dx, dy))
	}
	f := &fan{n: n, center: center, radii: int(far) + 2}
	rays := max(int(math.Pi*far), 16)
	for i := range rays {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(rays))
		f.dirs = append(f.dirs, [2]float64{c, s})
	}
	f.voxels = make([]int64, f.radii)
	for y := range n[1] {
		for x := range n[0] {
			f.voxels[int(math.Hypot(float64(x)-center[0], float64(y)-center[1]))]++
		}
	}
	return f
}

// ray writes the greys of a slice at whole radii along a ray, NaN outside the slice.
func ray(dst, slice []float32, f *fan, dir [2]float64) {
	nx, ny := f.n[0], f.n[1]
	none := float32(math.NaN())
	for i := range dst {
		x, y := f.center[0]+float64(i)*dir[0], f.center[1]+float64(i)*dir[1]
		if !(x >= 0 && y >= 0 && x <= float64(nx-1) && y <= float64(ny-1)) {
			dst[i] = none
			continue
		}
		x0, y0 := min(int(x), max(nx-2, 0)), min(int(y), max(ny-2, 0))
		px, py := float32(x-float64(x0)), float32(y-float64(y0))
		right, down := min(1, nx-1), min(1, ny-1)*nx
		at := x0 + nx*y0
		top := slice[at]*(1-px) + slice[at+right]*px
		low := slice[at+down]*(1-px) + slice[at+down+right]*px
		dst[i] = top*(1-py) + low*py
	}
}

// bins is the number of steps in which what is left of greys is counted, to both sides together.
const bins = 512

// together is the number of slices that are averaged before rays are laid through them: rings stay, noise
// does not, and solids hardly change over so few.
const together = 4

// rounds is how often rings are looked for in what the offsets so far leave: a point's own noise chooses
// its likes, and the way between voxels smooths, so that one round finds a part of a ring alone.
const rounds = 3

// profileOf finds the offsets of slices z0 to z1 and the standard deviation of the noise of the averages
// that they are found in.
func profileOf[T volume.Voxel](ctx context.Context, v *volume.Volume[T], f *fan, reach, z0, z1 int) ([]float64, float64, error) {
	out := make([]float64, f.radii)
	counts := make([]int32, f.radii*bins)
	greys := make([]float32, f.radii)
	slice, smooth := make([]float32, v.N[0]*v.N[1]), make([]float32, v.N[0]*v.N[1])
	far := 0.0
	for range rounds {
		clear(counts)
		for z := z0; z < z1; z += together {
			if err := ctx.Err(); err != nil {
				return nil, 0, err
			}
			average(slice, v, z, min(z+together, z1))
			removeFrom(slice, slice, v.N[0], f.center, out)
			if far == 0 {
				if far = 3 * noiseOf(slice, v.N[0]); far == 0 {
					return out, 0, nil
				}
			}
			plain(slice, smooth, v.N[0], far)
			for _, dir := range f.dirs {
				ray(greys, slice, f, dir)
				countLeft(counts, greys, reach, float32(far))
			}
		}
		for i := range out {
			out[i] += median(counts[i*bins:(i+1)*bins], far)
		}
		level(out, f.voxels)
	}
	groups := float64((z1 - z0 + together - 1) / together)
	f.trust(out, counts, far, groups)
	return out, far / 3, nil
}

func average[T volume.Voxel](dst []float32, v *volume.Volume[T], z0, z1 int) {
	clear(dst)
	for z := z0; z < z1; z++ {
		for i, g := range v.Slice(z) {
			dst[i] += float32(g)
		}
	}
	for i := range dst {
		dst[i] /= float32(z1 - z0)
	}
}

// countLeft counts, by radius, what a grey has above the mean of those about it on the ray that are
// within far of it.
func countLeft(counts []int32, greys []float32, reach int, far float32) {
	scale := bins / (2 * far)
	for i, g := range greys {
		if g != g {
			continue
		}
		var sum float32
		n := 0
		for _, h := range greys[max(i-reach, 0):min(i+reach+1, len(greys))] {
			if d := h - g; d <= far && d >= -far {
				sum += d
				n++
			}
		}
		if n < reach { // hardly anything of its kind: an edge, or a speck
			continue
		}
		left := -sum / float32(n)
		at := min(max(int((left+far)*scale), 0), bins-1)
		counts[i*bins+at]++
	}
}

// median is the median of what is left of greys, 0 where nothing was counted.
func median(counts []int32, far float64) float64 {
	at := quantile(counts, 0.5)
	if math.IsNaN(at) {
		return 0
	}
	return at*2*far/bins - far
}

// trust draws each offset towards 0 as far as chance may have made it: Wiener's filter, with the variance of
// the rings themselves that all radii together show above chance.
func (f *fan) trust(offsets []float64, counts []int32, far, groups float64) {
	chance := make([]float64, len(offsets))
	sum, weight := 0.0, 0.0
	for i, a := range offsets {
		c := counts[i*bins : (i+1)*bins]
		spread := (quantile(c, 0.84) - quantile(c, 0.16)) * far / bins
		seen := share(c, float64(len(f.dirs))*groups) * float64(f.voxels[i]) * groups
		chance[i] = math.Pi / 2 * spread * spread / math.Max(seen/sharing, 1) // of a median
		if seen < sharing {
			chance[i] = math.Inf(1)
			continue
		}
		sum += (a*a - chance[i]) * float64(f.voxels[i]) / (1 + chance[i]*chance[i])
		weight += float64(f.voxels[i]) / (1 + chance[i]*chance[i])
	}
	rings := 0.0
	if weight > 0 {
		rings = math.Max(sum/weight, 0)
	}
	for i := range offsets {
		if math.IsInf(chance[i], 1) || rings == 0 {
			offsets[i] = 0
			continue
		}
		offsets[i] *= rings / (rings + chance[i])
	}
}

// sharing is about how many voxels share their noise.
const sharing = 2.5

// share is how many of the points there could be were counted.
func share(counts []int32, most float64) float64 {
	total := 0.0
	for _, n := range counts {
		total += float64(n)
	}
	return total / most
}

// quantile is the place in bins below which a share of the counts lies, NaN where there are none.
func quantile(counts []int32, share float64) float64 {
	total := 0.0
	for _, n := range counts {
		total += float64(n)
	}
	if total == 0 {
		return math.NaN()
	}
	below, wanted := 0.0, share*total
	for i, n := range counts {
		if below+float64(n) >= wanted && n > 0 {
			return float64(i) + (wanted-below)/float64(n)
		}
		below += float64(n)
	}
	return float64(len(counts))
}

// level takes off the mean over the voxels of a slice, so that greys keep their level.
func level(profile []float64, voxels []int64) {
	sum, n := 0.0, 0.0
	for i, p := range profile {
		sum += p * float64(voxels[i])
		n += float64(voxels[i])
	}
	for i := range profile {
		profile[i] -= sum / math.Max(n, 1)
	}
}
