package vtk_test

import (
	"fmt"
	"os"
	"path/filepath"

	"explant/io/vtk"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "scan.vtk")
	text := "# vtk DataFile Version 3.0\nscan\nASCII\nDATASET STRUCTURED_POINTS\nDIMENSIONS 2 2 1\nSPACING 1 1 1\n" +
		"POINT_DATA 4\nSCALARS grey unsigned_char\nLOOKUP_TABLE default\n0 10 20 255\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		panic(err)
	}
	r, err := vtk.Open(path)
	if err != nil {
		panic(err)
	}
	defer r.Close()
	fmt.Println(r.Info().Grid.N, r.Info().Grid.Calibration.Withheld)
	// Output: [2 2 1] size 1 has no unit
}
