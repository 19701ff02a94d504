package zarr

import (
	"fmt"
	"os"
	"path/filepath"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		panic(err)
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			panic(err)
		}
	}()
	for name, text := range map[string]string{
		".zarray": `{"zarr_format": 2, "shape": [2, 3], "chunks": [2, 3], "dtype": "|u1", "order": "C", "fill_value": 0, "compressor": null, "filters": null}`,
		"0.0":     "abcdef",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			panic(err)
		}
	}
	r, err := Open(dir)
	if err != nil {
		panic(err)
	}
	defer r.Close()
	i := r.Info()
	fmt.Println(i.Format, i.Grid.N, i.Type, i.Grid.Calibration.Withheld)
	// Output: Zarr 2 array [3 2 1] uint8 a Zarr array states no voxel size
}
