package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"testing"

	"explant/volume/render"
)

// flatPicture is one of eight opacities in blots.
func flatPicture(w, h int) *image.Paletted {
	share := image.NewGray(image.Rect(0, 0, w, h))
	for i := range share.Pix {
		if x, y := i%w, i/w; (x/40+y/30)%5 == 0 {
			share.Pix[i] = uint8(255 - min(x%40*y%30, 2)*80)
		}
	}
	return render.Layer(share, color.NRGBA{200, 30, 10, 230})
}

func TestFlatIsReadAsItWas(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {7, 3}, {200, 101}} {
		img := flatPicture(size.X, size.Y)
		f, err := encodeFlat(img)
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(bytes.NewReader(f.Data))
		if err != nil {
			t.Fatal(err)
		}
		for i := range img.Pix {
			x, y := i%size.X, i/size.X
			if a, b := color.NRGBAModel.Convert(got.At(x, y)), color.NRGBAModel.Convert(img.At(x, y)); a != b {
				t.Fatalf("%v at %d, %d: %v, want %v", size, x, y, a, b)
			}
		}
	}
	if _, err := encodeFlat(image.NewPaletted(image.Rect(0, 0, 1, 1), make(color.Palette, 17))); err == nil {
		t.Error("17 colours: no error")
	}
}

func BenchmarkEncodeFlat(b *testing.B) {
	const n = 1800
	img := flatPicture(n, n)
	b.Run(fmt.Sprintf("n=%dx%d", n, n), func(b *testing.B) {
		b.SetBytes(int64(len(img.Pix)))
		for b.Loop() {
			if _, err := encodeFlat(img); err != nil {
				b.Fatal(err)
			}
		}
	})
}
