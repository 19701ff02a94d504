package ometiff

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"
)

// file appends to one file; the first error stays.
type file struct {
	w      io.WriteSeeker
	at     int64 // where the next byte goes
	packed bytes.Buffer
	z      *zlib.Writer
	err    error
}

// tiles are the places of the tiles of one page.
type tiles struct{ offsets, sizes []uint64 }

// newFile begins a little-endian BigTIFF; the offset of the first directory follows when it is known.
func newFile(w io.WriteSeeker) (*file, error) {
	z, err := zlib.NewWriterLevel(io.Discard, zlib.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("write OME-TIFF: %w", err)
	}
	f := &file{w: w, z: z}
	f.write([]byte("II\x2b\x00\x08\x00\x00\x00"), make([]byte, 8))
	return f, f.err
}

func (f *file) write(parts ...[]byte) {
	for _, b := range parts {
		if f.err != nil {
			return
		}
		n, err := f.w.Write(b)
		f.at += int64(n)
		if err != nil {
			f.err = fmt.Errorf("write OME-TIFF: %w", err)
		}
	}
}

func (f *file) pad() { f.write(make([]byte, (8-f.at%8)%8)) }

// pack compresses a tile and appends it to those of t.
func (f *file) pack(t *tiles, tile []byte) {
	if f.err != nil {
		return
	}
	f.packed.Reset()
	f.z.Reset(&f.packed)
	_, err := f.z.Write(tile)
	if err == nil {
		err = f.z.Close()
	}
	if err != nil {
		f.err = fmt.Errorf("write OME-TIFF: %w", err)
		return
	}
	t.offsets = append(t.offsets, uint64(f.at))
	t.sizes = append(t.sizes, uint64(f.packed.Len()))
	f.write(f.packed.Bytes())
}

// finish writes the directories: those of the smaller copies, then those of the pages, each after the values
// that need room, and where the first page is. small has the copies of each page.
func (f *file) finish(pages []page, small []*pyramid) error {
	for i := range pages {
		for _, q := range pages[i].below(small[i]) {
			entries := f.entries(q.fields())
			f.pad()
			pages[i].subs = append(pages[i].subs, uint64(f.at))
			f.write(entries, make([]byte, 8))
		}
	}
	f.pad()
	first, link := uint64(0), make([]byte, 8)
	for i, p := range pages {
		entries := f.entries(p.fields())
		f.pad()
		if i == 0 {
			first = uint64(f.at)
		}
		clear(link)
		if i+1 < len(pages) {
			after := uint64(f.at) + uint64(len(entries)+len(link))
			binary.LittleEndian.PutUint64(link, (after+7)/8*8+room(pages[i+1].fields()))
		}
		f.write(entries, link)
	}
	if f.err != nil {
		return f.err
	}
	if _, err := f.w.Seek(8, io.SeekStart); err != nil {
		return fmt.Errorf("write OME-TIFF: %w", err)
	}
	f.write(binary.LittleEndian.AppendUint64(nil, first))
	return f.err
}

// room is what the values of a page take before its directory, from a place that 8 divides.
func room(fields []field) (n uint64) {
	for _, v := range fields {
		if len(v.value) > 8 {
			n += uint64(len(v.value)+7) / 8 * 8
		}
	}
	return n
}

// entries writes the values that need room and gives the entries of a directory.
func (f *file) entries(fields []field) []byte {
	dir := binary.LittleEndian.AppendUint64(nil, uint64(len(fields)))
	for _, v := range fields {
		dir = binary.LittleEndian.AppendUint16(dir, v.tag)
		dir = binary.LittleEndian.AppendUint16(dir, v.kind)
		dir = binary.LittleEndian.AppendUint64(dir, uint64(v.count))
		if len(v.value) <= 8 {
			dir = append(dir, append(v.value, make([]byte, 8-len(v.value))...)...)
			continue
		}
		f.pad()
		dir = binary.LittleEndian.AppendUint64(dir, uint64(f.at))
		f.write(v.value)
	}
	return dir
}
