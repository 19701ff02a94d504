package volume

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// onDisk refuses a folder whose files lie in memory.
func onDisk(dir string) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return fmt.Errorf("scratch folder %s: %w", dir, err)
	}
	if fs.Type == unix.TMPFS_MAGIC || fs.Type == unix.RAMFS_MAGIC {
		return fmt.Errorf("scratch folder %s lies in memory (tmpfs): name one on a disk: %w", dir, ErrScratch)
	}
	return nil
}

// FreeDisk is how many bytes the disk that holds dir can take.
func FreeDisk(dir string) (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, fmt.Errorf("scratch folder %s: %w", dir, err)
	}
	return int64(fs.Bavail) * fs.Bsize, nil
}

// mapFile maps a file of zeros that has no name and whose blocks are claimed.
func mapFile(dir string, size int64) (_ []byte, err error) {
	f, err := nameless(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }() // the mapping keeps the file
	if err := claim(f, size); err != nil {
		return nil, err
	}
	return unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

// nameless opens a file that no folder lists.
func nameless(dir string) (*os.File, error) {
	if f, err := os.OpenFile(dir, unix.O_TMPFILE|os.O_RDWR|os.O_EXCL, 0o600); err == nil {
		return f, nil
	}
	f, err := os.CreateTemp(dir, ".explant-scratch-") // a file system that has no O_TMPFILE
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// claim claims the blocks of a file; where the file system cannot, zeros are written.
func claim(f *os.File, size int64) error {
	for {
		err := unix.Fallocate(int(f.Fd()), 0, 0, size)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, unix.EOPNOTSUPP):
			return zeros(f, size)
		case !errors.Is(err, unix.EINTR):
			return err
		}
	}
}

func zeros(f *os.File, size int64) error {
	block := make([]byte, 1<<20)
	for at := int64(0); at < size; at += int64(len(block)) {
		if _, err := f.WriteAt(block[:min(int64(len(block)), size-at)], at); err != nil {
			return err
		}
	}
	return f.Sync() // some file systems find out only then that the disk is full
}

func unmap(a []byte) error { return unix.Munmap(a) }

// forget takes pages of a mapped file out of the memory of the process; what was written to them is kept.
func forget(a []byte) { _ = unix.Madvise(a, unix.MADV_DONTNEED) }

// resident is the resident memory of the process in bytes, 0 where the system does not tell it.
func resident() int64 {
	f, err := os.Open("/proc/self/statm")
	if err != nil {
		return 0
	}
	defer f.Close() // it was read only
	var text [128]byte
	n, _ := f.Read(text[:])
	var total, pages int64
	if _, err := fmt.Sscan(string(text[:n]), &total, &pages); err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
