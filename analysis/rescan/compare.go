package rescan

import (
	"explant/analysis/segment"
	"explant/volume"
)

// along is the number of parts of a block along each axis.
const along = 2

// Parts is the number of parts that a block is compared in. They are large, for errors are alike over many
// voxels: the standard error over 64 parts of 32 voxels was a third smaller than the scatter of phantoms.
const Parts = along * along * along

// Part is one of the equal parts of the block in voxels: what was scanned, and what was found again.
type Part struct {
	Deposit, DepositAgain     int64
	BloodSide, BloodSideAgain int64 // void and deposit
	Polymer                   int64
}

// Outcome is a block as scanned and as found again.
type Outcome struct {
	Parts [Parts]Part
	Faces int64 // voxel faces between deposit and anything else in the block as scanned
}

// Compare counts what the second segmentation found where the first one had been scanned; both have the
// voxels of the block.
func Compare(truth, again *volume.Labels) (out Outcome) {
	n := truth.N
	for z := range n[2] {
		for y := range n[1] {
			for x := range n[0] {
				i := truth.Offset(x, y, z)
				p := &out.Parts[part(n, x, y, z)]
				was, is := truth.Data[i], again.Data[i]
				p.count(was, is)
				out.Faces += face(truth, was, i, 1, x+1 < n[0]) + face(truth, was, i, n[0], y+1 < n[1]) + face(truth, was, i, n[0]*n[1], z+1 < n[2])
			}
		}
	}
	return out
}

func (p *Part) count(was, is uint8) {
	switch was {
	case segment.Deposit:
		p.Deposit++
		p.BloodSide++
	case segment.Void:
		p.BloodSide++
	case segment.Polymer:
		p.Polymer++
	}
	switch is {
	case segment.Deposit:
		p.DepositAgain++
		p.BloodSideAgain++
	case segment.Void:
		p.BloodSideAgain++
	}
}

// face is 1 where the voxel and the next one of a pair inside the block differ in being deposit.
func face(l *volume.Labels, was uint8, i, step int, inside bool) int64 {
	if inside && (was == segment.Deposit) != (l.Data[i+step] == segment.Deposit) {
		return 1
	}
	return 0
}

// part is the part that voxel (x, y, z) of n lies in.
func part(n [3]int, x, y, z int) int {
	return along*x/n[0] + along*(along*y/n[1]+along*(along*z/n[2]))
}
