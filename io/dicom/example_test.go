package dicom_test

import (
	"fmt"

	"explant/io/dicom"
)

func ExampleIs() {
	fmt.Println(dicom.Is(append(make([]byte, 128), "DICM"...)), dicom.Is([]byte("\x08\x00\x05\x00CS\x0a\x00")), dicom.Is([]byte("II*\x00")))
	// Output: true true false
}
