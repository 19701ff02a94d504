package openslide

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
)

// Is reports a slide that this package reads, from the first bytes of the file and from its name. Of a TIFF it
// looks at the first directory; ordinary ones, which package tiff reads, cost at most one short read more.
func Is(head []byte, path string) bool {
	s := string(head)
	switch strings.ToLower(filepath.Ext(path)) {
	case ".mrxs", ".vms", ".vmu":
		return true // the first may begin with a picture of the slide
	case ".svslide":
		return strings.HasPrefix(s, "SQLite format 3\x00")
	}
	if strings.HasPrefix(s, "ZISRAWFILE") {
		return true
	}
	p := &peek{head: head, path: path}
	defer p.close()
	return p.slide()
}

// peek reads short pieces of a file whose first bytes are known.
type peek struct {
	head  []byte
	path  string
	f     *os.File
	asked bool // for more than the head
	order binary.ByteOrder
	big   bool
}

// at gives n bytes, fewer at the end of the file.
func (p *peek) at(offset uint64, n int) []byte {
	if offset+uint64(n) <= uint64(len(p.head)) && offset < uint64(len(p.head)) {
		return p.head[offset:][:n]
	}
	p.asked = true
	if p.f == nil {
		f, err := os.Open(p.path)
		if err != nil {
			return nil
		}
		p.f = f
	}
	b := make([]byte, n)
	n, _ = p.f.ReadAt(b, int64(offset)) // what is not there is not what is looked for
	return b[:n]
}

func (p *peek) close() {
	if p.f != nil {
		p.f.Close()
	}
}

// The tags that tell the makers of slides apart.
const (
	tagCompression, tagDescription, tagSoftware, tagTileWidth, tagXMP = 259, 270, 305, 322, 700
	tagNDPI                                                           = 65420
)

// entry is one tag of a directory: how many values, and where they lie.
type entry struct {
	count, value uint64
	inline       []byte // the values themselves, when they fit
}

// slide reports a TIFF of a maker that OpenSlide knows and package tiff does not.
func (p *peek) slide() bool {
	tags := p.directory()
	if _, ok := tags[tagNDPI]; ok {
		return true
	}
	if c, ok := tags[tagCompression]; ok {
		if v := p.order.Uint16(c.inline); v == 33003 || v == 33005 { // Aperio in JPEG 2000
			return true
		}
	}
	if bytes.Contains(p.text(tags, tagXMP), []byte("iScan")) { // Ventana, whose first page shows the label
		return true
	}
	if _, ok := tags[tagTileWidth]; !ok {
		return false
	}
	software, description := p.text(tags, tagSoftware), p.text(tags, tagDescription)
	return bytes.Contains(description, []byte("http://www.leica-microsystems.com/scn/")) ||
		bytes.HasPrefix(software, []byte("Philips")) && bytes.Contains(description, []byte("DPUfsImport")) ||
		bytes.HasPrefix(software, []byte("MedScan")) && len(description) > 0 // Trestle
}

// text is the beginning of a tag that holds text.
func (p *peek) text(tags map[uint16]entry, tag uint16) []byte {
	const enough = 16 << 10
	e, ok := tags[tag]
	switch {
	case !ok:
		return nil
	case e.count <= uint64(len(e.inline)):
		return e.inline[:e.count]
	}
	return p.at(e.value, int(min(e.count, enough)))
}

// directory reads the first directory of a TIFF; nil of another file.
func (p *peek) directory() map[uint16]entry {
	if len(p.head) < 16 {
		return nil
	}
	switch string(p.head[:4]) {
	case "II*\x00", "II+\x00":
		p.order = binary.LittleEndian
	case "MM\x00*", "MM\x00+":
		p.order = binary.BigEndian
	default:
		return nil
	}
	if p.big = p.head[2]|p.head[3] == '+'; p.big {
		return p.entries(p.order.Uint64(p.head[8:]))
	}
	// Hamamatsu writes offsets of eight bytes into a classic header when the file is long.
	if long := p.order.Uint64(p.head[4:]); p.order == binary.LittleEndian && long>>32 != 0 && long>>32 < 1<<10 {
		if tags := p.entries(long); len(tags) > 0 {
			return tags
		}
	}
	return p.entries(uint64(p.order.Uint32(p.head[4:])))
}

// entries reads the directory at offset, whose tags need not be sorted.
func (p *peek) entries(offset uint64) map[uint16]entry {
	const most = 256 // no scanner writes more
	head, size, number := 2, 12, uint64(0)
	if p.big {
		head, size = 8, 20
	}
	b := p.at(offset, head)
	switch {
	case len(b) < head:
		return nil
	case p.big:
		number = p.order.Uint64(b)
	default:
		number = uint64(p.order.Uint16(b))
	}
	b = p.at(offset+uint64(head), int(min(number, most))*size)
	tags := map[uint16]entry{}
	for ; len(b) >= size; b = b[size:] {
		e := entry{count: uint64(p.order.Uint32(b[4:])), inline: b[8:size]}
		e.value = uint64(p.order.Uint32(b[8:]))
		if p.big {
			e = entry{count: p.order.Uint64(b[4:]), value: p.order.Uint64(b[12:]), inline: b[12:size]}
		}
		tags[p.order.Uint16(b)] = e
	}
	return tags
}
