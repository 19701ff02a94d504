package report

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"

	"github.com/klauspost/compress/zlib"
)

// flatColours are as many colours as four bits tell apart.
const flatColours = 16

// encodeFlat is a picture of a few colours as PNG, four bits a pixel and rows without a filter, as befits areas of
// one colour. The encoder of the standard library takes the pixels one by one, and three times as long.
//
// Source: W3C, Portable Network Graphics (PNG) Specification, third edition.
func encodeFlat(img *image.Paletted) (File, error) {
	if len(img.Palette) > flatColours {
		return File{}, fmt.Errorf("encode PNG: %d colours for four bits", len(img.Palette))
	}
	size := img.Rect.Size()
	head := binary.BigEndian.AppendUint32(nil, uint32(size.X))
	head = append(binary.BigEndian.AppendUint32(head, uint32(size.Y)), 4, 3, 0, 0, 0) // bits, palette, no interlacing
	var colours, opacities []byte
	for _, c := range img.Palette {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		colours, opacities = append(colours, n.R, n.G, n.B), append(opacities, n.A)
	}
	pixels, err := packFlat(img)
	if err != nil {
		return File{}, fmt.Errorf("encode PNG: %w", err)
	}
	out := []byte("\x89PNG\r\n\x1a\n")
	out = appendChunk(out, "IHDR", head)
	out = appendChunk(out, "PLTE", colours)
	out = appendChunk(out, "tRNS", opacities)
	out = appendChunk(out, "IDAT", pixels)
	return File{Type: "image/png", Data: appendChunk(out, "IEND", nil)}, nil
}

func appendChunk(out []byte, kind string, data []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	at := len(out)
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[at:]))
}

// packFlat compresses rows of two pixels a byte, each behind the number of its filter: none.
func packFlat(img *image.Paletted) ([]byte, error) {
	var b bytes.Buffer
	z, err := zlib.NewWriterLevel(&b, flatLevel)
	if err != nil {
		return nil, err
	}
	size := img.Rect.Size()
	line := make([]byte, 1+(size.X+1)/2)
	for y := range size.Y {
		row := img.Pix[y*img.Stride:][:size.X]
		for i := range size.X / 2 {
			line[1+i] = row[2*i]<<4 | row[2*i+1]
		}
		if size.X%2 > 0 {
			line[len(line)-1] = row[size.X-1] << 4
		}
		if _, err := z.Write(line); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// flatLevel of compression: higher ones take longer and save little.
const flatLevel = 3
