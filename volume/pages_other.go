//go:build !linux

package volume

func preferHugePages[T Voxel]([]T) {}
