package gdcm_test

import (
	"fmt"
	"os"

	"explant/io/gdcm"
)

func ExampleDecode() {
	codestream, err := os.ReadFile("testdata/ls8rgb_line.jls")
	if err != nil {
		fmt.Println(err)
		return
	}
	frame, err := gdcm.Parse(codestream)
	if err != nil {
		fmt.Println(err)
		return
	}
	samples, err := gdcm.Decode(frame, codestream)
	fmt.Println(frame.Columns, frame.Rows, frame.Samples, frame.Bits, samples[:3], err)
	// Output: 20 12 3 8 [0 71 142] <nil>
}
