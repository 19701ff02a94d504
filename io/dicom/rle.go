package dicom

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

var errRLE = errors.New("the RLE data are damaged")

// rle unpacks the frames of an encapsulated element, one after the other, into interleaved little-endian
// samples. Source: DICOM PS3.5 annex G.
type rle struct {
	r     *bufio.Reader
	s     sampling
	left  int    // frames to come
	frame []byte // unpacked
	rest  []byte // of frame, not yet read
}

// unpackRLE is what [array.Part] asks for.
func unpackRLE(s sampling) func(io.Reader) (io.Reader, error) {
	return func(r io.Reader) (io.Reader, error) {
		u := &rle{r: bufio.NewReader(r), s: s, left: s.frames}
		_, err := u.item(1 << 24) // the offset table, which sequential reading does not need
		return u, err
	}
}

func (u *rle) Read(b []byte) (int, error) {
	if len(u.rest) == 0 {
		if u.left == 0 {
			return 0, io.EOF
		}
		u.left--
		if err := u.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}

// item reads the next item, at most limit bytes.
func (u *rle) item(limit int) ([]byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(u.r, head[:]); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	n := binary.LittleEndian.Uint32(head[4:])
	if binary.LittleEndian.Uint32(head[:]) != 0xe000fffe || int64(n) > int64(limit) {
		return nil, errRLE
	}
	b, err := io.ReadAll(io.LimitReader(u.r, int64(n)))
	if err == nil && len(b) < int(n) {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

// next unpacks a frame: for each channel one segment for each byte of a sample, the highest first.
func (u *rle) next() error {
	size, pixels := u.s.bits/8, u.s.rows*u.s.columns
	segments := size * u.s.channels
	b, err := u.item(2*pixels*segments + 1024)
	if err != nil {
		return err
	}
	if pixels*segments/64 > len(b) { // two bytes give at most 128
		return errRLE
	}
	if u.frame == nil {
		u.frame = make([]byte, pixels*segments)
	}
	if len(b) < 64 || int(binary.LittleEndian.Uint32(b)) != segments {
		return fmt.Errorf("%w: not %d segments", errRLE, segments)
	}
	for i := range segments {
		from, to := int64(binary.LittleEndian.Uint32(b[4+4*i:])), int64(len(b))
		if i+1 < segments {
			to = int64(binary.LittleEndian.Uint32(b[8+4*i:]))
		}
		if from < 64 || to > int64(len(b)) || from > to {
			return errRLE
		}
		first := i/size*size + size - 1 - i%size
		if !packBits(u.frame[first:], segments, pixels, b[from:to]) {
			return errRLE
		}
	}
	u.rest = u.frame
	return nil
}

// packBits unpacks n bytes to every step-th byte of dst; false when src has fewer.
func packBits(dst []byte, step, n int, src []byte) bool {
	k := 0
	for k < n && len(src) > 1 {
		c := int(int8(src[0]))
		switch {
		case c >= 0:
			run := min(c+1, len(src)-1, n-k)
			for i := range run {
				dst[(k+i)*step] = src[1+i]
			}
			k, src = k+run, src[min(c+2, len(src)):]
		case c == -128:
			src = src[1:]
		default:
			run := min(1-c, n-k)
			for i := range run {
				dst[(k+i)*step] = src[1]
			}
			k, src = k+run, src[2:]
		}
	}
	return k == n
}
