package vtk

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"explant/io/imagefile"
)

// text gives the little-endian samples that stand as numbers in a text, up to the next tag or the end.
type text struct {
	b      *bufio.Reader
	typ    imagefile.Type
	factor float64 // of every number; those of integers are rounded when it is not 1
	word   []byte
	rest   []byte // of the last sample
	buf    [8]byte
}

func newText(r io.Reader, t imagefile.Type, factor float64) *text {
	return &text{b: bufio.NewReaderSize(r, 1<<16), typ: t, factor: factor}
}

func (t *text) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(t.rest) == 0 {
			if err := t.next(); err != nil {
				return n, err
			}
		}
		m := copy(p[n:], t.rest)
		n, t.rest = n+m, t.rest[m:]
	}
	return n, nil
}

// next reads one number.
func (t *text) next() error {
	t.word = t.word[:0]
	for {
		c, err := t.b.ReadByte()
		space := err != nil || c <= ' ' || c == '<'
		switch {
		case space && len(t.word) > 0:
			return t.sample(string(t.word))
		case err != nil:
			return err
		case c == '<':
			return io.EOF
		case space:
		case len(t.word) > 400:
			return errors.New("a number does not end")
		default:
			t.word = append(t.word, c)
		}
	}
}

// sample encodes a number, which must fit its type. 64-bit integers become float64 as everywhere.
func (t *text) sample(word string) error {
	v, err := strconv.ParseFloat(word, 64)
	if err != nil {
		return fmt.Errorf("%.40q is not a number", word)
	}
	if t.factor != 1 {
		v = math.Round(v * t.factor)
	}
	le, size := binary.LittleEndian, t.typ.Size()
	t.rest = t.buf[:size]
	switch t.typ {
	case imagefile.Float32:
		le.PutUint32(t.rest, math.Float32bits(float32(v)))
		return nil
	case imagefile.Float64:
		le.PutUint64(t.rest, math.Float64bits(v))
		return nil
	}
	lo, hi := 0., math.Exp2(float64(8*size))-1
	switch t.typ {
	case imagefile.Int8, imagefile.Int16, imagefile.Int32:
		lo, hi = -math.Exp2(float64(8*size-1)), math.Exp2(float64(8*size-1))-1
	}
	if !(v >= lo && v <= hi) || v != math.Trunc(v) {
		return fmt.Errorf("%.40q is no %s", word, t.typ)
	}
	var all [8]byte
	le.PutUint64(all[:], uint64(int64(v)))
	copy(t.rest, all[:])
	return nil
}
