package pipeline

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// perPhantomVoxel is the memory in bytes that a volume phantom takes a voxel: greys before and after the
// scanner, labels, and the free space in which deposits are placed.
const perPhantomVoxel = 8

// Memory of other phantoms in bytes: a pixel of immunofluorescence or of an electron micrograph, a voxel of a
// block of sections. Measured as peak resident memory less that of the idle program, and rounded up.
const (
	perIFPixel     = 140
	perSEMPixel    = 50
	perSerialVoxel = 12
)

// phantomFits refuses a cube of n voxels along each side that does not fit the memory cap, or the machine.
func phantomFits(n int, l Limits) error {
	side := float64(n)
	return phantomTakes(perPhantomVoxel*side*side*side, fmt.Sprintf("%d voxels along each side", n), l)
}

// phantomTakes refuses a phantom whose images take more bytes than the memory cap, or the machine, has.
func phantomTakes(bytes float64, what string, l Limits) error {
	limit := float64(l.Memory)
	if limit == 0 {
		var info unix.Sysinfo_t
		if err := unix.Sysinfo(&info); err != nil {
			return fmt.Errorf("memory of this computer: %w", err)
		}
		limit = float64(info.Totalram) * float64(info.Unit)
	}
	if need := idle + bytes; need > limit {
		return fmt.Errorf("about %.3g GiB for %s, there are %.3g GiB: take a smaller --size: %w",
			need/(1<<30), what, limit/(1<<30), ErrMemory)
	}
	return nil
}
