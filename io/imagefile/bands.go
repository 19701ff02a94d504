package imagefile

import (
	"context"

	"explant/volume/parallel"
)

// bandRows is the height of a band of a slice that is too large to be read at once. Tiles of images
// have a height that divides it.
const bandRows = 512

// bandBytes is the largest slice that is read at once.
const bandBytes = 64 << 20

// Bands reads level 0 from its first row to its last, slice by slice: whole slices, or bands of 512 rows
// where a slice is larger than 64 MiB, so that the memory does not grow with the image. fn gets each band
// with its samples, which are valid until it returns. The first error ends the reading; each band is one
// step of p, in the stage "convert".
func Bands(ctx context.Context, r Reader, p parallel.Progress, fn func(w Window, samples []byte) error) error {
	i := r.Info()
	n, rows := i.Grid.N, i.Grid.N[1]
	if i.Bytes()/int64(n[2]) > bandBytes {
		rows = min(rows, bandRows)
	}
	p.Stage("convert", n[2]*((n[1]+rows-1)/rows))
	var buf []byte
	for z := range n[2] {
		for y := 0; y < n[1]; y += rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			w := Window{Min: [3]int{0, y, z}, Max: [3]int{n[0], min(y+rows, n[1]), z + 1}}
			need := Bytes(i, w)
			if len(buf) < need {
				buf = make([]byte, need)
			}
			if err := ReadInto(ctx, r, w, buf[:need]); err != nil {
				return err
			}
			if err := fn(w, buf[:need]); err != nil {
				return err
			}
			p.Add(1)
		}
	}
	return nil
}
