package volume

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
	"unsafe"

	"explant/volume/parallel"
)

// ErrScratch says that arrays cannot be put on a disk.
var ErrScratch = errors.New("arrays cannot be put on a disk")

const (
	// smallest is the size in bytes from which an array lies on the disk.
	smallest = 1 << 18
	// piece is how many bytes leave the memory at once.
	piece = 64 << 20
	// poll is how often the resident memory is looked at between slabs.
	poll = 10 * time.Millisecond
)

// Scratch puts the large arrays of one job on a disk and keeps the resident memory of the program below
// a cap. An array is a file without a name, mapped into memory: kernels work on it as on any
// slice. Whenever the resident memory nears the cap, mapped pages leave it, those first that have been there
// longest; they come back from the page cache or the disk when they are touched.
//
// The blocks of a file are claimed when it is made, so that a full disk is an error then and no fault
// later. The files go with the process, however it ends.
type Scratch struct {
	dir  string
	high int64 // resident bytes from which pages leave
	low  int64 // resident bytes at which enough have left

	mu     sync.Mutex
	arrays [][]byte
	at     place // where the next pages leave
	stop   chan struct{}
	done   sync.WaitGroup
}

// place is a byte of an array.
type place struct{ array, from int }

// NewScratch uses the disk that holds dir, which must exist, for a job that may keep resident bytes in
// memory. Close must be called.
func NewScratch(dir string, resident int64) (*Scratch, error) {
	if err := onDisk(dir); err != nil {
		return nil, err
	}
	s := &Scratch{dir: dir, high: resident / 100 * 93, low: resident / 100 * 60, stop: make(chan struct{})}
	s.done.Go(s.watch)
	return s, nil
}

// Close ends all arrays, which nobody may use any more.
func (s *Scratch) Close() error {
	close(s.stop)
	s.done.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	for _, a := range s.arrays {
		err = errors.Join(err, unmap(a))
	}
	s.arrays = nil
	return err
}

type scratchKey struct{}

// With returns a context whose job keeps its arrays in s, and looks at the resident memory after every slab.
func With(ctx context.Context, s *Scratch) context.Context {
	return parallel.WithAfter(context.WithValue(ctx, scratchKey{}, s), s.trim)
}

func scratchOf(ctx context.Context) *Scratch {
	s, _ := ctx.Value(scratchKey{}).(*Scratch)
	return s
}

func (s *Scratch) allocate(size int64) (unsafe.Pointer, error) {
	a, err := mapFile(s.dir, size)
	if err != nil {
		return nil, fmt.Errorf("%d MiB in the scratch folder %s: %w", size>>20, s.dir, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrays = append(s.arrays, a)
	return unsafe.Pointer(&a[0]), nil
}

func (s *Scratch) drop(start uintptr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, a := range s.arrays {
		if uintptr(unsafe.Pointer(&a[0])) == start {
			_ = unmap(a) // of a whole mapping, which does not fail
			s.arrays = append(s.arrays[:i], s.arrays[i+1:]...)
			if s.at.array > i {
				s.at.array--
			}
			return
		}
	}
}

// watch trims between slabs, for work that is not cut into any.
func (s *Scratch) watch() {
	t := time.NewTicker(poll)
	defer t.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-t.C:
			s.trim()
		}
	}
}

// trim makes pages leave the memory while there are too many. Whoever calls it meanwhile waits, and
// brings no pages in.
func (s *Scratch) trim() {
	if resident() < s.high {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for range s.pieces() {
		if resident() < s.low {
			return
		}
		s.leave()
	}
}

// pieces is how often leave must be called for all pages to leave.
func (s *Scratch) pieces() (n int) {
	for _, a := range s.arrays {
		n += (len(a) + piece - 1) / piece
	}
	return n
}

// leave takes the next piece of the arrays out of the memory, in turn.
func (s *Scratch) leave() {
	if s.at.array >= len(s.arrays) || s.at.from >= len(s.arrays[s.at.array]) {
		s.at = place{array: s.at.array + 1}
		if s.at.array >= len(s.arrays) {
			s.at = place{}
		}
	}
	a := s.arrays[s.at.array]
	end := min(s.at.from+piece, len(a))
	forget(a[s.at.from:end])
	s.at.from = end
}
