package fluorescence_test

import (
	"testing"

	"explant/analysis/fluorescence"
	"explant/analysis/phantom/micrograph"
	"explant/volume/parallel"
)

// BenchmarkField measures a phantom of five channels with its control.
func BenchmarkField(b *testing.B) {
	spec := micrograph.DefaultIF(1024, 1024, 1)
	img, _, _, err := spec.Make(b.Context(), parallel.Options{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	control, _, _, err := spec.As(micrograph.Secondary).Make(b.Context(), parallel.Options{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	f, c, p := field(img, spec.PixelSizeUM), []fluorescence.Field{field(control, spec.PixelSizeUM)}, rules(b, "if-net")
	b.Run("channels=5/control=1/n=1024x1024", func(b *testing.B) {
		b.SetBytes(2 * 5 * 2 << 20)
		for b.Loop() {
			if _, _, err := fluorescence.Analyze(b.Context(), f, c, p, parallel.Options{Workers: 1}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
