package tiff

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// Tags of TIFF 6.0 (Adobe, 1992) that a plain file may have.
const (
	tagSubfile, tagWidth, tagHeight, tagBits    = 254, 256, 257, 258
	tagCompression, tagPhotometric, tagFill     = 259, 262, 266
	tagDescription, tagMake, tagModel           = 270, 271, 272
	tagOffsets, tagOrientation, tagSamples      = 273, 274, 277
	tagRows, tagCounts                          = 278, 279
	tagX, tagY, tagPlanar, tagUnit              = 282, 283, 284, 296
	tagSoftware, tagDate, tagArtist, tagHost    = 305, 306, 315, 316
	tagFormat                                   = 339
	shortType, longType, asciiType, rationalTyp = 3, 4, 2, 5
)

// harmless are tags whose value does not change how a grey page is read.
var harmless = []uint16{tagMake, tagModel, tagSoftware, tagDate}

// mostTags and mostBytes bound a directory and one value of it that are read here.
const (
	mostTags  = 64
	mostBytes = 1 << 20
)

// directory is one directory of a classic TIFF, its values read.
type directory struct {
	order   binary.ByteOrder
	offset  int64
	next    int64 // offset of the following one, 0 after the last
	values  map[uint16]value
	strange bool // something that a plain file does not have
}

// value is what a tag holds.
type value struct {
	kind uint16
	n    int
	data []byte
}

var errDirectory = errors.New("the directory is not a plain one")

// firstDirectory reads the head of a file of size bytes, and its first directory.
func firstDirectory(r io.ReaderAt, size int64) (*directory, error) {
	var head [8]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return nil, err
	}
	order := binary.ByteOrder(binary.LittleEndian)
	switch string(head[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return nil, errDirectory
	}
	return readDirectory(r, order, int64(order.Uint32(head[4:])), size)
}

// readDirectory reads the directory at offset in a file of size bytes.
func readDirectory(r io.ReaderAt, order binary.ByteOrder, offset, size int64) (*directory, error) {
	d := &directory{order: order, offset: offset, values: map[uint16]value{}}
	var count [2]byte
	if _, err := r.ReadAt(count[:], offset); err != nil {
		return nil, err
	}
	n := int(order.Uint16(count[:]))
	if n > mostTags {
		return nil, errDirectory
	}
	entries := make([]byte, 12*n+4)
	if _, err := r.ReadAt(entries, offset+2); err != nil {
		return nil, err
	}
	d.next = int64(order.Uint32(entries[12*n:]))
	for ; len(entries) > 4; entries = entries[12:] {
		if err := d.add(r, entries[:12], size); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// add reads the value of one entry.
func (d *directory) add(r io.ReaderAt, entry []byte, size int64) error {
	tag, kind, n := d.order.Uint16(entry), d.order.Uint16(entry[2:]), int64(d.order.Uint32(entry[4:]))
	width := map[uint16]int64{asciiType: 1, shortType: 2, longType: 4, rationalTyp: 8}[kind]
	if _, twice := d.values[tag]; twice || width == 0 || n == 0 || n*width > min(size, mostBytes) {
		return errDirectory
	}
	data := slices.Clone(entry[8:])
	if n*width > 4 {
		data = make([]byte, n*width)
		if _, err := r.ReadAt(data, int64(d.order.Uint32(entry[8:]))); err != nil {
			return err
		}
	}
	d.values[tag] = value{kind: kind, n: int(n), data: data[:n*width]}
	d.strange = d.strange || !d.expected(tag)
	return nil
}

// expected reports a tag that a plain file may have, with a value that changes nothing where that matters.
func (d *directory) expected(tag uint16) bool {
	switch tag {
	case tagSubfile: // 2: a page of several
		return d.number(tag, 0) == 0 || d.number(tag, 0) == 2
	case tagFill, tagPlanar:
		return d.number(tag, 1) == 1
	case tagX, tagY:
		return d.values[tag].kind == rationalTyp && d.count(tag) == 1
	case tagDescription, tagArtist, tagHost:
		return d.values[tag].kind == asciiType
	case tagWidth, tagHeight, tagBits, tagCompression, tagPhotometric, tagOffsets, tagOrientation,
		tagSamples, tagRows, tagCounts, tagUnit, tagFormat:
		return true
	}
	return slices.Contains(harmless, tag)
}

func (d *directory) count(tag uint16) int { return d.values[tag].n }

// number is the only number of a tag, otherwise where the tag is absent, and -1 where it holds anything else.
func (d *directory) number(tag uint16, otherwise int) int {
	v, ok := d.values[tag]
	switch {
	case !ok:
		return otherwise
	case v.n != 1:
		return -1
	}
	return d.at(v, 0)
}

// at is number i of a value, -1 where it holds no whole numbers.
func (d *directory) at(v value, i int) int {
	switch v.kind {
	case shortType:
		return int(d.order.Uint16(v.data[2*i:]))
	case longType:
		return int(d.order.Uint32(v.data[4*i:]))
	}
	return -1
}

// rational is a fraction with the precision that libtiff gives it; 0 where it is absent or has no value.
func (d *directory) rational(tag uint16) float64 {
	v := d.values[tag]
	if v.kind != rationalTyp || v.n != 1 {
		return 0
	}
	num, den := d.order.Uint32(v.data), d.order.Uint32(v.data[4:])
	if num == 0 || den == 0 {
		return 0
	}
	return float64(float32(float64(num) / float64(den)))
}

// text is a string up to its first zero byte.
func (d *directory) text(tag uint16) string {
	v := d.values[tag]
	if v.kind != asciiType {
		return ""
	}
	if end := slices.Index(v.data, 0); end >= 0 {
		return string(v.data[:end])
	}
	return string(v.data)
}

// strips is where the first of the strips begins when all follow each other, -1 when they do not.
func (d *directory) strips(row int64, h, rows int) int64 {
	offsets, counts := d.values[tagOffsets], d.values[tagCounts]
	if rows < 1 || offsets.n != (h+rows-1)/rows || counts.n != offsets.n {
		return -1
	}
	first := int64(d.at(offsets, 0))
	at := first
	for i := range offsets.n {
		n := row * int64(min(rows, h-i*rows))
		if int64(d.at(offsets, i)) != at || int64(d.at(counts, i)) != n {
			return -1
		}
		at += n
	}
	return first
}
