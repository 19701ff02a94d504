package measure

import (
	"context"
	"encoding/binary"

	"explant/analysis/segment"
	"explant/analysis/spatial"
	"explant/volume"
	"explant/volume/parallel"
)

// lattice is the box as bits: the blood-side space is the room, deposit the load. It takes a quarter of a
// byte a voxel.
func (j *job) lattice(ctx context.Context) (*spatial.Lattice, error) {
	if j.bits != nil {
		return j.bits, nil
	}
	l, b := j.seg.Labels, j.census.box
	n := [3]int{b.Max[0] - b.Min[0], b.Max[1] - b.Min[1], b.Max[2] - b.Min[2]}
	load, err := volume.Array[uint64](ctx, spatial.Words(n))
	if err != nil {
		return nil, err
	}
	room, err := volume.Array[uint64](ctx, spatial.Words(n))
	if err != nil {
		return nil, err
	}
	out := spatial.NewLattice(n, l.Spacing, load, room)
	stage(j.prog, "where deposit lies", n[2])
	err = parallel.Slabs(ctx, n[2], j.opt, j.prog, func(ctx context.Context, s parallel.Slab) error {
		for z := s.Z0; z < s.Z1 && ctx.Err() == nil; z++ {
			for y := range n[1] {
				deposit, room := out.Row(y, z)
				from := l.Offset(b.Min[0], b.Min[1]+y, b.Min[2]+z)
				row := l.Data[from : from+n[0]]
				setBits(deposit, row, segment.Deposit)
				setBits(room, row, segment.Void)
				for w := range room {
					room[w] |= deposit[w]
				}
			}
		}
		return ctx.Err()
	})
	j.bits = out
	return out, err
}

// setBits sets bit x of a row of words where voxel x of the row is of a class, eight voxels at a time.
func setBits(words []uint64, row []uint8, class uint8) {
	const (
		every  = uint64(0x0101010101010101)
		low    = uint64(0x7f7f7f7f7f7f7f7f)
		gather = uint64(0x0102040810204080) // moves bit 0 of byte i to bit 56+i
	)
	all := uint64(class) * every
	x := 0
	for ; x+8 <= len(row); x += 8 {
		d := binary.LittleEndian.Uint64(row[x:]) ^ all // 0 in the bytes of the class
		found := ^((d&low + low) | d) >> 7 & every
		words[x/64] |= found * gather >> 56 << (x % 64)
	}
	for ; x < len(row); x++ {
		if row[x] == class {
			words[x/64] |= 1 << (x % 64)
		}
	}
}

// bloodShare is the blood-side space as a share of what is in the housing, the porosity of the unused device.
func (j *job) bloodShare() float64 {
	t := j.census.total
	device := t.n[segment.Void] + t.n[segment.Deposit] + t.n[segment.Polymer]
	if !j.seg.LumensInVoid {
		device += t.n[segment.Lumen]
	}
	return float64(t.bloodSide()) / float64(device)
}

// deviceVoxels is the number of voxels in the housing.
func (j *job) deviceVoxels() float64 { return float64(j.census.total.bloodSide()) / j.bloodShare() }

// corner is the place of the low corner of the box, mm from the low corner of the volume.
func corner(g volume.Grid, b segment.Box) (at [3]float64) {
	for a := range at {
		at[a] = float64(b.Min[a]) * g.Spacing[a]
	}
	return at
}
