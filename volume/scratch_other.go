//go:build !linux

package volume

import "fmt"

func onDisk(string) error {
	return fmt.Errorf("only Linux can: run without --memory, or crop the image: %w", ErrScratch)
}

// FreeDisk is how many bytes the disk that holds dir can take.
func FreeDisk(dir string) (int64, error) { return 0, onDisk(dir) }

func mapFile(dir string, _ int64) ([]byte, error) { return nil, onDisk(dir) }

func unmap([]byte) error { return nil }

func forget([]byte) {}

func resident() int64 { return 0 }
