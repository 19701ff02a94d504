package pipeline

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// perPhantomVoxel is the memory in bytes that a volume phantom takes a voxel: greys before and after the
// scanner, labels, and the free space in which deposits are placed.
const perPhantomVoxel = 8

// phantomFits refuses a cube of n voxels along each side that does not fit the memory cap, or the machine.
func phantomFits(n int, l Limits) error {
	limit := float64(l.Memory)
	if limit == 0 {
		var info unix.Sysinfo_t
		if err := unix.Sysinfo(&info); err != nil {
			return fmt.Errorf("memory of this computer: %w", err)
		}
		limit = float64(info.Totalram) * float64(info.Unit)
	}
	side := float64(n)
	if need := idle + perPhantomVoxel*side*side*side; need > limit {
		return fmt.Errorf("about %.3g GiB for %d voxels along each side, there are %.3g GiB: take a smaller --size: %w",
			need/(1<<30), n, limit/(1<<30), ErrMemory)
	}
	return nil
}
