package zarr

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

func (b built) packed(t testing.TB, raw []byte) []byte {
	var out bytes.Buffer
	var w io.WriteCloser
	switch b.codec {
	case "":
		return raw
	case "gzip", "gzip+crc32c":
		w = gzip.NewWriter(&out)
	case "zlib":
		w = zlib.NewWriter(&out)
	case "zstd":
		z, err := zstd.NewWriter(&out)
		check(t, err)
		w = z
	case "lz4":
		return append(binary.LittleEndian.AppendUint32(nil, uint32(len(raw))), block4(t, raw)...)
	case "blosc", "bloscbits":
		return frameOf(t, raw, b.size, b.codec == "bloscbits")
	case "shuffle":
		w, raw = zlib.NewWriter(&out), sortedBytes(raw, b.size)
	case "delta":
		w, raw = zlib.NewWriter(&out), differences(raw, b.size, b.big)
	}
	_, err := w.Write(raw)
	check(t, err)
	check(t, w.Close())
	if b.codec == "gzip+crc32c" {
		return binary.LittleEndian.AppendUint32(out.Bytes(), crc32.Checksum(out.Bytes(), crc32.MakeTable(crc32.Castagnoli)))
	}
	return out.Bytes()
}

func block4(t testing.TB, raw []byte) []byte {
	b := make([]byte, lz4.CompressBlockBound(len(raw)))
	n, err := new(lz4.Compressor).CompressBlock(raw, b)
	check(t, err)
	return b[:n]
}

// frameOf is a blosc frame of one LZ4 block with sorted bytes, or of sorted bits that are stored.
func frameOf(t testing.TB, raw []byte, size int, bits bool) []byte {
	b := []byte{2, 1, 1<<5 | 1<<4 | 1, byte(size)}
	body := sortedBytes(raw, size)
	if packed := block4(t, body); len(packed) < len(body) {
		body = packed
	}
	if bits {
		b[2], body = 1<<5|1<<4|4, sortedBits(raw, size)
	}
	for _, v := range []int{len(raw), len(raw), 16 + 4 + 4 + len(body), 20, len(body)} {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return append(b, body...)
}

func sortedBytes(raw []byte, size int) []byte {
	out, n := make([]byte, len(raw)), len(raw)/size
	for i, v := range raw {
		out[i%size*n+i/size] = v
	}
	return out
}

func sortedBits(raw []byte, size int) []byte {
	out, n := make([]byte, len(raw)), len(raw)/size
	if n%8 != 0 {
		return raw
	}
	for i, v := range raw {
		for bit := range 8 {
			at := (i%size*8+bit)*n + i/size
			out[at/8] |= v >> bit & 1 << (at % 8)
		}
	}
	return out
}

func differences(raw []byte, size int, big bool) []byte {
	value := func(i int) (v uint64) {
		for k := range size {
			b := raw[i*size+k]
			if big {
				b = raw[i*size+size-1-k]
			}
			v |= uint64(b) << (8 * k)
		}
		return v
	}
	var out []byte
	for i := range len(raw) / size {
		v := value(i)
		if i > 0 {
			v -= value(i - 1)
		}
		sample := binary.LittleEndian.AppendUint64(nil, v)[:size]
		if big {
			slices.Reverse(sample)
		}
		out = append(out, sample...)
	}
	return out
}
