package dicom

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"explant/io/imagefile"
)

// object is a file to write: elements by tag (group<<16 | element), in the order of tags.
type object struct {
	syntax   string
	bare     bool // without preamble and group 2
	elements []field
}

// field is an element; value is text, or numbers of the kind of its VR.
type field struct {
	tag   uint32
	vr    string
	value any
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// item is a data set in a sequence.
type item []field

// basic is a slice of 2 x 2 samples of 16 bits.
func basic(z float64, pixels ...uint16) object {
	return object{explicitLittle, false, []field{
		{0x0020000e, "UI", "1.2.3"}, {0x00200013, "IS", "1"},
		{0x00200032, "DS", fmt.Sprintf("1\\2\\%g", z)}, {0x00200037, "DS", "1\\0\\0\\0\\1\\0"},
		{0x00280002, "US", uint16(1)}, {0x00280004, "CS", "MONOCHROME2"},
		{0x00280010, "US", uint16(2)}, {0x00280011, "US", uint16(2)}, {0x00280030, "DS", "0.3\\0.2"},
		{0x00280100, "US", uint16(16)}, {0x00280101, "US", uint16(16)}, {0x00280102, "US", uint16(15)},
		{0x00280103, "US", uint16(0)}, {0x7fe00010, "OW", pixels},
	}}
}

// with puts an element in its place, or replaces it; nil takes it away.
func (o object) with(tag uint32, vr string, value any) object {
	var out []field
	for _, f := range o.elements {
		if f.tag < tag {
			out = append(out, f)
		}
	}
	if value != nil {
		out = append(out, field{tag, vr, value})
	}
	for _, f := range o.elements {
		if f.tag > tag {
			out = append(out, f)
		}
	}
	o.elements = out
	return o
}

func (o object) as(syntax string) object {
	o.syntax = syntax
	return o
}

func (o object) bytes() []byte {
	var order byteOrder = binary.LittleEndian
	if o.syntax == explicitBig {
		order = binary.BigEndian
	}
	set := write(o.elements, o.syntax != implicitLittle, order)
	if o.bare {
		return set
	}
	uid := o.syntax
	if len(uid)%2 == 1 {
		uid += "\x00"
	}
	b := append(make([]byte, 128), "DICM"...)
	b = append(b, write([]field{{0x00020010, "UI", uid}}, true, binary.LittleEndian)...)
	if o.syntax == deflatedLittle {
		var packed bytes.Buffer
		w, err := flate.NewWriter(&packed, flate.BestCompression)
		if err == nil {
			_, err = w.Write(set)
		}
		if err = errors.Join(err, w.Close()); err != nil {
			panic(err)
		}
		set = packed.Bytes()
	}
	return append(b, set...)
}

func write(fields []field, explicit bool, order byteOrder) (b []byte) {
	for _, f := range fields {
		var v bytes.Buffer
		length := -1
		switch x := f.value.(type) {
		case string:
			v.WriteString(x)
			if len(x)%2 == 1 {
				v.WriteByte(' ')
			}
		case item: // with lengths
			inner := write(x, explicit, order)
			v.Write(order.AppendUint32(order.AppendUint16(order.AppendUint16(nil, 0xfffe), 0xe000), uint32(len(inner))))
			v.Write(inner)
		case []item: // with delimiters
			for _, i := range x {
				v.Write(order.AppendUint32(order.AppendUint16(order.AppendUint16(nil, 0xfffe), 0xe000), undefined))
				v.Write(write(i, explicit && f.vr != "UN", order))
				v.Write(order.AppendUint32(order.AppendUint16(order.AppendUint16(nil, 0xfffe), 0xe00d), 0))
			}
			v.Write(order.AppendUint32(order.AppendUint16(order.AppendUint16(nil, 0xfffe), 0xe0dd), 0))
			length = undefined
		case rawItems:
			v.Write(x)
			length = undefined
		case [][]byte: // fragments
			for _, i := range x {
				v.Write(order.AppendUint32(order.AppendUint16(order.AppendUint16(nil, 0xfffe), 0xe000), uint32(len(i))))
				v.Write(i)
			}
			v.Write(order.AppendUint32(order.AppendUint16(order.AppendUint16(nil, 0xfffe), 0xe0dd), 0))
			length = undefined
		default:
			if err := binary.Write(&v, order, x); err != nil {
				panic(err)
			}
		}
		if length < 0 {
			length = v.Len()
		}
		b = order.AppendUint16(order.AppendUint16(b, uint16(f.tag>>16)), uint16(f.tag))
		switch {
		case !explicit:
			b = order.AppendUint32(b, uint32(length))
		case f.vr == "OB" || f.vr == "OW" || f.vr == "OF" || f.vr == "OD" || f.vr == "OV" || f.vr == "SQ" || f.vr == "UN":
			b = order.AppendUint32(append(append(b, f.vr...), 0, 0), uint32(length))
		default:
			b = order.AppendUint16(append(b, f.vr...), uint16(length))
		}
		b = append(b, v.Bytes()...)
	}
	return b
}

// save writes one file and returns its path.
func save(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.dcm")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// folder writes a series.
func folder(t testing.TB, files map[string]object) string {
	t.Helper()
	dir := t.TempDir()
	for name, o := range files {
		if err := os.WriteFile(filepath.Join(dir, name), o.bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read decodes all of a file.
func read(t testing.TB, o object) (imagefile.Info, []byte) {
	t.Helper()
	r, err := Open(t.Context(), save(t, o.bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return whole(t, r)
}

func whole(t testing.TB, r *Reader) (imagefile.Info, []byte) {
	t.Helper()
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil {
		t.Fatal(err)
	}
	return r.Info(), b.Data
}

// little are numbers as little-endian bytes.
func little(v any) []byte {
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func itoa(n int) string { return strconv.Itoa(n) }

// brokenItems is a fragment behind which no other begins.
func brokenItems(data []byte) rawItems {
	return append(append(rawItems("\xfe\xff\x00\xe0\x00\x00\x00\x00\xfe\xff\x00\xe0"), binary.LittleEndian.AppendUint32(nil, uint32(len(data)))...), append(data, "abcdefgh"...)...)
}

// rawItems is a value of no stated length, as it stands.
type rawItems []byte
