package jpegslide

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"
)

// WriteFile writes the slide as a BigTIFF of one page. Tiles that are equal are written each on its own, as
// they are in a real slide.
func (e *Encoded) WriteFile(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<20)
	err = e.write(b)
	if err == nil {
		err = b.Flush()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// entry is one field of the directory, its value behind the directory when it has more than 8 bytes.
type entry struct {
	tag, kind uint16
	count     int
	value     []byte
}

func (e *Encoded) write(w io.Writer) error {
	le := binary.LittleEndian
	n := e.Across() * e.Across()
	var offsets, counts []byte
	fields := e.fields(n)
	dir := 16 + 8 + 20*len(fields) + 8
	at := uint64(dir + (len(e.Tables)+7)/8*8 + 16*n)
	for i := range n {
		size := uint64(len(e.Streams[e.Index(i)]))
		offsets, counts = le.AppendUint64(offsets, at), le.AppendUint64(counts, size)
		at += size
	}
	head := append([]byte("II\x2b\x00\x08\x00\x00\x00"), le.AppendUint64(nil, 16)...)
	head = le.AppendUint64(head, uint64(len(fields)))
	far := append([]byte(nil), offsets...)
	far = append(append(far, counts...), e.Tables...)
	places := map[uint16]int{324: dir, 325: dir + 8*n, 347: dir + 16*n}
	for _, f := range fields {
		head = le.AppendUint64(le.AppendUint16(le.AppendUint16(head, f.tag), f.kind), uint64(f.count))
		if p, ok := places[f.tag]; ok {
			head = le.AppendUint64(head, uint64(p))
			continue
		}
		head = append(append(head, f.value...), make([]byte, 8-len(f.value))...)
	}
	head = append(append(head, make([]byte, 8)...), far...)
	head = append(head, make([]byte, (8-len(e.Tables)%8)%8)...)
	if _, err := w.Write(head); err != nil {
		return err
	}
	for i := range n {
		if _, err := w.Write(e.Streams[e.Index(i)]); err != nil {
			return err
		}
	}
	return nil
}

func (e *Encoded) fields(n int) []entry {
	le := binary.LittleEndian
	long := func(v int) []byte { return le.AppendUint32(nil, uint32(v)) }
	photometric := 2
	if e.YCbCr {
		photometric = 6
	}
	f := []entry{
		{256, 4, 1, long(e.Side)},
		{257, 4, 1, long(e.Side)},
		{258, 3, 3, []byte{8, 0, 8, 0, 8, 0}},
		{259, 3, 1, []byte{7, 0}},
		{262, 3, 1, []byte{byte(photometric), 0}},
		{277, 3, 1, []byte{3, 0}},
		{284, 3, 1, []byte{1, 0}},
		{322, 4, 1, long(e.Tile)},
		{323, 4, 1, long(e.Tile)},
		{324, 16, n, nil},
		{325, 16, n, nil},
		{347, 7, len(e.Tables), nil},
	}
	if e.YCbCr {
		f = append(f, entry{530, 3, 2, []byte{2, 0, 2, 0}})
	}
	return f
}
