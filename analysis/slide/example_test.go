package slide_test

import (
	"context"
	"fmt"
	"image"

	"explant/analysis/slide"
	"explant/volume"
	"explant/volume/parallel"
)

// halves is a slide of 60 x 60 pixels: glass on the left, brown on the right.
type halves struct{}

func (halves) Size() (w, h int) { return 60, 60 }

func (halves) ReadRGB(_ context.Context, r image.Rectangle, dst []uint8) error {
	for i := range r.Dx() * r.Dy() {
		color := [3]uint8{240, 240, 240}
		if r.Min.X+i%r.Dx() >= 30 {
			color = [3]uint8{150, 100, 60}
		}
		copy(dst[3*i:], color[:])
	}
	return nil
}

func ExampleAnalyze() {
	grid := volume.Grid{N: [3]int{60, 60, 1}}
	brown := 0
	f, err := slide.Analyze(context.Background(), halves{}, slide.DAB(), grid, parallel.Options{}, nil,
		func(_ image.Rectangle, labels []uint8) error {
			for _, l := range labels {
				if f := slide.DAB().Classes()[l]; f.Name == "marker:dab" {
					brown++
				}
			}
			return nil
		})
	if err != nil {
		fmt.Println(err)
		return
	}
	m := f.Measurements[1]
	fmt.Printf("%s of %s: %.0f %s of the %s, %d px\n", m.Metric, m.Part, m.Value, m.Unit, m.DenominatorName, brown)
	// Output: h.area.c of marker:dab: 50 % of the region (px), 1800 px
}
