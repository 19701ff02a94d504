package segment

import (
	"context"
	"encoding/binary"
	"math"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// coreVoxels is how many voxels of a class must lie inside it for their mean to be its level.
const coreVoxels = 100

// tally is the number of voxels of each class and the sum of their greys above base.
type tally struct {
	n   [ClassCount]int64
	sum [ClassCount]float64
}

// levels returns the grey of each bare class: the mean of its voxels whose 26 neighbours are of the
// same class, which blur hardly reaches, or of all its voxels where fewer than 100 are. NaN where
// the class is absent. v is not smoothed: a median would pull thin deposits down.
func levels[T volume.Voxel](ctx context.Context, v *volume.Volume[T], l *volume.Labels, b Box, h threshold.Histogram, o parallel.Options, p parallel.Progress) ([ClassCount]float64, error) {
	var out [ClassCount]float64
	stage(p, "class levels", v.N[2])
	cores, alls := make([]tally, v.N[2]), make([]tally, v.N[2]) // by slices: sums depend on no slab
	err := parallel.Slabs(ctx, v.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		for z := max(s.Z0, b.Min[2]); z < min(s.Z1, b.Max[2]); z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			tallySlice(&cores[z], &alls[z], v, l, b, z, h.Lo)
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	core, all := merge(cores), merge(alls)
	for c := range out {
		t := core
		if t.n[c] < coreVoxels {
			t = all
		}
		out[c] = math.NaN()
		if t.n[c] > 0 {
			out[c] = h.Lo + t.sum[c]/float64(t.n[c])
		}
	}
	return out, nil
}

// tallySlice adds slice z row by row.
func tallySlice[T volume.Voxel](core, all *tally, v *volume.Volume[T], l *volume.Labels, b Box, z int, base float64) {
	unlike, marks := make([]uint8, b.Max[0]-b.Min[0]), make([]uint8, b.Max[0]-b.Min[0])
	for y := b.Min[1]; y < b.Max[1]; y++ {
		from, to := v.Offset(b.Min[0], y, z), v.Offset(b.Max[0], y, z)
		neighbours(unlike, marks, l, b, y, z)
		greys, classes := v.Data[from:to], l.Data[from:to]
		for x := 0; x < len(classes); {
			end := label.SameUntil(classes, x)
			c := classes[x]
			tallyRun(core, all, c, greys[x:end], unlike[x:end], base)
			x = end
		}
	}
}

// tallyRun adds voxels of class c; those that are not unlike any neighbour lie inside it.
func tallyRun[T volume.Voxel](core, all *tally, c uint8, greys []T, unlike []uint8, base float64) {
	if threshold.Narrow[T]() {
		tallyWhole(core, all, c, greys, unlike, base)
		return
	}
	for i, grey := range greys {
		g := float64(grey) - base
		if g-g != 0 { // NaN or infinite
			continue
		}
		all.add(c, 1, g)
		if unlike[i] == 0 {
			core.add(c, 1, g)
		}
	}
}

// tallyWhole adds whole greys, whose sums in integers are those in float64.
func tallyWhole[T volume.Voxel](core, all *tally, c uint8, greys []T, unlike []uint8, base float64) {
	var sum, inner, innerSum int64
	unlike = unlike[:len(greys)]
	for i, grey := range greys {
		g := int64(grey)
		inside := (int64(unlike[i]) - 1) >> 63 // all bits where no neighbour is unlike, else none
		sum += g
		inner -= inside
		innerSum += g & inside
	}
	n := int64(len(greys))
	all.add(c, n, float64(sum)-float64(n)*base)
	core.add(c, inner, float64(innerSum)-float64(inner)*base)
}

func (t *tally) add(c uint8, n int64, sum float64) {
	t.n[c] += n
	t.sum[c] += sum
}

// neighbours writes, for a row of the box and with marks as scratch, 0 where the 26 neighbours of a voxel lie in the box and
// are of its class; in a box of one slice its 8 neighbours.
func neighbours(unlike, marks []uint8, l *volume.Labels, b Box, y, z int) {
	deep := min(1, b.Max[2]-b.Min[2]-1)
	if y == b.Min[1] || y == b.Max[1]-1 || z < b.Min[2]+deep || z >= b.Max[2]-deep {
		fill(unlike, 1)
		return
	}
	fill(marks, 0)
	n := len(unlike)
	row := l.Data[l.Offset(b.Min[0], y, z):][:n]
	for k := z - deep; k <= z+deep; k++ {
		for j := y - 1; j <= y+1; j++ {
			if j != y || k != z {
				differ(marks, row, l.Data[l.Offset(b.Min[0], j, k):][:n])
			}
		}
	}
	alongRow(unlike, marks, row)
}

// differ marks where a row and the one beside it differ, eight voxels at a time.
func differ(marks, row, beside []uint8) {
	n := len(marks) &^ 7
	for i := 0; i < n; i += 8 {
		d := eight(row, i) ^ eight(beside, i)
		binary.LittleEndian.PutUint64(marks[i:], eight(marks, i)|d)
	}
	for i := n; i < len(marks); i++ {
		marks[i] |= row[i] ^ beside[i]
	}
}

// alongRow adds to the marks of every voxel those of its neighbours in the row and where their
// classes differ. Beyond the ends nothing is of a class.
func alongRow(unlike, marks, row []uint8) {
	last := len(row) - 1
	unlike[0], unlike[last] = 1, 1
	x := 1
	for ; x+8 <= last; x += 8 {
		m := eight(marks, x-1) | eight(marks, x) | eight(marks, x+1)
		at := eight(row, x)
		binary.LittleEndian.PutUint64(unlike[x:], m|(eight(row, x-1)^at)|(eight(row, x+1)^at))
	}
	for ; x < last; x++ {
		unlike[x] = marks[x-1] | marks[x] | marks[x+1] | (row[x-1] ^ row[x]) | (row[x+1] ^ row[x])
	}
}

func eight(s []uint8, at int) uint64 { return binary.LittleEndian.Uint64(s[at:]) }

func fill(s []uint8, v uint8) {
	if v == 0 {
		clear(s)
		return
	}
	for i := range s {
		s[i] = v
	}
}

func merge(parts []tally) tally {
	var t tally
	for _, p := range parts {
		for c := range ClassCount {
			t.n[c] += p.n[c]
			t.sum[c] += p.sum[c]
		}
	}
	return t
}
