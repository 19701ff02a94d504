package open_test

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"

	"explant/io/calibration"
	"explant/io/open"
	"explant/volume"
	"explant/volume/parallel"
)

// A folder of slices becomes a volume; what the files do not say about its size a person states.
func ExampleVolume() {
	dir, err := os.MkdirTemp("", "slices")
	if err != nil {
		panic(err)
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			panic(err)
		}
	}()
	for z := range 3 {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("slice%d.png", z)))
		if err != nil {
			panic(err)
		}
		m := image.NewGray(image.Rect(0, 0, 4, 2))
		m.SetGray(3, 1, color.Gray{Y: uint8(10 * z)})
		if err := png.Encode(f, m); err != nil {
			panic(err)
		}
		f.Close()
	}
	ctx := context.Background()
	r, err := open.Path(ctx, dir, open.Options{})
	if err != nil {
		panic(err)
	}
	defer r.Close()
	v, _, err := open.Volume(ctx, r, open.Load{}, parallel.Discard{})
	if err != nil {
		panic(err)
	}
	u := v.(*volume.Volume[uint8])
	fmt.Println(u.N, u.At(3, 1, 2), u.Calibration.Withheld)
	spacing, err := calibration.ParseSpacing("20um,20um,40um")
	if err != nil {
		panic(err)
	}
	calibration.Override(&u.Grid, spacing, "--spacing")
	fmt.Println(u.Spacing, u.Calibration.Source)
	// Output:
	// [4 2 3] 20 the file states no voxel size
	// [0.02 0.02 0.04] typed
}
