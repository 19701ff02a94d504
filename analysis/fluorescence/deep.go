package fluorescence

import (
	"context"
	"maps"
	"math"
	"slices"

	"explant/volume/filter"
	"explant/volume/parallel"
)

// A stack of focal planes is cleaned and searched as a field is, with kernels that go through its planes: in the
// plane those of the field, across the planes these. Lengths are in µm throughout, so voxels need not be cubes.

// deep tells whether several focal planes are measured as a volume.
func (k cleaner) deep() bool { return k.Grid.N[2] > 1 }

// area is the number of pixels of a focal plane.
func (f Field) area() int { return f.Grid.N[0] * f.Grid.N[1] }

// apartUM is the distance of two focal planes in µm.
func (f Field) apartUM() float64 { return 1000 * f.Grid.Spacing[2] }

// eachPlane makes every focal plane by a kernel from that of data.
func (k cleaner) eachPlane(data []float32, f func(dst, src []float32) error) ([]float32, error) {
	n, out := k.area(), planes.take(len(data))
	return out, parallel.Each(context.Background(), len(data)/n, k.o, nil, func(_ context.Context, z int) error {
		return f(out[z*n:][:n], data[z*n:][:n])
	})
}

// eachRow calls fn for the rows of a plane, several at once.
func (k cleaner) eachRow(fn func(y int)) error {
	o := k.o
	o.Depth, o.Halo = 16, 0
	return parallel.Slabs(context.Background(), k.Grid.N[1], o, nil, func(_ context.Context, s parallel.Slab) error {
		for y := s.Z0; y < s.Z1; y++ {
			fn(y)
		}
		return nil
	})
}

// across applies a symmetric kernel along z in place; beyond its ends the stack is mirrored.
func (k cleaner) across(data []float32, kernel []float32) error {
	w, n, nz := k.Grid.N[0], k.area(), k.Grid.N[2]
	return k.eachRow(func(y int) {
		column := make([]float32, nz*w)
		for z := range nz {
			copy(column[z*w:], data[z*n+y*w:][:w])
		}
		for z := range nz {
			weigh(data[z*n+y*w:][:w], column, z, nz, kernel)
		}
	})
}

// weigh makes row at of n rows that lie one after another from those around it.
func weigh(out, rows []float32, at, n int, kernel []float32) {
	w, reach := len(out), len(kernel)/2
	clear(out)
	for i, weight := range kernel {
		for x, v := range rows[mirrored(at+i-reach, n)*w:][:w] {
			out[x] += weight * v
		}
	}
}

// mirrored is the place from 0 to n-1 that i is the image of, the ends being mirrors.
func mirrored(i, n int) int {
	i %= 2 * n
	if i < 0 {
		i += 2 * n
	}
	return min(i, 2*n-1-i)
}

// inPlanes applies a symmetric kernel along x and along y; beyond its edges each plane is mirrored.
func (k cleaner) inPlanes(data []float32, kernel []float32) ([]float32, error) {
	w, h, n, reach := k.Grid.N[0], k.Grid.N[1], k.area(), len(kernel)/2
	out := make([]float32, len(data))
	return out, parallel.Each(context.Background(), len(data)/n, k.o, nil, func(_ context.Context, z int) error {
		plane, line := make([]float32, n), make([]float32, w+2*reach)
		for y := range h {
			row, into := data[z*n+y*w:][:w], plane[y*w:][:w]
			for x := range line {
				line[x] = row[mirrored(x-reach, w)]
			}
			for i, weight := range kernel {
				for x, v := range line[i:][:w] {
					into[x] += weight * v
				}
			}
		}
		for y := range h {
			weigh(out[z*n+y*w:][:w], plane, y, h, kernel)
		}
		return nil
	})
}

// deepGaussian smooths a stack, sigma in µm.
func (k cleaner) deepGaussian(data []float32, um float64) ([]float32, error) {
	half := filter.GaussianHalf(um / k.um)
	out, err := k.eachPlane(data, func(dst, src []float32) error {
		return filter.Separable(dst, src, k.Grid.N[0], k.Grid.N[1], half)
	})
	if err != nil {
		return nil, err
	}
	return out, k.across(out, bell(um/k.apartUM()))
}

// bell is a sampled Gaussian of sigma planes or pixels, of sum 1.
func bell(sigma float64) []float32 {
	half := filter.GaussianHalf(sigma)
	out := slices.Clone(half)
	slices.Reverse(out)
	return append(out, half[1:]...)
}

func sq(v float64) float64 { return v * v }

// deepBrightest is the largest value within um along x, y and z; the planes next to each one count at least.
func (k cleaner) deepBrightest(data []float32, um float64) ([]float32, error) {
	flat, err := k.eachPlane(data, func(dst, src []float32) error {
		return filter.Highest(dst, src, k.Grid.N[0], k.Grid.N[1], int(math.Round(um/k.um)))
	})
	if err != nil {
		return nil, err
	}
	n, nz, reach := k.area(), k.Grid.N[2], max(int(math.Round(um/k.apartUM())), 1)
	defer planes.give(flat)
	out := planes.take(len(data))
	return out, parallel.Each(context.Background(), nz, k.o, nil, func(_ context.Context, z int) error {
		into := out[z*n:][:n]
		copy(into, flat[z*n:])
		for from := max(z-reach, 0); from <= min(z+reach, nz-1); from++ {
			for i, v := range flat[from*n:][:n] {
				into[i] = max(into[i], v)
			}
		}
		return nil
	})
}

// inStack are the rules of a stack: its contours are drawn at a share of the brightest light nearby of their own, and
// the point spread stays, for it is wider across the planes than light and noise let it be taken off.
func (p Params) inStack() Params {
	p.PointSpreadUM = 0
	p.Markers = maps.Clone(p.Markers)
	for name, m := range p.Markers {
		m.ContourShare, m.ContourReachUM = p.StackShare, p.StackReachUM
		p.Markers[name] = m
	}
	return p
}

// ball is the volume of the ball of a cross-section.
func ball(section float64) float64 { return 4.0 / 3 * section * math.Sqrt(section/math.Pi) }
