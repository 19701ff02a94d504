package scanco_test

import (
	"fmt"

	"explant/io/scanco"
)

func ExampleIs() {
	fmt.Println(scanco.Is([]byte("CTDATA-HEADER_V1")), scanco.Is([]byte("NRRD0004")))
	// Output: true false
}
