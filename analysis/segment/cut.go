package segment

import (
	"context"
	"fmt"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// inset is the volume without a margin at both ends of every axis.
func inset(n, margin [3]int) (Box, error) {
	b := Box{Max: n}
	for a := range 3 {
		b.Min[a], b.Max[a] = margin[a], n[a]-margin[a]
		if b.Min[a] >= b.Max[a] {
			return Box{}, fmt.Errorf("margin_voxels %d along %c leaves nothing of %d voxels", margin[a], "xyz"[a], n[a])
		}
	}
	return b, nil
}

// cut labels a voxel of the box classes[i], i being the number of thresholds below its grey.
func cut[T volume.Voxel](ctx context.Context, v *volume.Volume[T], b Box, classes []uint8, thresholds []float64, o parallel.Options, p parallel.Progress) (*volume.Labels, error) {
	return relabel(ctx, v, b, o, p, func(g float64) uint8 {
		i := 0
		for i < len(thresholds) && g > thresholds[i] {
			i++
		}
		return classes[i]
	})
}

// relabel gives every voxel of the box the class of its grey; outside all is void.
func relabel[T volume.Voxel](ctx context.Context, v *volume.Volume[T], b Box, o parallel.Options, p parallel.Progress, class func(grey float64) uint8) (*volume.Labels, error) {
	stage(p, "classes", v.N[2])
	l := volume.New[uint8](v.Grid)
	assign := assigner[T](class)
	err := parallel.Slabs(ctx, v.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			if z < b.Min[2] || z >= b.Max[2] {
				continue
			}
			for y := b.Min[1]; y < b.Max[1]; y++ {
				from, to := v.Offset(b.Min[0], y, z), v.Offset(b.Max[0], y, z)
				assign(l.Data[from:to], v.Data[from:to])
			}
		}
		return nil
	})
	return l, err
}

// assigner returns what gives a row of voxels their classes: by a table of all greys where there are
// at most 65536.
func assigner[T volume.Voxel](class func(grey float64) uint8) func(out []uint8, row []T) {
	if !threshold.Narrow[T]() {
		return func(out []uint8, row []T) {
			for i, g := range row {
				out[i] = class(float64(g))
			}
		}
	}
	var table [1 << 16]uint8
	for i := range table {
		g := T(i)
		table[uint16(g)] = class(float64(g))
	}
	return func(out []uint8, row []T) {
		for i, g := range row {
			out[i] = table[uint16(g)]
		}
	}
}

// blockHistograms cuts the box into n blocks along each axis and returns the histogram of each and
// of the whole. Axes shorter than n voxels are not cut.
func blockHistograms[T volume.Voxel](ctx context.Context, v *volume.Volume[T], b Box, n int, o parallel.Options, p parallel.Progress) (whole threshold.Histogram, parts []threshold.Histogram, err error) {
	scale, err := threshold.ScaleOf(ctx, v, o, p)
	if err != nil {
		return whole, nil, err
	}
	blocks := b.blocks(n)
	stage(p, "histograms", len(blocks))
	parts = make([]threshold.Histogram, len(blocks))
	err = parallel.Each(ctx, len(blocks), o, p, func(_ context.Context, i int) error {
		parts[i] = threshold.CountBox(v, scale, blocks[i].Min, blocks[i].Max)
		return nil
	})
	if err != nil {
		return whole, nil, err
	}
	whole = scale // empty until now
	for _, part := range parts {
		whole.Add(part)
	}
	return whole, parts, nil
}

func (b Box) blocks(n int) []Box {
	if n == 0 {
		n = 3
	}
	out := []Box{b}
	for a := range 3 {
		size := b.Max[a] - b.Min[a]
		if size < n {
			continue
		}
		var next []Box
		for _, part := range out {
			for i := range n {
				c := part
				c.Min[a], c.Max[a] = b.Min[a]+i*size/n, b.Min[a]+(i+1)*size/n
				next = append(next, c)
			}
		}
		out = next
	}
	return out
}

// greyStep is the step by which thresholds are moved to see how much hangs on them: 1/256 of the
// grey range, at least one grey of an integer image.
func greyStep(h threshold.Histogram) float64 {
	d := float64(len(h.Counts)) * h.Width / 256
	if h.Group > 0 {
		return max(d, 1)
	}
	return d
}

func stage(p parallel.Progress, name string, total int) {
	if p != nil {
		p.Stage(name, total)
	}
}
