package dicom

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var errRLE = errors.New("the RLE data are damaged")

// unpackRLE unpacks a frame into interleaved little-endian samples: for each channel it has one segment for
// each byte of a sample, the highest first. Source: DICOM PS3.5 annex G.
func unpackRLE(s sampling, b []byte) ([]byte, error) {
	size, pixels := s.bits/8, s.rows*s.columns
	segments := size * s.channels
	if pixels*segments/64 > len(b) { // two bytes give at most 128
		return nil, errRLE
	}
	if len(b) < 64 || int(binary.LittleEndian.Uint32(b)) != segments {
		return nil, fmt.Errorf("%w: not %d segments", errRLE, segments)
	}
	frame := make([]byte, pixels*segments)
	for i := range segments {
		from, to := int64(binary.LittleEndian.Uint32(b[4+4*i:])), int64(len(b))
		if i+1 < segments {
			to = int64(binary.LittleEndian.Uint32(b[8+4*i:]))
		}
		if from < 64 || to > int64(len(b)) || from > to {
			return nil, errRLE
		}
		first := i/size*size + size - 1 - i%size
		if !packBits(frame[first:], segments, pixels, b[from:to]) {
			return nil, errRLE
		}
	}
	return frame, nil
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
