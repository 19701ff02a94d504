package array

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// Inflate unpacks a zlib or gzip stream, whichever it is.
func Inflate(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	magic, err := b.Peek(2)
	if err != nil {
		return nil, err
	}
	if magic[0] == 0x1f && magic[1] == 0x8b {
		return gzip.NewReader(b)
	}
	return zlib.NewReader(b)
}

// Int64 turns signed 64-bit integers into float64; beyond 2^53 they are rounded.
func Int64(dst, src []byte) {
	for i := 0; i < len(dst); i += 8 {
		binary.LittleEndian.PutUint64(dst[i:], math.Float64bits(float64(int64(binary.LittleEndian.Uint64(src[i:])))))
	}
}

// Uint64 turns unsigned 64-bit integers into float64; beyond 2^53 they are rounded.
func Uint64(dst, src []byte) {
	for i := 0; i < len(dst); i += 8 {
		binary.LittleEndian.PutUint64(dst[i:], math.Float64bits(float64(binary.LittleEndian.Uint64(src[i:]))))
	}
}

// Note64 is the warning that goes with [Int64] and [Uint64].
const Note64 = "64-bit integers are given as float64; beyond 2^53 they are rounded"
