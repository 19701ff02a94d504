// Package moments gives the place, the spread and the equivalent ellipsoid of objects.
//
// The equivalent ellipsoid has the volume moments of an object: its centroid, and along its own axes the
// same second moments. A full ellipsoid of half axes a, b, c has variances a²/5, b²/5, c²/5, so that the
// half axes are √5 times the standard deviations. Voxels are boxes and not points: each adds a twelfth
// of its squared edge to the variance along that edge.
//
// Source: Flusser, Suk, Zitová, 2D and 3D Image Analysis by Moments, Wiley, 2016.
package moments

import (
	"cmp"
	"math"
	"slices"

	"explant/volume"
	"explant/volume/label"
)

// Moments are those of one object.
type Moments struct {
	Count      int64         // voxels
	Centroid   [3]float64    // mean voxel index along x, y, z
	Covariance [3][3]float64 // mm², of the voxels as boxes
}

// sums of voxel indices and of their products; whole, so that no rounding depends on an order. The
// indices are counted from the middle of the object's box.
type sums struct {
	n      int64
	first  [3]int64
	second [6]int64 // xx, yy, zz, xy, xz, yz
}

// Of returns the moments of each of the objects on a grid of theirs: moments[i] is that of object i+1.
// An unknown spacing gives volume.ErrSpacing.
func Of(g volume.Grid, objects *label.Objects) ([]Moments, error) {
	if _, err := g.VoxelVolume(); err != nil {
		return nil, err
	}
	all := make([]sums, len(objects.Regions))
	middle := make([][3]int, len(objects.Regions))
	for i, r := range objects.Regions {
		for a := range 3 {
			middle[i][a] = (r.Min[a] + r.Max[a]) / 2
		}
	}
	for z := range g.N[2] {
		for y := range g.N[1] {
			runs, numbers := objects.Row(y, z)
			for k, r := range runs {
				i := numbers[k] - 1
				m := middle[i]
				all[i].add(int64(int(r.X0)-m[0]), int64(int(r.X1)-m[0]), int64(y-m[1]), int64(z-m[2]))
			}
		}
	}
	out := make([]Moments, len(all))
	for i, s := range all {
		out[i] = s.moments(g.Spacing, middle[i])
	}
	return out, nil
}

// add takes the voxels [x0, x1) of row (y, z).
func (s *sums) add(x0, x1, y, z int64) {
	n := x1 - x0
	x := n * (x0 + x1 - 1) / 2
	s.n += n
	s.first[0] += x
	s.first[1] += n * y
	s.first[2] += n * z
	s.second[0] += squaresBelow(x1) - squaresBelow(x0)
	s.second[1] += n * y * y
	s.second[2] += n * z * z
	s.second[3] += x * y
	s.second[4] += x * z
	s.second[5] += n * y * z
}

// squaresBelow is the sum of i² over i from 0 to n-1, for a negative n minus that over n to -1, so that
// differences are sums.
func squaresBelow(n int64) int64 { return (n - 1) * n * (2*n - 1) / 6 }

func (s sums) moments(spacing [3]float64, middle [3]int) (m Moments) {
	m.Count = s.n
	n := float64(s.n)
	var mean [3]float64
	for a := range 3 {
		mean[a] = float64(s.first[a]) / n
		m.Centroid[a] = mean[a] + float64(middle[a])
	}
	for k, at := range [6][2]int{{0, 0}, {1, 1}, {2, 2}, {0, 1}, {0, 2}, {1, 2}} {
		a, b := at[0], at[1]
		v := float64(s.second[k])/n - mean[a]*mean[b]
		if a == b {
			v += 1.0 / 12
		}
		v *= spacing[a] * spacing[b]
		m.Covariance[a][b], m.Covariance[b][a] = v, v
	}
	return m
}

// Ellipsoid is a full ellipsoid.
type Ellipsoid struct {
	Radii [3]float64    // half axes, mm, the longest first
	Axes  [3][3]float64 // their unit vectors along x, y, z of the grid
}

// Ellipsoid returns the full ellipsoid of the same second moments, about the centroid. Where half axes
// are equal any axes across the others may be returned.
func (m Moments) Ellipsoid() Ellipsoid {
	values, vectors := eigen(m.Covariance)
	order := []int{0, 1, 2}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(values[j], values[i]) })
	var e Ellipsoid
	for k, i := range order {
		e.Radii[k] = math.Sqrt(5 * max(values[i], 0))
		e.Axes[k] = vectors[i]
	}
	return e
}
