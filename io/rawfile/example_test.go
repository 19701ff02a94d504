package rawfile_test

import (
	"fmt"
	"os"
	"path/filepath"

	"explant/io/rawfile"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "scan.raw")
	for name, text := range map[string]string{path: "01234567", path + ".yaml": "size: [2, 2, 2]\ntype: uint8\nspacing: 20um\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			panic(err)
		}
	}
	r, err := rawfile.Open(path)
	if err != nil {
		panic(err)
	}
	defer r.Close()
	g := r.Info().Grid
	fmt.Println(g.N, g.Spacing, g.Calibration.Source, g.Calibration.Field)
	// Output: [2 2 2] [0.02 0.02 0.02] typed scan.raw.yaml spacing
}
