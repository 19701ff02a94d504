package dicom

import (
	"fmt"
	"testing"

	"explant/io/imagefile"
)

// BenchmarkSeries opens and reads 64 slices of 512 x 512 values, as they are stored and rescaled.
func BenchmarkSeries(b *testing.B) {
	const n, depth = 512, 64
	for _, intercept := range []string{"0", "-1024"} {
		files := map[string]object{}
		for z := range depth {
			files[fmt.Sprint(z)] = basic(float64(z), make([]uint16, n*n)...).with(0x00280010, "US", uint16(n)).with(0x00280011, "US", uint16(n)).
				with(0x00280101, "US", uint16(12)).with(0x00280102, "US", uint16(11)).with(0x00281052, "DS", intercept)
		}
		dir := folder(b, files)
		b.Run("intercept="+intercept, func(b *testing.B) {
			b.SetBytes(n * n * depth * 2)
			for b.Loop() {
				r, err := Open(b.Context(), dir)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := r.Read(b.Context(), imagefile.Whole(r.Info(), 0)); err != nil {
					b.Fatal(err)
				}
				r.Close()
			}
		})
	}
}

// BenchmarkSlide reads a slide of 40 x 40 tiles of 20 x 12 pixels, native and packed.
func BenchmarkSlide(b *testing.B) {
	const across = 40
	for _, c := range []struct{ name, syntax, file string }{{"native", explicitLittle, ""}, {"jpeg", baseline, "baseline8plain.jpg"}, {"jpegls", lsLossless, "ls8rgb_line.jls"}} {
		var pixels any = make([]byte, across*across*packedColumns*packedRows*3)
		if c.file != "" {
			frames := [][]byte{nil}
			for range across * across {
				frames = append(frames, stream(b, c.file))
			}
			pixels = frames
		}
		o := slideOf(4, 3, 1).as(c.syntax).with(0x00280002, "US", uint16(3)).with(0x00280004, "CS", "RGB").sized(packedColumns, packedRows).
			with(0x00280008, "IS", itoa(across*across)).with(0x00280100, "US", uint16(8)).with(0x00280101, "US", uint16(8)).with(0x00280102, "US", uint16(7)).
			with(0x00480006, "UL", uint32(across*packedColumns)).with(0x00480007, "UL", uint32(across*packedRows)).with(0x7fe00010, "OB", pixels)
		path := save(b, o.bytes())
		b.Run("codec="+c.name, func(b *testing.B) {
			r, err := Open(b.Context(), path)
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			b.SetBytes(r.Info().Bytes())
			for b.Loop() {
				if _, err := r.Read(b.Context(), imagefile.Whole(r.Info(), 0)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
