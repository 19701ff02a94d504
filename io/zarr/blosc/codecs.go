package blosc

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

var errLength = errors.New("packed bytes of another length than announced")

// stream unpacks one stream to exactly the length of dst. One that did not shrink is stored as it is.
func (f frame) stream(dst, src []byte) error {
	if len(src) == len(dst) {
		copy(dst, src)
		return nil
	}
	switch format := f.flags >> 5; format {
	case 0:
		return blosclz(dst, src)
	case 1: // also LZ4HC
		n, err := lz4.UncompressBlock(src, dst)
		return exact(n, len(dst), err)
	case 2:
		return unsnap(dst, src)
	case 3:
		return inflate(dst, src)
	case 4:
		return unzstd(dst, src)
	default:
		return fmt.Errorf("packed in format %d, which is not read", format)
	}
}

func exact(n, want int, err error) error {
	if err == nil && n != want {
		err = errLength
	}
	return err
}

func unsnap(dst, src []byte) error {
	if n, err := snappy.DecodedLen(src); err != nil || n != len(dst) {
		return exact(n, len(dst), err)
	}
	_, err := snappy.Decode(dst, src)
	return err
}

func inflate(dst, src []byte) error {
	z, err := zlib.NewReader(bytes.NewReader(src))
	if err != nil {
		return err
	}
	defer z.Close()
	if _, err := io.ReadFull(z, dst); err != nil {
		return errLength
	}
	return nil
}

// unpacker is shared; a frame cannot make it write beyond the memory that it is given.
var unpacker, errUnpacker = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecodeAllCapLimit(true))

func unzstd(dst, src []byte) error {
	if errUnpacker != nil {
		return errUnpacker
	}
	out, err := unpacker.DecodeAll(src, dst[:0:len(dst)])
	return exact(len(out), len(dst), err)
}

// blosclz unpacks BloscLZ: runs of literals, and matches of three bytes and more at most 8192 or, with two
// bytes more, 73727 bytes back.
func blosclz(dst, src []byte) error {
	out, in := 0, 0
	next := func() int {
		if in++; in <= len(src) {
			return int(src[in-1])
		}
		return 0
	}
	for in < len(src) {
		op := next()
		if in == 1 {
			op &= 31
		}
		if op < 32 {
			n := op + 1
			if n > len(src)-in || n > len(dst)-out {
				return errLength
			}
			copy(dst[out:], src[in:in+n])
			out, in = out+n, in+n
			continue
		}
		n, back := op>>5+2, op&31<<8
		if op>>5 == 7 {
			for more := 255; more == 255; n += more {
				more = next()
			}
		}
		low := next()
		if back += low; low == 255 && op&31 == 31 {
			high := next()
			back = 8191 + high<<8 + next()
		}
		if back++; in > len(src) || back > out || n > len(dst)-out {
			return errLength
		}
		for ; n > 0; n-- {
			dst[out] = dst[out-back]
			out++
		}
	}
	return exact(out, len(dst), nil)
}
