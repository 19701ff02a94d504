package zarr

import (
	"errors"
	"fmt"
	"io/fs"
)

// chunk copies what a chunk has of want to dst.
func (r *Reader) chunk(level int, at [4]int, want box, dst []byte) error {
	b := block{box: r.image.span(level, at)}
	part, size := b.and(want), r.image.info.Type.Size()
	key := fmt.Sprint(level, at)
	var err error
	spill := r.spills[level]
	slot, spilled := spill.find(key)
	switch {
	case spilled:
		return spill.copyTo(dst, b.box, want, size, slot)
	case spill != nil && part != b.box:
		if slot, err = r.spill(spill, key, level, at); err == nil {
			return spill.copyTo(dst, b.box, want, size, slot)
		}
	case part == b.box: // all of it is wanted: it will hardly be asked for again
		if b.data = r.cache.get(key); b.data == nil {
			b.data, err = r.decode(level, at)
		}
	default:
		b.data, err = r.shared(key, func() ([]byte, error) { return r.decode(level, at) })
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fill(dst, want, part, r.image.grids[level].fill)
	case err != nil:
		return err
	default:
		b.copyTo(dst, want, size)
	}
	return nil
}

// spill decodes a chunk once, whoever asks, and puts it into the temporary file.
func (r *Reader) spill(s *spill, key string, level int, at [4]int) (slot int64, err error) {
	v, err, _ := r.flight.Do(key, func() (any, error) {
		if slot, ok := s.find(key); ok {
			return slot, nil
		}
		b, err := r.decode(level, at)
		if err != nil {
			return int64(0), err
		}
		return s.put(key, b)
	})
	return v.(int64), err
}
