package metaimage_test

import (
	"fmt"
	"os"
	"path/filepath"

	"explant/io/metaimage"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "scan.mha")
	header := "ObjectType = Image\nNDims = 3\nDimSize = 2 2 2\nElementSpacing = 0.02 0.02 0.04\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n"
	if err := os.WriteFile(path, []byte(header+"\x00\x01\x02\x03\x04\x05\x06\x07"), 0o600); err != nil {
		panic(err)
	}
	r, err := metaimage.Open(path)
	if err != nil {
		panic(err)
	}
	defer r.Close()
	g := r.Info().Grid
	fmt.Println(g.N, g.Spacing, g.Calibration.Warnings)
	// Output: [2 2 2] [0.02 0.02 0.04] [no unit is stated; MetaImage means mm by convention]
}
