package raster

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"explant/io/calibration"
	"explant/io/scanline"
)

// header is what stands before the pixels besides their number.
type header struct {
	format      string
	size        calibration.Statement
	orientation int // EXIF, 1 when nothing is said
	unturned    int // the EXIF orientation of a PNG, which is not applied
	bits        int // of a sample of a PNG
	alpha       bool
	identifiers []string
}

var errFormat = errors.New("it is neither PNG nor JPEG")

func readHeader(f io.Reader) (header, error) {
	r := bufio.NewReader(f)
	magic, err := r.Peek(8)
	switch {
	case err == nil && string(magic) == "\x89PNG\r\n\x1a\n":
		_, err = r.Discard(8)
		return pngHeader(r), err
	case len(magic) >= 3 && string(magic[:3]) == "\xff\xd8\xff":
		_, err = r.Discard(2)
		h, wrong := jpegHeader(r)
		return h, errors.Join(err, wrong)
	}
	return header{}, errFormat
}

// rows opens the pixels, 1/scale as large, as they are to be shown.
func (h header) rows(path string, scale int) (rows, error) {
	var r rows
	var err error
	if h.format == "PNG" {
		r, err = scanline.OpenPNG(path)
	} else {
		r, err = scanline.OpenJPEG(path, scale)
	}
	switch {
	case err != nil:
		return nil, err
	case h.orientation == 2:
		return mirrored{r}, nil
	case h.orientation > 2:
		return turned{r, h.orientation}, nil
	}
	return r, nil
}

// pngHeader reads the chunks up to the pixels. It stops without complaint where they make no sense:
// the decoder will say what is wrong.
func pngHeader(r *bufio.Reader) header {
	h := header{format: "PNG", orientation: 1}
	for {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return h
		}
		n, kind := int64(binary.BigEndian.Uint32(head[:])), string(head[4:])
		if kind == "IDAT" {
			return h
		}
		body := make([]byte, min(n, maxChunk))
		if _, err := io.ReadFull(r, body); err != nil {
			return h
		}
		h.pngChunk(kind, body)
		if _, err := io.CopyN(io.Discard, r, n-int64(len(body))+4); err != nil {
			return h
		}
	}
}

// maxChunk is how much of a PNG chunk is looked at: as much as an EXIF segment of a JPEG may have.
const maxChunk = 1 << 16

// pngChunk reads one chunk before the pixels.
func (h *header) pngChunk(kind string, body []byte) {
	switch {
	case kind == "IHDR" && len(body) >= 10:
		h.bits, h.alpha = int(body[8]), body[9]&4 != 0
	case kind == "tRNS":
		h.alpha = true
	case kind == "pHYs" && len(body) >= 9:
		h.size = perMetre(body)
	case kind == "tEXt" && bytes.HasPrefix(body, []byte("Author\x00")):
		h.personal("PNG Author")
	case kind == "eXIf": // programs show a PNG as it is stored
		stored := h.orientation
		h.exif(body)
		h.unturned, h.orientation = h.orientation, stored
	}
}

// perMetre reads a pHYs chunk: pixels along x and y for each metre.
func perMetre(b []byte) calibration.Statement {
	s := calibration.Statement{Field: "PNG pHYs", Unit: "pixel", Print: true}
	x, y := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	if b[8] != 1 || x == 0 || y == 0 || max(x, y) > math.MaxInt32 {
		return calibration.Statement{} // an aspect ratio only, or more than the format allows
	}
	s.Unit, s.Size = "m", [3]float64{1 / float64(x), 1 / float64(y), 0}
	return s
}

// jpegHeader reads the segments before the first scan. Like pngHeader it stops where they make no sense;
// kinds of JPEG that are not read are errors.
func jpegHeader(r *bufio.Reader) (header, error) {
	h := header{format: "JPEG", orientation: 1}
	for {
		kind, body, err := segment(r)
		if err != nil || kind == 0xda {
			return h, nil
		}
		switch {
		case kind == 0xe0 && len(body) >= 12 && string(body[:5]) == "JFIF\x00":
			if s := density(body[7:12]); s.Unit != "" {
				h.size = s
			}
		case kind == 0xe1 && len(body) > 6 && string(body[:6]) == "Exif\x00\x00":
			h.exif(body[6:])
		case kind >= 0xc0 && kind <= 0xcf && len(body) > 0:
			if err := frame(kind, body[0]); err != nil {
				return h, err
			}
		case kind == 0xf7:
			return h, errLossless
		}
	}
}

// segment reads the marker and the body of one segment.
func segment(r *bufio.Reader) (kind byte, body []byte, err error) {
	if kind, err = r.ReadByte(); err != nil || kind != 0xff {
		return 0, nil, errFormat
	}
	for kind == 0xff { // any number of them may stand before a marker
		if kind, err = r.ReadByte(); err != nil {
			return 0, nil, err
		}
	}
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil || kind == 0xda {
		return kind, nil, err
	}
	body = make([]byte, max(int(binary.BigEndian.Uint16(length[:]))-2, 0))
	_, err = io.ReadFull(r, body)
	return kind, body, err
}

var errLossless = errors.New("lossless JPEG (also JPEG-LS) is not read: write it as PNG or TIFF")

// frame refuses frames, by their marker and the bits of their samples, that are not read.
func frame(kind, bits byte) error {
	switch {
	case kind == 0xc4 || kind == 0xc8 || kind == 0xcc: // tables
		return nil
	case kind&3 == 3:
		return errLossless
	case kind&7 >= 5:
		return errors.New("hierarchical JPEG is not read: write it as PNG or TIFF")
	case bits != 8:
		return fmt.Errorf("JPEG of %d bits a sample is not read, only of 8: write it as PNG or TIFF", bits)
	}
	return nil
}

// density reads the JFIF unit (1 inch, 2 centimetre) and the pixels for each.
func density(b []byte) calibration.Statement {
	x, y := float64(binary.BigEndian.Uint16(b[1:])), float64(binary.BigEndian.Uint16(b[3:]))
	s := calibration.Resolution(x, y, int(b[0])+1)
	s.Field = "JFIF density"
	if b[0] != 1 && b[0] != 2 {
		return calibration.Statement{}
	}
	return s
}
