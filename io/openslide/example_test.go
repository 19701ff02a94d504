package openslide_test

import (
	"fmt"

	"explant/io/openslide"
)

func ExampleIs() {
	jpeg := []byte("\xff\xd8\xff\xe0")
	fmt.Println(openslide.Is(jpeg, "section.mrxs"), openslide.Is(jpeg, "section.jpg"))
	// Output: true false
}
