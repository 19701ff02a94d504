package raster

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"math"
)

// afterHeader is where the chunks of a PNG begin behind the signature and the IHDR chunk.
const afterHeader = 8 + 12 + 13

// WritePNG writes img with its pixel size in mm in the pHYs chunk, which stores whole pixels a metre;
// nothing is stated when mm is not positive.
func WritePNG(w io.Writer, img image.Image, mm float64) error {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return err
	}
	for _, part := range [][]byte{b.Bytes()[:afterHeader], physical(mm), b.Bytes()[afterHeader:]} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// physical is the pHYs chunk: length, name, pixels a metre along x and y, the unit metre, CRC.
func physical(mm float64) []byte {
	perMetre := math.Round(1000 / mm)
	if !(mm > 0) || perMetre < 1 || perMetre > math.MaxUint32 {
		return nil
	}
	c := binary.BigEndian.AppendUint32(nil, 9)
	c = append(c, "pHYs"...)
	c = binary.BigEndian.AppendUint32(c, uint32(perMetre))
	c = binary.BigEndian.AppendUint32(c, uint32(perMetre))
	c = append(c, 1)
	return binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
}
