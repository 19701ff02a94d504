package array

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// prepare opens the samples at the first read and tells where the first one lies.
func (r *Reader) prepare(ctx context.Context) (io.ReaderAt, int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var err error
	switch {
	case r.closed:
		return nil, 0, errors.New("the reader is closed")
	case r.src != nil:
	case r.packed():
		if r.file, err = r.unpackAll(ctx); err == nil {
			r.src = r.file
		}
	case len(r.parts) > 1:
		r.src = pieces{r.parts, r.each}
	default:
		if r.file, err = os.Open(r.parts[0].Path); err == nil {
			r.src, r.at = r.file, r.parts[0].At
		}
	}
	return r.src, r.at, plain(err)
}

func (r *Reader) packed() bool {
	return slices.ContainsFunc(r.parts, func(p Part) bool { return p.Unpack != nil })
}

// unpackAll writes the samples of all parts to a temporary file that has no name.
func (r *Reader) unpackAll(ctx context.Context) (*os.File, error) {
	dst, err := os.CreateTemp("", "explant-samples-*")
	if err != nil {
		return nil, err
	}
	err = os.Remove(dst.Name())
	for _, p := range r.parts {
		if err == nil {
			err = r.unpack(ctx, dst, p)
		}
	}
	if err != nil {
		dst.Close()
		return nil, err
	}
	return dst, nil
}

func (r *Reader) unpack(ctx context.Context, dst io.Writer, p Part) error {
	f, err := os.Open(p.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	var src io.Reader = io.NewSectionReader(f, p.At, 1<<62)
	if p.Unpack != nil {
		if src, err = p.Unpack(src); err != nil {
			return cut(err)
		}
	}
	if _, err := io.CopyN(io.Discard, stopping{ctx, src}, p.Skip); err != nil {
		return cut(err)
	}
	n, err := io.Copy(dst, io.LimitReader(stopping{ctx, src}, r.each))
	if n < r.each && (err == nil || errors.Is(err, io.ErrUnexpectedEOF)) {
		return fmt.Errorf("%s is cut short: %d of %d bytes of samples", filepath.Base(p.Path), n, r.each)
	}
	return err
}

// cut names the end of a file that comes too early.
func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file is cut short")
	}
	return err
}

// stopping is a reader that ends with its context.
type stopping struct {
	ctx context.Context
	r   io.Reader
}

func (s stopping) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(b)
}

// pieces reads raw parts as if they were one file. A file is open only while it is read, so that a
// series of any length needs few of them.
type pieces struct {
	parts []Part
	each  int64
}

func (p pieces) ReadAt(b []byte, at int64) (n int, err error) {
	for len(b) > 0 {
		i := int(at / p.each)
		if i >= len(p.parts) {
			return n, io.EOF
		}
		inside := at % p.each
		m := int(min(int64(len(b)), p.each-inside))
		if err := p.read(p.parts[i], b[:m], inside); err != nil {
			return n, err
		}
		b, n, at = b[m:], n+m, at+int64(m)
	}
	return n, nil
}

func (p pieces) read(part Part, b []byte, at int64) error {
	f, err := os.Open(part.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(part.Path), plain(err))
	}
	defer f.Close()
	if _, err := f.ReadAt(b, part.At+at); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(part.Path), cut(err))
	}
	return nil
}
