package segment

import (
	"context"
	"fmt"
	"sync/atomic"

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
func (m *greys[T]) cut(ctx context.Context, b Box, classes []uint8, thresholds []float64, o parallel.Options, p parallel.Progress) (*volume.Labels, error) {
	return m.relabel(ctx, b, o, p, func(g float64) uint8 {
		i := 0
		for i < len(thresholds) && g > thresholds[i] {
			i++
		}
		return classes[i]
	})
}

// relabel gives every voxel of the box the class of its grey; outside all is void.
func (m *greys[T]) relabel(ctx context.Context, b Box, o parallel.Options, p parallel.Progress, class func(grey float64) uint8) (*volume.Labels, error) {
	stage(p, "classes", m.raw.N[2])
	l, err := volume.Make[uint8](ctx, m.raw.Grid)
	if err != nil {
		return nil, err
	}
	assign := assigner[T](class)
	err = m.each(ctx, o, p, func(ctx context.Context, s parallel.Slab, slice func(z int) []T) error {
		for z := max(s.Z0, b.Min[2]); z < min(s.Z1, b.Max[2]); z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			values, classes := slice(z), l.Slice(z)
			for y := b.Min[1]; y < b.Max[1]; y++ {
				from, to := l.Offset(b.Min[0], y, 0), l.Offset(b.Max[0], y, 0)
				assign(classes[from:to], values[from:to])
			}
		}
		return nil
	})
	return l, err
}

// count counts the classes that relabel would give.
func (m *greys[T]) count(ctx context.Context, o parallel.Options, class func(grey float64) uint8) (Counts, error) {
	assign := assigner[T](class)
	var sum [256]atomic.Int64
	err := m.each(ctx, o, nil, func(_ context.Context, s parallel.Slab, slice func(z int) []T) error {
		classes := make([]uint8, m.raw.N[0]*m.raw.N[1])
		var n [256]int64
		for z := s.Z0; z < s.Z1; z++ {
			assign(classes, slice(z))
			for _, c := range classes {
				n[c]++
			}
		}
		for c := range n {
			sum[c].Add(n[c])
		}
		return nil
	})
	return Counts{Deposit: sum[Deposit].Load(), BloodSide: sum[Deposit].Load() + sum[Void].Load()}, err
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

// blocks cuts the box into n along each axis, 0 standing for 3. Axes shorter than n voxels are not cut.
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
