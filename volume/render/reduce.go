package render

import (
	"context"

	"explant/volume"
	"explant/volume/parallel"
)

// field is the share of each cell, 0 to 255, that a layer's classes fill, on a coarser grid with one
// empty cell on every side, so that a surface cut by the border of the volume is closed.
type field struct {
	n    [3]int // cells, the empty ones included
	data []uint8
}

func (f *field) offset(x, y, z int) int { return x + f.n[0]*(y+f.n[1]*z) }

// factors says how many voxels along each axis become one cell, so that the longest side has about
// side cells, at most one and a half times as many, and cells are as cubic as whole factors allow.
func factors(n [3]int, spacing [3]float64, side int) [3]int {
	extent := 0.0
	for a := range 3 {
		extent = max(extent, float64(n[a])*spacing[a])
	}
	var out [3]int
	for a := range 3 {
		out[a] = max(1, int(extent/float64(side)/spacing[a]+0.5))
	}
	return out
}

// reduce averages labels over blocks of f voxels; a block cut by the border counts as partly empty.
func reduce(ctx context.Context, labels *volume.Labels, classes []uint8, f [3]int, o parallel.Options, p parallel.Progress) (*field, error) {
	var in [256]uint32
	for _, c := range classes {
		in[c] = 1
	}
	out := &field{}
	for a := range 3 {
		out.n[a] = (labels.N[a]+f[a]-1)/f[a] + 2
	}
	out.data = make([]uint8, out.n[0]*out.n[1]*out.n[2])
	o.Depth, o.Halo = 4, 0
	err := parallel.Slabs(ctx, out.n[2]-2, o, p, func(ctx context.Context, s parallel.Slab) error {
		counts := make([]uint32, out.n[0])
		for z := s.Z0; z < s.Z1 && ctx.Err() == nil; z++ {
			for y := range out.n[1] - 2 {
				clear(counts)
				countBlocks(labels, &in, f, y, z, counts)
				store(counts, uint32(f[0]*f[1]*f[2]), out.data[out.offset(0, y+1, z+1):])
			}
		}
		return ctx.Err()
	})
	return out, err
}

// countBlocks counts the voxels in a row of blocks; counts[x+1] belongs to block x.
func countBlocks(labels *volume.Labels, in *[256]uint32, f [3]int, y, z int, counts []uint32) {
	for vz := z * f[2]; vz < min((z+1)*f[2], labels.N[2]); vz++ {
		for vy := y * f[1]; vy < min((y+1)*f[1], labels.N[1]); vy++ {
			at := labels.Offset(0, vy, vz)
			row := labels.Data[at : at+labels.N[0]]
			for x := range len(counts) - 2 {
				for _, v := range row[x*f[0] : min((x+1)*f[0], len(row))] {
					counts[x+1] += in[v]
				}
			}
		}
	}
}

func store(counts []uint32, full uint32, row []uint8) {
	for x, c := range counts {
		row[x] = uint8((uint64(c)*255 + uint64(full)/2) / uint64(full))
	}
}

// blur is f averaged with the weights 1, 2, 1 along each axis, times times over.
func (f *field) blur(ctx context.Context, times int, o parallel.Options) (*field, error) {
	at, next := f, &field{n: f.n, data: make([]uint8, len(f.data))}
	for range times {
		for a := range 3 {
			if err := at.blurAlong(ctx, a, next, o); err != nil {
				return nil, err
			}
			if at == f {
				at = &field{n: f.n, data: make([]uint8, len(f.data))}
			}
			at, next = next, at
		}
	}
	return at, nil
}

func (f *field) blurAlong(ctx context.Context, axis int, out *field, o parallel.Options) error {
	stride := [3]int{1, f.n[0], f.n[0] * f.n[1]}[axis]
	o.Depth, o.Halo = 8, 0
	return parallel.Slabs(ctx, f.n[2]-2, o, nil, func(ctx context.Context, s parallel.Slab) error {
		for z := s.Z0 + 1; z < s.Z1+1 && ctx.Err() == nil; z++ {
			for y := 1; y < f.n[1]-1; y++ {
				for i := f.offset(1, y, z); i < f.offset(f.n[0]-1, y, z); i++ {
					sum := int(f.data[i-stride]) + 2*int(f.data[i]) + int(f.data[i+stride])
					out.data[i] = uint8((sum + 2) / 4)
				}
			}
		}
		return ctx.Err()
	})
}

// lost is the share of a cell, of 255, that the blur leaves of threads and single cells, but not of the
// corners of larger bodies: at most 0.25 against 0.42.
const lost = 77

// keepSmall raises cells that the blur would lose: a thread or a single cell stays inside the surface.
func (f *field) keepSmall(raw *field) {
	for i, v := range raw.data {
		if v >= 128 && f.data[i] < lost {
			f.data[i] = v
		}
	}
}

// largestCorners is the largest of the eight values that sample takes a part in between each cell and
// its upper neighbours; 0 on the upper border, where nothing is sampled.
func (f *field) largestCorners() []uint8 {
	out := make([]uint8, len(f.data))
	row, slice := f.n[0], f.n[0]*f.n[1]
	for i := range len(f.data) - slice - row - 1 {
		d := f.data[i:]
		out[i] = max(d[0], d[1], d[row], d[row+1], d[slice], d[slice+1], d[slice+row], d[slice+row+1])
	}
	return out
}

// sample is the trilinear value of f at a position in cells, 0 to 255; the position must leave a
// whole cell on its upper sides.
func (f *field) sample(x, y, z float64) float64 {
	ix, iy, iz := int(x), int(y), int(z)
	fx, fy, fz := x-float64(ix), y-float64(iy), z-float64(iz)
	i, row, slice := f.offset(ix, iy, iz), f.n[0], f.n[0]*f.n[1]
	d := f.data[i : i+slice+row+2]
	line := func(i int) float64 { a := float64(d[i]); return a + fx*(float64(d[i+1])-a) }
	near, far := line(0), line(slice)
	near += fy * (line(row) - near)
	far += fy * (line(slice+row) - far)
	return near + fz*(far-near)
}
