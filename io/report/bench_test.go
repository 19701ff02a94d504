package report

import (
	"fmt"
	"io"
	"testing"
)

func BenchmarkVolumePictures(b *testing.B) {
	const n = 96
	grey, labels := demoVolume(n, 0.06)
	b.Run(fmt.Sprintf("views=18/n=%d", n), func(b *testing.B) {
		b.SetBytes(int64(3 * len(grey.Data)))
		for b.Loop() {
			if _, err := VolumePictures(b.Context(), grey, labels, volumeClasses, PictureOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkWriteHTML(b *testing.B) {
	r, pics := demoVolumeResult(0.06), demoPictures()["volume"]
	for b.Loop() {
		if err := WriteHTML(io.Discard, r, pics); err != nil {
			b.Fatal(err)
		}
	}
}
