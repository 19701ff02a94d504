package zarr

import (
	"fmt"
	"testing"

	"explant/io/imagefile"
)

// Slice after slice of a volume whose chunks are 64 samples wide, the way it is converted.
func BenchmarkSlices(b *testing.B) {
	shape := []int{64, 256, 256}
	for _, codec := range []string{"", "blosc", "bloscbits", "zstd", "gzip"} {
		v := built{version: 2, shape: shape, chunk: []int{64, 64, 64}, dtype: "u2", size: 2, data: random(total(shape)*2, 3), codec: codec}
		dir := b.TempDir()
		v.write(b, dir)
		for _, kept := range []string{"memory", "file"} {
			b.Run(fmt.Sprintf("codec=%s/kept=%s", codec, kept), func(b *testing.B) {
				dst := make([]byte, 2*256*256)
				b.SetBytes(int64(total(shape) * 2))
				for b.Loop() {
					r, err := Open(dir)
					check(b, err)
					if kept == "file" {
						r.cache.limit = 0
					}
					for z := range 64 {
						w := imagefile.Window{Min: [3]int{0, 0, z}, Max: [3]int{256, 256, z + 1}}
						check(b, r.ReadInto(b.Context(), w, dst))
					}
					check(b, r.Close())
				}
			})
		}
	}
}
