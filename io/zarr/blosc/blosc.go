// Package blosc unpacks frames of C-Blosc 1, the usual packing of Zarr chunks: blocks of samples whose
// bytes or bits are sorted by significance and then packed by BloscLZ, LZ4, Snappy, zlib or Zstandard.
//
// The frame, the sorting and BloscLZ are this project's own, the others Go libraries. So no C code meets
// the bytes of a stranger, and chunks need no worker process between them and the window that wants them.
//
// Source: https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst; Masui et al., Astronomy and
// Computing 12:181-190, 2015, doi:10.1016/j.ascom.2015.07.002 (sorting of bits).
package blosc

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// maxRatio bounds unpacked bytes for each packed one: Zstandard repeats a byte 131072 times in four bytes.
const maxRatio = 33000

const headerBytes = 16

var errShort = errors.New("a blosc frame is cut short")

// Bits of the flags.
const (
	byteShuffle = 1 << 0
	stored      = 1 << 1
	bitShuffle  = 1 << 2
	delta       = 1 << 3 // of Blosc 2
	unsplit     = 1 << 4
)

// frame is the header of a frame.
type frame struct {
	flags    byte
	size     int // bytes of a sample
	bytes    int // unpacked
	block    int // bytes of a block, unpacked
	compress int // of packed bytes, with the header
}

// parse reads the header of a frame and refuses what its length does not justify.
func parse(src []byte, most int) (f frame, err error) {
	if len(src) < headerBytes {
		return f, errShort
	}
	le := binary.LittleEndian
	n, block, packed := le.Uint32(src[4:]), le.Uint32(src[8:]), le.Uint32(src[12:])
	f = frame{flags: src[2], size: int(src[3]), bytes: int(n), block: int(block), compress: int(packed)}
	switch {
	case src[0] != 2 && src[0] != 1 || f.flags&delta != 0 || f.flags&5 == 5:
		return f, fmt.Errorf("a blosc frame of version %d is not read", src[0])
	case f.compress > len(src) || f.compress < headerBytes:
		return f, errShort
	case f.bytes > most:
		return f, fmt.Errorf("a blosc frame of %d bytes is larger than its chunk", f.bytes)
	case f.bytes/maxRatio > f.compress:
		return f, fmt.Errorf("a blosc frame claims %d bytes in %d", f.bytes, f.compress)
	case f.bytes > 0 && (f.block < 1 || f.size < 1):
		return f, errors.New("a blosc frame without blocks")
	}
	f.block = min(f.block, f.bytes)
	return f, nil
}

// Decode unpacks a frame of at most that many bytes.
func Decode(src []byte, most int) ([]byte, error) {
	f, err := parse(src, most)
	if err != nil || f.bytes == 0 {
		return nil, err
	}
	src = src[:f.compress]
	dst := make([]byte, f.bytes)
	if f.flags&stored != 0 {
		if len(src) < headerBytes+f.bytes {
			return nil, errShort
		}
		copy(dst, src[headerBytes:])
		return dst, nil
	}
	blocks := (f.bytes + f.block - 1) / f.block
	if len(src) < headerBytes+4*blocks {
		return nil, errShort
	}
	scratch := make([]byte, f.block)
	for i := range blocks {
		at := int(binary.LittleEndian.Uint32(src[headerBytes+4*i:]))
		if at < headerBytes || at > len(src) {
			return nil, errShort
		}
		out := dst[i*f.block : min((i+1)*f.block, f.bytes)]
		if err := f.decodeBlock(out, scratch[:len(out)], src[at:]); err != nil {
			return nil, fmt.Errorf("block %d of a blosc frame: %w", i, err)
		}
	}
	return dst, nil
}

// decodeBlock unpacks the streams of one block and sorts its bytes back.
func (f frame) decodeBlock(dst, scratch, src []byte) error {
	sorted := f.flags&(byteShuffle|bitShuffle) != 0 && (f.size > 1 || f.flags&bitShuffle != 0)
	out := dst
	if sorted {
		out = scratch
	}
	n := len(dst) / f.streams(len(dst))
	for ; len(out) > 0; out = out[n:] {
		if len(src) < 4 {
			return errShort
		}
		packed := int(int32(binary.LittleEndian.Uint32(src)))
		if src = src[4:]; packed < 0 || packed > len(src) {
			return errShort
		}
		if err := f.stream(out[:n], src[:packed]); err != nil {
			return err
		}
		src = src[packed:]
	}
	switch {
	case !sorted:
	case f.flags&byteShuffle != 0:
		Unshuffle(dst, scratch, f.size)
	default:
		unshuffleBits(dst, scratch, f.size)
	}
	return nil
}

// streams is the number of equal parts in which a block was packed: one for each byte of a sample, where
// the packer chose so, and one for a last block that is shorter than the others.
func (f frame) streams(block int) int {
	if f.flags&unsplit == 0 && f.size <= 16 && f.block/f.size >= 128 && block == f.block && block%f.size == 0 {
		return f.size
	}
	return 1
}
