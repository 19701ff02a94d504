package connector

import (
	"fmt"
	"testing"

	"explant/analysis/phantom"
	"explant/volume/parallel"
)

func BenchmarkSegment(b *testing.B) {
	for _, n := range []int{128, 256} {
		grey, _, _, err := phantom.DefaultConnector(n, 1).Make(b.Context(), parallel.Options{}, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.SetBytes(int64(2 * grey.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Segment(b.Context(), grey, Params{}, "z", parallel.Options{}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
