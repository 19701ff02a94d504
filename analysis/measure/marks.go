package measure

import (
	"encoding/binary"

	"explant/analysis/segment"
)

// mark marks the voxels of row (y, z) of the box that are deposit or have deposit above, below,
// before or behind them. The mark of the box's voxel x is marks[x+1].
func (w *weigher) mark(marks []uint8, y, z int) {
	clear(marks)
	b := &w.box
	for _, r := range [5][2]int{{0, 0}, {-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
		j, k := y+r[0], z+r[1]
		if j >= b.Min[1] && j < b.Max[1] && k >= b.Min[2] && k < b.Max[2] {
			markDeposit(marks[1:len(marks)-1], w.l.Data[w.l.Offset(b.Min[0], j, k):])
		}
	}
}

// markDeposit marks the deposit of a row, eight voxels at a time.
func markDeposit(marks, row []uint8) {
	const (
		all  = uint64(segment.Deposit) * 0x0101010101010101
		low  = 0x7f7f7f7f7f7f7f7f
		high = 0x8080808080808080
	)
	x := 0
	for ; x+8 <= len(marks); x += 8 {
		d := binary.LittleEndian.Uint64(row[x:]) ^ all // 0 in the bytes of deposit
		if m := ^((d&low + low) | d) & high; m != 0 {
			binary.LittleEndian.PutUint64(marks[x:], binary.LittleEndian.Uint64(marks[x:])|m)
		}
	}
	for ; x < len(marks); x++ {
		if row[x] == segment.Deposit {
			marks[x] = 1
		}
	}
}

// nextMark is the first voxel from x on that is marked or beside a marked one in the row; the number
// of voxels where there is none.
func nextMark(marks []uint8, x int) int {
	n := len(marks) - 2
	for x < n {
		if x+10 <= len(marks) && binary.LittleEndian.Uint64(marks[x:])|uint64(marks[x+8])|uint64(marks[x+9]) == 0 {
			x += 8
			continue
		}
		if marks[x]|marks[x+1]|marks[x+2] != 0 {
			return x
		}
		x++
	}
	return n
}
