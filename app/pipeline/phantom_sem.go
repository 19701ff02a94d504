package pipeline

import (
	"context"
	"fmt"
	"image"
	"os"

	"explant/analysis/phantom/micrograph"
	"explant/analysis/result"
	"explant/io/ometiff"
	"explant/io/raster"
	"explant/volume"
	"explant/volume/parallel"
)

const semLong = `A field of a fibre network as a scanning electron microscope shows it, four thirds as wide as high with a data
bar, in 10 nm pixels: layers of fibres over each other with bright edges, branches, charging and shot noise.
With --deposits at 25 nm and with platelets, red cells and sheets of fibrin.
Files: field.ome.tif, the true classes truth.ome.tif, truth.json (diameters by length, orientation, open
area, cover, fibres), preview.png.`

func semPhantom(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error) {
	f := micrograph.DefaultSEM(o.Size, 3*o.Size/4, o.Seed)
	if o.Deposits {
		f = f.WithDeposits()
	}
	if o.DiameterPX > 0 {
		f.DiameterPX = o.DiameterPX
	}
	if o.SpreadPX > 0 {
		f.SpreadPX = o.SpreadPX
	}
	if err := phantomTakes(perSEMPixel*float64(f.W)*float64(f.H), fmt.Sprintf("%d x %d pixels", f.W, f.H), l); err != nil {
		return MadePhantom{}, err
	}
	img, labels, truth, err := f.Make(ctx, parallel.Options{Workers: l.Workers}, p)
	if err != nil {
		return MadePhantom{}, err
	}
	mm := f.PixelSizeNM / 1e6
	grid := volume.Grid{N: [3]int{f.W, f.H, 1}, Spacing: [3]float64{mm, mm, 0}, Calibration: volume.Calibration{Source: volume.Phantom}}
	err = s.writeAll([]staged{
		{"field.ome.tif", func(w *os.File) error {
			_, err := ometiff.WriteImage(ctx, w, newPixelsReader(img.Pix, grid, 1), p)
			return err
		}},
		{"truth.ome.tif", func(w *os.File) error { return writeLabels(w, labels, grid, truth.Classes) }},
		{"preview.png", func(w *os.File) error { return raster.WritePNG(w, img, mm) }},
		{"truth.json", func(w *os.File) error { return writeJSON(w, truth) }},
	})
	return MadePhantom{Image: "field.ome.tif", Truth: truth.String()}, err
}

// labelColors are told apart on a screen, in the order of the classes.
var labelColors = []string{"#000000", "#e69f00", "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f", "#009e73", "#cc79a7"}

// writeLabels writes a label image with the names of its classes.
func writeLabels(w *os.File, labels []uint8, g volume.Grid, names []string) error {
	classes := make([]result.Class, len(names))
	for i, n := range names {
		classes[i] = result.Class{Value: uint8(i), Name: n, Color: labelColors[i%len(labelColors)]}
	}
	o, err := ometiff.Create(w, g, classes)
	if err != nil {
		return err
	}
	for y := 0; y < g.N[1]; y += ometiff.Side {
		for x := 0; x < g.N[0]; x += ometiff.Side {
			r := image.Rect(x, y, min(x+ometiff.Side, g.N[0]), min(y+ometiff.Side, g.N[1]))
			var tile []uint8
			for v := r.Min.Y; v < r.Max.Y; v++ {
				tile = append(tile, labels[v*g.N[0]:][r.Min.X:r.Max.X]...)
			}
			if err := o.WriteTile(r, tile); err != nil {
				return err
			}
		}
	}
	return o.Close()
}
