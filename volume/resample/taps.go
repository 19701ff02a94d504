package resample

import (
	"math"

	"explant/volume"
)

// taps are the voxels of the old grid, from first on, that each voxel of the new one is made from along
// an axis, and their weights, which sum to 1.
type taps []tap

type tap struct {
	first  int
	weight []float64
}

// tapsOf makes n taps over old voxels; ratio is a new voxel's edge in old ones.
func tapsOf(old, n int, ratio float64) taps {
	out := make(taps, n)
	for i := range out {
		lo := float64(i) * ratio // faces of the new voxel, in old voxels from the outer face
		if ratio > 1 {
			out[i] = boxTap(old, lo, lo+ratio)
		} else {
			out[i] = linearTap(old, lo+ratio/2-0.5)
		}
	}
	return out
}

// boxTap weighs old voxels by how much of [lo, hi] they fill.
func boxTap(old int, lo, hi float64) tap {
	first := min(int(lo), old-1)
	last := min(int(math.Ceil(hi))-1, old-1)
	t := tap{first: first}
	sum := 0.0
	for i := first; i <= last; i++ {
		w := math.Max(math.Min(hi, float64(i+1))-math.Max(lo, float64(i)), 0)
		t.weight = append(t.weight, w)
		sum += w
	}
	if sum <= 0 { // a new voxel that hardly reaches the last old one
		return tap{first: old - 1, weight: []float64{1}}
	}
	for i := range t.weight {
		t.weight[i] /= sum
	}
	return t
}

// linearTap weighs the two old voxels about a place that is counted from the first centre.
func linearTap(old int, at float64) tap {
	at = math.Min(math.Max(at, 0), float64(old-1))
	first := int(at)
	part := at - float64(first)
	if part == 0 {
		return tap{first, []float64{1}}
	}
	return tap{first, []float64{1 - part, part}}
}

// weigher makes new slices: sums along z, then y, then x.
type weigher[T volume.Voxel] struct {
	v          *volume.Volume[T]
	along      [3]taps
	slice, row []float64
}

func (w *weigher[T]) write(dst []T, z int) {
	clear(w.slice)
	t := w.along[2][z]
	for k, weight := range t.weight {
		for i, g := range w.v.Slice(t.first + k) {
			w.slice[i] += weight * float64(g)
		}
	}
	nx, mx := w.v.N[0], len(w.along[0])
	for y, t := range w.along[1] {
		clear(w.row)
		for k, weight := range t.weight {
			for i, g := range w.slice[(t.first+k)*nx:][:nx] {
				w.row[i] += weight * g
			}
		}
		w.alongX(dst[y*mx : (y+1)*mx])
	}
}

func (w *weigher[T]) alongX(dst []T) {
	held := volume.Held[T]()
	for x, t := range w.along[0] {
		sum := 0.0
		for k, g := range w.row[t.first:][:len(t.weight)] {
			sum += t.weight[k] * g
		}
		dst[x] = held(sum)
	}
}
