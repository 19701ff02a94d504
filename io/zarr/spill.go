package zarr

import (
	"fmt"
	"os"
	"sync"
)

// spill is a temporary file of decoded chunks that has no name.
type spill struct {
	f     *os.File
	mu    sync.Mutex
	slots map[string]int64 // where each chunk begins
	end   int64
}

func newSpill() (*spill, error) {
	f, err := os.CreateTemp("", "explant-chunks-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return &spill{f: f, slots: map[string]int64{}}, nil
}

// find tells where a chunk lies; without a file none does.
func (s *spill) find(key string) (at int64, ok bool) {
	if s == nil {
		return 0, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok = s.slots[key]
	return at, ok
}

// put writes a chunk; only then it can be found.
func (s *spill) put(key string, b []byte) (at int64, err error) {
	s.mu.Lock()
	at = s.end
	s.end += int64(len(b))
	s.mu.Unlock()
	if _, err := s.f.WriteAt(b, at); err != nil {
		return 0, fmt.Errorf("keep a chunk in a temporary file: %w", plain(err))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slots[key] = at
	return at, nil
}

// copyTo copies what the chunk at slot, which lies in b, has of want to dst: in one piece for each slice
// and channel.
func (s *spill) copyTo(dst []byte, b, want box, size int, slot int64) error {
	part, n := b.and(want), b.n()
	rows := b
	rows.min[2], rows.max[2] = part.min[2], part.max[2]
	for c := part.min[0]; c < part.max[0]; c++ {
		for z := part.min[1]; z < part.max[1]; z++ {
			rows.min[0], rows.max[0], rows.min[1], rows.max[1] = c, c+1, z, z+1
			data := make([]byte, rows.samples()*size)
			at := (((c-b.min[0])*n[1]+z-b.min[1])*n[2] + part.min[2] - b.min[2]) * n[3] * size
			if _, err := s.f.ReadAt(data, slot+int64(at)); err != nil {
				return fmt.Errorf("read a chunk from a temporary file: %w", plain(err))
			}
			block{rows, data}.copyTo(dst, want, size)
		}
	}
	return nil
}
