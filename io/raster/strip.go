package raster

import (
	"context"
	"fmt"

	"explant/io/imagefile"
	"explant/io/scanline"
)

// rows gives the rows of a picture from the first to the last, as package scanline does. After an error
// it can only be closed.
type rows interface {
	Form() scanline.Form
	Rows(dst []byte) error // the next ones; all at once where the form says so
	Finish() error         // after the last
	Close()
}

// batchBytes is about what is decoded between two looks at the context.
const batchBytes = 1 << 20

// strip serves windows of one level from the rows that were decoded last. Row y lies in the ring at y modulo
// the number of rows kept.
type strip struct {
	queue
	open   func() (rows, error)
	form   scanline.Form
	ring   []byte
	keep   int
	lo, hi int   // rows [lo, hi) are in the ring; the decoder gives hi next
	src    rows  // nil before the first row and after the last
	failed error // why there is no row hi
	passes int   // how often the decoder was started
}

func newStrip(open func() (rows, error), f scanline.Form) *strip {
	return &strip{open: open, form: f, keep: kept(f)}
}

// together is how many rows are best read together.
func (s *strip) together() int {
	if s.form.Whole {
		return s.form.Height
	}
	return min(16, s.form.Height)
}

// read copies window w to dst.
func (s *strip) read(ctx context.Context, w imagefile.Window, dst []byte) error {
	if err := s.enter(ctx, w.Min[1]); err != nil {
		return err
	}
	defer func() { s.leave(s.lo) }()
	pixel := s.form.Channels * s.form.Bytes
	n := (w.Max[0] - w.Min[0]) * pixel
	for y := w.Min[1]; y < w.Max[1]; {
		if err := s.reach(ctx, y); err != nil {
			return err
		}
		for ; y < min(s.hi, w.Max[1]); y++ {
			copy(dst[:n], s.ring[y%s.keep*s.form.RowBytes()+w.Min[0]*pixel:])
			dst = dst[n:]
		}
	}
	return nil
}

// reach decodes until row y is in the ring.
func (s *strip) reach(ctx context.Context, y int) error {
	if y < s.lo {
		s.stop()
		s.lo, s.hi, s.failed = 0, 0, nil
	}
	for y >= s.hi {
		if err := s.decode(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ready starts the decoder at the first row where it does not run.
func (s *strip) ready(ctx context.Context) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.failed != nil || s.src != nil {
		return s.failed
	}
	s.src, err = s.open()
	s.passes++
	return err
}

// decode puts the next rows into the ring, in place of the oldest.
func (s *strip) decode(ctx context.Context) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	row, at := s.form.RowBytes(), s.hi%s.keep
	if s.ring == nil {
		s.ring = make([]byte, s.keep*row)
	}
	n := min(max(1, batchBytes/row), s.form.Height-s.hi, s.keep-at)
	if s.form.Whole {
		n = s.form.Height
	}
	err := s.src.Rows(s.ring[at*row : (at+n)*row])
	s.lo = max(s.lo, s.hi+n-s.keep) // also of a failure, which leaves rows half written
	if err == nil && s.hi+n == s.form.Height {
		if err = s.src.Finish(); err == nil {
			s.stop()
		}
	}
	if err != nil {
		return s.fail(err)
	}
	s.hi += n
	return nil
}

// fail keeps the reason why there are no more rows.
func (s *strip) fail(err error) error {
	s.stop()
	s.failed = fmt.Errorf("below row %d of %d: %w", s.hi, s.form.Height, err)
	return s.failed
}

func (s *strip) stop() {
	if s.src != nil {
		s.src.Close()
		s.src = nil
	}
}

// close waits for reads under way; later ones fail.
func (s *strip) close() {
	if s.enter(context.Background(), 0) != nil {
		return // closed already
	}
	s.stop()
	s.ring = nil
	s.shut()
}
