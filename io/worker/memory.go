package worker

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// slot is a piece of memory that parent and worker share. It grows and never shrinks, so that no side
// can take it away from under the other.
type slot struct {
	f    *os.File
	data []byte
	line int // on which it is asked for
}

// newSlot makes the memory, without a name in any folder, and a line; the worker gets the other end.
func newSlot() (s *slot, line *os.File, err error) {
	fd, err := unix.MemfdCreate("explant-pixels", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, nil, fmt.Errorf("shared memory: %w", err)
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK); err != nil {
		_ = unix.Close(fd) // it holds nothing yet
		return nil, nil, fmt.Errorf("shared memory: %w", err)
	}
	own, line, err := newLine()
	if err != nil {
		_ = unix.Close(fd)
		return nil, nil, err
	}
	return &slot{f: os.NewFile(uintptr(fd), "explant-pixels"), line: own}, line, nil
}

// grow makes the memory at least n bytes large; the parent calls it before it asks.
func (s *slot) grow(n int) error {
	if n <= len(s.data) {
		return nil
	}
	if err := s.f.Truncate(int64(n)); err != nil {
		return fmt.Errorf("shared memory of %d MiB: %w", n>>20, err)
	}
	return s.remap(n)
}

// remap makes n bytes of the file visible.
func (s *slot) remap(n int) error {
	if n <= len(s.data) {
		return nil
	}
	data, err := unix.Mmap(int(s.f.Fd()), 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("shared memory of %d MiB: %w", n>>20, err)
	}
	old := s.data
	s.data = data
	if old != nil {
		return unix.Munmap(old)
	}
	return nil
}

// empty gives the pages back to the system and keeps the size.
func (s *slot) empty() {
	if len(s.data) > 0 {
		_ = unix.Fallocate(int(s.f.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, 0, int64(len(s.data))) // only saves memory
	}
}

func (s *slot) close() {
	if s.data != nil {
		_ = unix.Munmap(s.data) // nothing to do when it fails
		s.data = nil
	}
	s.f.Close()
	_ = unix.Close(s.line) // nothing to do when it fails
}
