package vtk

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zlib"

	"explant/io/array"
	"explant/io/imagefile"
)

// part finds the samples of the best array and says how to unpack them.
func (h *document) part(path string, f *os.File, info imagefile.Info) (p array.Part, err error) {
	p.Path, p.At = path, h.best.content
	want := int64(info.Grid.Len()) * int64(info.Channels) * int64(info.Type.Size())
	asText := h.best.format == "binary" || h.base64
	switch h.best.format {
	case "ascii":
		p.Unpack = func(r io.Reader) (io.Reader, error) { return newText(r, info.Type, 1), nil }
		return p, nil
	case "appended":
		begin, err := underscore(f, h.appended)
		if err != nil {
			return p, err
		}
		p.At = begin + h.best.offset
	}
	if !asText && !h.zlib { // raw bytes behind their number
		err := h.length(io.NewSectionReader(f, p.At, 16), want)
		p.At += int64(h.word)
		return p, err
	}
	p.Unpack = func(r io.Reader) (io.Reader, error) {
		if asText {
			r = &unbase64{b: bufio.NewReaderSize(r, 1<<16)}
		}
		if h.zlib {
			return newBlocks(r, h.order, h.word)
		}
		return r, h.length(r, want)
	}
	return p, nil
}

// underscore finds the mark behind which the appended data begin.
func underscore(f io.ReaderAt, at int64) (int64, error) {
	b := make([]byte, 256)
	n, err := f.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	i := bytes.IndexByte(b[:n], '_')
	if i < 0 || len(bytes.TrimSpace(b[:i])) > 0 {
		return 0, errors.New("the appended data do not begin with an underscore")
	}
	return at + int64(i) + 1, nil
}

// length reads the number of bytes before unpacked samples. Numbers of 4 bytes wrap around.
func (h *document) length(r io.Reader, want int64) error {
	b := make([]byte, h.word)
	if _, err := io.ReadFull(r, b); err != nil {
		return errors.New("the file is cut short")
	}
	if n := number(b, h.order); n != uint64(want) && (h.word == 8 || uint32(n) != uint32(want)) {
		return fmt.Errorf("array %.40q has %d bytes of samples, not %d", h.best.name, n, want)
	}
	return nil
}

func number(b []byte, order binary.ByteOrder) uint64 {
	if len(b) == 8 {
		return order.Uint64(b)
	}
	return uint64(order.Uint32(b))
}

// unbase64 decodes text up to the next tag. The header and the samples may be padded apart.
type unbase64 struct {
	b   *bufio.Reader
	out []byte // decoded and not read yet
	buf [3]byte
}

func (u *unbase64) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(u.out) == 0 {
			if err := u.next(); err != nil {
				return n, err
			}
		}
		m := copy(p[n:], u.out)
		n, u.out = n+m, u.out[m:]
	}
	return n, nil
}

// next decodes four characters.
func (u *unbase64) next() error {
	var quad [4]byte
	for k := 0; k < 4; {
		c, err := u.b.ReadByte()
		switch {
		case err == nil && c <= ' ':
			continue
		case err != nil || c == '<':
			if k == 0 && (err == nil || errors.Is(err, io.EOF)) {
				return io.EOF
			}
			return io.ErrUnexpectedEOF
		}
		quad[k] = c
		k++
	}
	n, err := base64.StdEncoding.Decode(u.buf[:], quad[:])
	if err != nil {
		return errors.New("the text is not base64")
	}
	u.out = u.buf[:n]
	return nil
}

// blocks unpacks the blocks that a list of their packed sizes stands before.
type blocks struct {
	src   io.Reader
	sizes []byte // packed sizes, a word each
	order binary.ByteOrder
	word  int
	plain io.Reader // of the current block
}

// newBlocks reads the list: the number of blocks, the size of a whole and of the last one unpacked, and
// the packed sizes.
func newBlocks(r io.Reader, order binary.ByteOrder, word int) (*blocks, error) {
	head := make([]byte, 3*word)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	n := number(head[:word], order)
	if n > 1<<40 {
		return nil, fmt.Errorf("%d packed blocks are not believable", n)
	}
	sizes, err := io.ReadAll(io.LimitReader(r, int64(n)*int64(word)))
	if err == nil && uint64(len(sizes)) < n*uint64(word) {
		err = io.ErrUnexpectedEOF
	}
	return &blocks{src: r, sizes: sizes, order: order, word: word}, err
}

func (b *blocks) Read(p []byte) (n int, err error) {
	for {
		if b.plain != nil {
			n, err = b.plain.Read(p)
			if n > 0 || err != nil && !errors.Is(err, io.EOF) {
				return n, ignoreEnd(err)
			}
			if err == nil {
				continue
			}
		}
		if err := b.next(); err != nil {
			return 0, err
		}
	}
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil // of one block
	}
	return err
}

// next opens one block.
func (b *blocks) next() error {
	if len(b.sizes) == 0 {
		return io.EOF
	}
	size := number(b.sizes[:b.word], b.order)
	b.sizes = b.sizes[b.word:]
	if size > 1<<40 {
		return fmt.Errorf("a packed block of %d bytes is not believable", size)
	}
	packed, err := io.ReadAll(io.LimitReader(b.src, int64(size)))
	if err == nil && uint64(len(packed)) < size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	b.plain, err = zlib.NewReader(bytes.NewReader(packed))
	return err
}
