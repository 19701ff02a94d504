package raster

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"explant/io/calibration"
)

// header is what stands before the pixels besides their number.
type header struct {
	format           string
	size             calibration.Statement
	orientation      int // EXIF, 1 when nothing is said
	alpha, greyAlpha bool
	identifiers      []string
}

var errFormat = errors.New("it is neither PNG nor JPEG nor BMP")

func readHeader(r *bufio.Reader) (header, error) {
	magic, err := r.Peek(8)
	switch {
	case err == nil && string(magic) == "\x89PNG\r\n\x1a\n":
		_, err = r.Discard(8)
		return pngHeader(r), err
	case len(magic) >= 3 && string(magic[:3]) == "\xff\xd8\xff":
		_, err = r.Discard(2)
		return jpegHeader(r), err
	}
	if b, err := r.Peek(bmpHead); err == nil && IsBMP(b) {
		return bmpHeader(b), nil
	}
	return header{}, errFormat
}

// bmpHead is where the resolution of a BMP ends.
const bmpHead = 46

// IsBMP reports the first bytes of a BMP file: its magic has two letters only, so that the size of its
// second header counts too.
func IsBMP(b []byte) bool {
	if len(b) < bmpHead || string(b[:2]) != "BM" || string(b[6:10]) != "\x00\x00\x00\x00" {
		return false
	}
	n := binary.LittleEndian.Uint32(b[14:])
	return n == 40 || n == 108 || n == 124
}

// bmpHeader reads the resolution, in pixels for each metre.
func bmpHeader(b []byte) header {
	h := header{format: "BMP", orientation: 1}
	x, y := int32(binary.LittleEndian.Uint32(b[38:])), int32(binary.LittleEndian.Uint32(b[42:]))
	if x > 0 && y > 0 {
		h.size = calibration.Statement{Field: "BMP resolution", Unit: "m", Print: true, Size: [3]float64{1 / float64(x), 1 / float64(y), 0}}
	}
	return h
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
		body := make([]byte, min(n, 64))
		if _, err := io.ReadFull(r, body); err != nil {
			return h
		}
		switch {
		case kind == "IHDR" && len(body) >= 10:
			h.alpha, h.greyAlpha = body[9]&4 != 0, body[9] == 4
		case kind == "tRNS":
			h.alpha = true
		case kind == "pHYs" && len(body) >= 9:
			h.size = perMetre(body)
		}
		if _, err := io.CopyN(io.Discard, r, n-int64(len(body))+4); err != nil {
			return h
		}
	}
}

// perMetre reads a pHYs chunk: pixels along x and y for each metre.
func perMetre(b []byte) calibration.Statement {
	s := calibration.Statement{Field: "PNG pHYs", Unit: "pixel", Print: true}
	x, y := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	if b[8] != 1 || x == 0 || y == 0 {
		return calibration.Statement{} // an aspect ratio only
	}
	s.Unit, s.Size = "m", [3]float64{1 / float64(x), 1 / float64(y), 0}
	return s
}

// jpegHeader reads the JFIF and EXIF segments before the first scan.
func jpegHeader(r *bufio.Reader) header {
	h := header{format: "JPEG", orientation: 1}
	for {
		var head [4]byte
		if _, err := io.ReadFull(r, head[:]); err != nil || head[0] != 0xff || head[1] == 0xda {
			return h
		}
		body := make([]byte, max(int(binary.BigEndian.Uint16(head[2:]))-2, 0))
		if _, err := io.ReadFull(r, body); err != nil {
			return h
		}
		switch {
		case head[1] == 0xe0 && len(body) >= 12 && string(body[:5]) == "JFIF\x00":
			if s := density(body[7:12]); s.Unit != "" {
				h.size = s
			}
		case head[1] == 0xe1 && len(body) > 6 && string(body[:6]) == "Exif\x00\x00":
			h.exif(body[6:])
		}
	}
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
