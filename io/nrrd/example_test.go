package nrrd_test

import (
	"bytes"
	"context"
	"fmt"

	"explant/analysis/result"
	"explant/io/nrrd"
	"explant/volume"
)

func ExampleWrite() {
	labels := volume.New[uint8](volume.Grid{N: [3]int{2, 2, 2}, Spacing: [3]float64{0.02, 0.02, 0.04}})
	var b bytes.Buffer
	if err := nrrd.Write(context.Background(), &b, labels, []result.Class{{Value: 1, Name: "deposit", Color: "#cc3311"}}); err != nil {
		panic(err)
	}
	header, _, _ := bytes.Cut(b.Bytes(), []byte("\n\n"))
	fmt.Println(string(header))
	// Output:
	// NRRD0005
	// # http://teem.sourceforge.net/nrrd/format.html
	// type: uint8
	// dimension: 3
	// space: left-posterior-superior
	// sizes: 2 2 2
	// space directions: (0.02,0,0) (0,0.02,0) (0,0,0.04)
	// kinds: domain domain domain
	// endian: little
	// encoding: gzip
	// space units: "mm" "mm" "mm"
	// space origin: (0,0,0)
	// Segment0_ID:=deposit
	// Segment0_Name:=deposit
	// Segment0_LabelValue:=1
	// Segment0_Layer:=0
	// Segment0_Color:=0.8000 0.2000 0.0667
}
