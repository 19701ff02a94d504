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
