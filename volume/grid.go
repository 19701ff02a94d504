package volume

import (
	"errors"
	"fmt"
	"math"
)

// ErrSpacing is returned where a physical unit is asked of a grid whose voxel size is unknown.
var ErrSpacing = errors.New("voxel spacing unknown")

// Grid places voxel indices in the scanner frame. The offset of (x, y, z) is x + Nx*(y + Ny*z).
// A 2D image is a Grid with N[2] = 1; its Spacing[2] is then 0 and not used.
type Grid struct {
	N           [3]int        // voxels along x, y, z
	Spacing     [3]float64    // mm per voxel along x, y, z; 0 where unknown
	Origin      [3]float64    // mm, centre of voxel (0, 0, 0)
	Axes        [3][3]float64 // unit vectors of x, y, z; the zero value means the identity
	Calibration Calibration   // where Spacing came from
}

// Len is the number of voxels.
func (g Grid) Len() int { return g.N[0] * g.N[1] * g.N[2] }

// Offset is the position of voxel (x, y, z) in the data of a volume on g.
func (g Grid) Offset(x, y, z int) int { return x + g.N[0]*(y+g.N[1]*z) }

// Position is the voxel at an offset of the data of a volume on g.
func (g Grid) Position(offset int) [3]int {
	return [3]int{offset % g.N[0], offset / g.N[0] % g.N[1], offset / (g.N[0] * g.N[1])}
}

// Calibrated reports whether lengths in the plane, and for more than one slice also across it,
// have a physical unit.
func (g Grid) Calibrated() bool {
	plane := known(g.Spacing[0]) && known(g.Spacing[1])
	return plane && (g.N[2] <= 1 || known(g.Spacing[2]))
}

// VoxelVolume is the volume of one voxel in mm³, or ErrSpacing when any of the three spacings is unknown.
func (g Grid) VoxelVolume() (float64, error) {
	if !known(g.Spacing[0]) || !known(g.Spacing[1]) || !known(g.Spacing[2]) {
		return 0, ErrSpacing
	}
	return g.Spacing[0] * g.Spacing[1] * g.Spacing[2], nil
}

// PixelArea is the area of one pixel in the xy plane in mm², or ErrSpacing when it is unknown.
func (g Grid) PixelArea() (float64, error) {
	if !known(g.Spacing[0]) || !known(g.Spacing[1]) {
		return 0, ErrSpacing
	}
	return g.Spacing[0] * g.Spacing[1], nil
}

// Check reports a grid whose size is not positive or does not fit an int.
func (g Grid) Check() error {
	n := int64(1)
	for i, v := range g.N {
		if v <= 0 {
			return fmt.Errorf("size %d along %c is not positive", v, "xyz"[i])
		}
		if n > math.MaxInt64/16/int64(v) {
			return fmt.Errorf("size %d x %d x %d is too large", g.N[0], g.N[1], g.N[2])
		}
		n *= int64(v)
	}
	return nil
}

func known(s float64) bool { return s > 0 && !math.IsInf(s, 1) }
