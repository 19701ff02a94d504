package zarr

import (
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"explant/io/array"
	"explant/io/zarr/blosc"
)

// unpacker undoes one codec; it never gives more than most bytes.
type unpacker func(src []byte, most int) ([]byte, error)

// chain undoes the codecs of a chunk, the one that was applied last first.
type chain []unpacker

// run unpacks src to exactly want bytes. Between two codecs it may be a little more.
func (c chain) run(src []byte, want int) (out []byte, err error) {
	out = src
	for _, unpack := range c {
		if out, err = unpack(out, want+want/128+1024); err != nil {
			return nil, cut(err)
		}
	}
	if len(out) != want {
		return nil, fmt.Errorf("it holds %d bytes, not %d", len(out), want)
	}
	return out, nil
}

// codec names what unpacks it; the same names serve as compressors and filters of Zarr 2 (numcodecs) and
// as codecs of Zarr 3.
func codec(name string, settings json.RawMessage, g *grid) (unpacker, error) {
	switch strings.TrimPrefix(name, "numcodecs.") {
	case "blosc":
		return blosc.Decode, nil
	case "gzip", "zlib":
		return inflate, nil
	case "bz2":
		return func(src []byte, most int) ([]byte, error) { return drain(bzip2.NewReader(bytes.NewReader(src)), most) }, nil
	case "zstd":
		return unzstd, nil
	case "lz4":
		return unlz4, nil
	case "crc32c":
		return checkSum, nil
	case "bitround": // what it rounded is stored as it is
		return func(src []byte, _ int) ([]byte, error) { return src, nil }, nil
	case "shuffle":
		return shuffle(settings)
	case "delta":
		return delta(settings, g)
	}
	return nil, fmt.Errorf("codec %.40q is not read: write the store again with blosc, zstd or gzip", name)
}

func inflate(src []byte, most int) ([]byte, error) {
	z, err := array.Inflate(bytes.NewReader(src))
	if err != nil {
		return nil, err
	}
	return drain(z, most)
}

// drain reads to the end; the memory grows with what comes.
func drain(r io.Reader, most int) ([]byte, error) {
	var b bytes.Buffer
	n, err := b.ReadFrom(io.LimitReader(r, int64(most)+1))
	if err != nil {
		return nil, err
	}
	if n > int64(most) {
		return nil, errors.New("it holds more than a chunk")
	}
	return b.Bytes(), nil
}

// zstandard is shared; a frame cannot make it write beyond the memory that it is given.
var zstandard, errZstandard = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecodeAllCapLimit(true))

func unzstd(src []byte, most int) ([]byte, error) {
	if errZstandard != nil {
		return nil, errZstandard
	}
	return zstandard.DecodeAll(src, make([]byte, 0, min(most, maxRatio*len(src))))
}

// unlz4 reads the size, then one block.
func unlz4(src []byte, most int) ([]byte, error) {
	if len(src) < 4 {
		return nil, io.ErrUnexpectedEOF
	}
	n := int(binary.LittleEndian.Uint32(src))
	if n > most || n/256 > len(src) {
		return nil, fmt.Errorf("it claims %d bytes in %d", n, len(src))
	}
	b := make([]byte, n)
	got, err := lz4.UncompressBlock(src[4:], b)
	if err == nil && got != n {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checkSum takes off the CRC-32C that stands behind the bytes.
func checkSum(src []byte, _ int) ([]byte, error) {
	n := len(src) - 4
	if n < 0 {
		return nil, io.ErrUnexpectedEOF
	}
	if crc32.Checksum(src[:n], castagnoli) != binary.LittleEndian.Uint32(src[n:]) {
		return nil, errors.New("its checksum is wrong")
	}
	return src[:n], nil
}

// shuffle is the filter that sorts bytes by significance.
func shuffle(settings json.RawMessage) (unpacker, error) {
	c := struct {
		Size int `json:"elementsize"`
	}{4}
	if err := json.Unmarshal(settings, &c); err != nil || c.Size < 1 || c.Size > 1024 {
		return nil, fmt.Errorf("shuffle of elements of %d bytes is not read", c.Size)
	}
	return func(src []byte, _ int) ([]byte, error) {
		b := make([]byte, len(src))
		blosc.Unshuffle(b, src, c.Size)
		return b, nil
	}, nil
}

// delta is the filter that stores differences of integers.
func delta(settings json.RawMessage, g *grid) (unpacker, error) {
	var c struct{ Dtype, Astype json.RawMessage }
	if err := json.Unmarshal(settings, &c); err != nil {
		return nil, err
	}
	t, bigEndian, err := numpyType(c.Dtype)
	if err != nil || t.name != g.dtype.name || len(c.Astype) > 0 && !bytes.Equal(c.Astype, c.Dtype) || strings.HasPrefix(t.name, "float") {
		return nil, fmt.Errorf("delta from %.40s to %.40s is not read", oneLine(c.Astype), oneLine(c.Dtype))
	}
	return func(src []byte, _ int) ([]byte, error) {
		return sums(src, t.size, bigEndian), nil
	}, nil
}

// sums adds up integers of size bytes, each in the place of itself.
func sums(src []byte, size int, bigEndian bool) []byte {
	out := bytes.Clone(src)
	for at := size; at+size <= len(out); at += size {
		carry := 0
		for k := range size {
			i := k
			if bigEndian {
				i = size - 1 - k
			}
			carry += int(out[at+i]) + int(out[at-size+i])
			out[at+i] = byte(carry)
			carry >>= 8
		}
	}
	return out
}
