package open

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
)

// The files below hold 4 x 4 pixels, or three slices of them, and what they say of their size.

var little = binary.LittleEndian

// tiffOf is a TIFF of pages with a resolution of x and y, each a numerator and a denominator, in unit (0
// leaves the tag out), and a description on the first page.
func tiffOf(pages int, x, y [2]uint32, unit uint16, description string) []byte {
	b := []byte("II*\x00\x00\x00\x00\x00")
	link := 4 // where the offset of the next directory is written
	for page := range pages {
		var entries []byte
		put := func(tag, kind uint16, count, value uint32) {
			entries = little.AppendUint16(little.AppendUint16(entries, tag), kind)
			entries = little.AppendUint32(little.AppendUint32(entries, count), value)
		}
		place := func(v ...byte) uint32 {
			if len(b)%2 == 1 {
				b = append(b, 0)
			}
			b = append(b, v...)
			return uint32(len(b) - len(v))
		}
		put(256, 4, 1, 4)
		put(257, 4, 1, 4)
		put(258, 3, 1, 8)
		put(259, 3, 1, 1)
		put(262, 3, 1, 1)
		if page == 0 && description != "" {
			put(270, 2, uint32(len(description)+1), place([]byte(description+"\x00\x00\x00\x00")...))
		}
		put(273, 4, 1, place(make([]byte, 16)...))
		put(277, 3, 1, 1)
		put(278, 4, 1, 4)
		put(279, 4, 1, 16)
		if x != [2]uint32{} {
			put(282, 5, 1, place(rational(x)...))
			put(283, 5, 1, place(rational(y)...))
		}
		if unit > 0 {
			put(296, 3, 1, uint32(unit))
		}
		at := place(append(little.AppendUint16(nil, uint16(len(entries)/12)), entries...)...)
		little.PutUint32(b[link:], at)
		link = len(b)
		b = append(b, 0, 0, 0, 0)
	}
	return b
}

func rational(v [2]uint32) []byte { return little.AppendUint32(little.AppendUint32(nil, v[0]), v[1]) }

func omeOf(attributes string) []byte {
	return tiffOf(3, [2]uint32{}, [2]uint32{}, 0, `<?xml version="1.0"?><OME><Image><Pixels DimensionOrder="XYZCT" Type="uint8" SizeX="4" SizeY="4" SizeZ="3" SizeC="1" SizeT="1" `+
		attributes+`><Channel SamplesPerPixel="1"/><TiffData/></Pixels></Image></OME>`)
}

// imageJOf is a stack with a number of pixels in each unit, and further lines.
func imageJOf(perUnit [2]uint32, lines ...string) []byte {
	return tiffOf(3, perUnit, perUnit, 1, "ImageJ=1.53t\nimages=3\nslices=3\n"+strings.Join(lines, "\n")+"\n")
}

func aperioOf(fields string) []byte {
	return tiffOf(1, [2]uint32{}, [2]uint32{}, 0, "Aperio Image Library v11\r\n4x4 [0,0 4x4]|AppMag = 20"+fields)
}

// encoded is a small grey picture.
func encoded(t *testing.T, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	m := image.NewGray(image.Rect(0, 0, 4, 4))
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, m)
	case "jpeg":
		err = jpeg.Encode(&b, m, nil)
	case "bmp":
		err = bmp.Encode(&b, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pngOf is a PNG with a pHYs chunk.
func pngOf(t *testing.T, x, y uint32, unit byte) []byte {
	t.Helper()
	const header = 8 + 25
	b := encoded(t, "png")
	body := append([]byte("pHYs"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, x), y)...)
	body = append(body, unit)
	chunk := append([]byte{0, 0, 0, 9}, body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(body))
	return append(append(append([]byte{}, b[:header]...), chunk...), b[header:]...)
}

// jfifOf is a JPEG with a JFIF segment.
func jfifOf(t *testing.T, unit byte, x, y uint16) []byte {
	t.Helper()
	body := append([]byte("JFIF\x00\x01\x02"), unit)
	body = append(binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(body, x), y), 0, 0)
	return jpegWith(t, 0xe0, body)
}

// exifOf is a JPEG with a resolution in an EXIF segment; unit 0 leaves its tag out.
func exifOf(t *testing.T, unit uint16, x, y [2]uint32) []byte {
	t.Helper()
	b := append([]byte("Exif\x00\x00II*\x00\x08\x00\x00\x00"), 3, 0)
	entry := func(tag, kind uint16, value uint32) {
		b = little.AppendUint32(little.AppendUint32(little.AppendUint16(little.AppendUint16(b, tag), kind), 1), value)
	}
	entry(0x11a, 5, 50)
	entry(0x11b, 5, 58)
	if unit > 0 {
		entry(0x128, 3, uint32(unit))
	} else {
		entry(0x100, 3, 4)
	}
	b = append(append(append(b, 0, 0, 0, 0), rational(x)...), rational(y)...)
	return jpegWith(t, 0xe1, b)
}

func jpegWith(t *testing.T, marker byte, body []byte) []byte {
	t.Helper()
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, marker}, uint16(len(body)+2))
	return append(append(head, body...), encoded(t, "jpeg")[2:]...)
}

func bmpOf(t *testing.T, x, y int32) []byte {
	t.Helper()
	b := encoded(t, "bmp")
	little.PutUint32(b[38:], uint32(x))
	little.PutUint32(b[42:], uint32(y))
	return b
}

func nrrdOf(fields string) []byte {
	return append([]byte("NRRD0004\ntype: uint8\ndimension: 3\nsizes: 4 4 3\nencoding: raw\n"+fields+"\n"), make([]byte, 48)...)
}

func metaOf(fields string) []byte {
	return append([]byte("ObjectType = Image\nNDims = 3\nDimSize = 4 4 3\nElementType = MET_UCHAR\n"+fields+"ElementDataFile = LOCAL\n"), make([]byte, 48)...)
}

// niftiOf is a NIfTI-1 without a place in space.
func niftiOf(units byte, pixdim ...float32) []byte {
	b := make([]byte, 352+48)
	little.PutUint32(b, 348)
	for i, v := range []uint16{3, 4, 4, 3, 1, 1, 1, 1} {
		little.PutUint16(b[40+2*i:], v)
	}
	little.PutUint16(b[70:], 2) // unsigned bytes
	little.PutUint16(b[72:], 8)
	for i, v := range pixdim {
		little.PutUint32(b[80+4*i:], math.Float32bits(v))
	}
	little.PutUint32(b[108:], math.Float32bits(352))
	b[123] = units
	copy(b[344:], "n+1\x00")
	return b
}

func vtkOf(spacing string) []byte {
	return append([]byte("# vtk DataFile Version 3.0\nx\nBINARY\nDATASET STRUCTURED_POINTS\nDIMENSIONS 4 4 3\nORIGIN 0 0 0\nSPACING "+
		spacing+"\nPOINT_DATA 48\nSCALARS s unsigned_char 1\nLOOKUP_TABLE default\n"), make([]byte, 48)...)
}

// dicomOf is one slice of a series at z mm; further elements as group, element, type, text.
func dicomOf(z float64, more ...[4]any) []byte {
	var b []byte
	put := func(group, element uint16, vr string, value []byte) {
		if len(value)%2 == 1 {
			value = append(value, ' ')
		}
		b = append(little.AppendUint16(little.AppendUint16(b, group), element), vr...)
		if vr == "OW" {
			b = little.AppendUint32(append(b, 0, 0), uint32(len(value)))
		} else {
			b = little.AppendUint16(b, uint16(len(value)))
		}
		b = append(b, value...)
	}
	short := func(v uint16) []byte { return little.AppendUint16(nil, v) }
	b = append(make([]byte, 128), "DICM"...)
	put(2, 0x10, "UI", []byte("1.2.840.10008.1.2.1\x00"))
	for _, m := range more { // of groups before 0020
		put(m[0].(uint16), m[1].(uint16), m[2].(string), []byte(m[3].(string)))
	}
	put(0x20, 0xe, "UI", []byte("1.2.3\x00"))
	put(0x20, 0x13, "IS", []byte("1"))
	put(0x20, 0x32, "DS", fmt.Appendf(nil, "0\\0\\%g", z))
	put(0x20, 0x37, "DS", []byte("1\\0\\0\\0\\1\\0"))
	put(0x28, 2, "US", short(1))
	put(0x28, 4, "CS", []byte("MONOCHROME2"))
	put(0x28, 0x10, "US", short(4))
	put(0x28, 0x11, "US", short(4))
	put(0x28, 0x30, "DS", []byte("0.03\\0.02"))
	put(0x28, 0x100, "US", short(16))
	put(0x28, 0x101, "US", short(16))
	put(0x28, 0x102, "US", short(15))
	put(0x28, 0x103, "US", short(0))
	put(0x7fe0, 0x10, "OW", make([]byte, 32))
	return b
}

// files writes files into a folder and gives the path of the first, or of the folder when name is "".
func files(t *testing.T, name string, contents map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for n, b := range contents {
		if err := os.WriteFile(filepath.Join(dir, n), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, name)
}
