package pipeline

import (
	"context"
	"fmt"
	"os"

	"explant/analysis/phantom/micrograph"
	"explant/io/ometiff"
	"explant/io/raster"
	"explant/volume/parallel"
)

// previewSide is the longest side of a preview in pixels.
const previewSide = 1024

const ifLong = `A field of immunofluorescence of a clot beside a hollow fibre, in 0.325 µm pixels: DNA, H3Cit, MPO, fibrin(ogen)
and CD61 in 16 bits. Intact, touching, overlapping and crushed nuclei, NETs, and what is mistaken for them:
smeared DNA without markers, citrullinated cells, a fibre wall that shines by itself. Optics with point spread,
haze, 3 % bleed-through and one channel shifted by 0.7 pixels; background, noise, a few saturated pixels.
Files: field.ome.tif; control.ome.tif, the secondary-only control of the batch, and blank.ome.tif, the same optics
without stain; truth.ome.tif with a channel for each structure, its objects numbered; truth.json; preview.png.`

func ifPhantom(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error) {
	f := micrograph.DefaultIF(o.Size, o.Size, o.Seed)
	if err := phantomTakes(perIFPixel*float64(f.W)*float64(f.H), fmt.Sprintf("%d x %d pixels", f.W, f.H), l); err != nil {
		return MadePhantom{}, err
	}
	img, labels, truth, err := f.Make(ctx, parallel.Options{Workers: l.Workers}, p)
	if err != nil {
		return MadePhantom{}, err
	}
	mm := f.PixelSizeUM / 1000
	err = s.writeAll([]staged{
		{"field.ome.tif", writePlanes(ctx, img, mm, p)},
		{"truth.ome.tif", writePlanes(ctx, labels, mm, p)},
		{"preview.png", func(w *os.File) error {
			return raster.WritePNG(w, micrograph.Composite(img, micrograph.IFLamps, previewSide), 0)
		}},
		{"truth.json", func(w *os.File) error { return writeJSON(w, truth) }},
	})
	if err != nil {
		return MadePhantom{}, err
	}
	for name, control := range map[string]string{"control.ome.tif": micrograph.Secondary, "blank.ome.tif": micrograph.Blank} {
		img, _, _, err := f.As(control).Make(ctx, parallel.Options{Workers: l.Workers}, p)
		if err != nil {
			return MadePhantom{}, err
		}
		if err := s.write(name, writePlanes(ctx, img, mm, p)); err != nil {
			return MadePhantom{}, err
		}
	}
	return MadePhantom{Image: "field.ome.tif", Truth: truth.String()}, nil
}

// writePlanes writes planes as a multi-channel OME-TIFF with pixels of mm.
func writePlanes(ctx context.Context, planes *micrograph.Planes, mm float64, p parallel.Progress) func(*os.File) error {
	return func(w *os.File) error {
		_, err := ometiff.WriteImage(ctx, w, newPlanesReader(planes, mm), p)
		return err
	}
}
