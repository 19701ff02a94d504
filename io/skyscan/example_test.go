package skyscan_test

import (
	"fmt"

	"explant/io/skyscan"
)

func ExampleLog_Statement() {
	l := skyscan.Log{Path: "scan/tooth_rec.log", PixelSize: 8.5, Step: 1}
	s := l.Statement()
	fmt.Println(s.Field, s.Size, s.Unit)
	// Output: SkyScan log tooth_rec.log: Pixel Size (um) [8.5 8.5 8.5] µm
}
