package pipeline

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"explant/analysis/phantom/serial"
	"explant/analysis/result"
	"explant/io/nrrd"
	"explant/io/ometiff"
	"explant/io/raster"
	"explant/volume"
	"explant/volume/parallel"
)

const serialLong = `A block of clot (fibrin, red cells, platelets) cut into sections of 5 µm, stained with Martius, scarlet and
blue, in 0.8 µm pixels. Each section is turned by up to 9 degrees, shifted, stretched, bent and stained on its own;
one in the middle is lost.
Files: sections/section_001.ome.tif and so on; the components of the uncut block truth.nrrd; truth.json
(component volumes, the 4x4 affine matrix and the displacement of each section, its stain, whether it is
lost); preview.png.`

func serialPhantom(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error) {
	b := serial.Default(o.Size, o.Size, o.Seed)
	if o.Sections > 0 {
		b.Sections = o.Sections
	}
	if o.Lost != nil {
		b.Lost = *o.Lost
	}
	if o.ThicknessUM > 0 {
		b.ThicknessUM = o.ThicknessUM
	}
	voxels := float64(b.W) * float64(b.H) * float64(b.Sections)
	if err := phantomTakes(perSerialVoxel*voxels, fmt.Sprintf("%d sections of %d x %d pixels", b.Sections, b.W, b.H), l); err != nil {
		return MadePhantom{}, err
	}
	sections, labels, truth, err := b.Make(ctx, parallel.Options{Workers: l.Workers}, p)
	if err != nil {
		return MadePhantom{}, err
	}
	if err := noOtherSections(s.out, sections); err != nil {
		return MadePhantom{}, err
	}
	for k, img := range sections {
		if img == nil {
			continue
		}
		if err := s.write(sectionFile(k), writeSection(ctx, img, b.Grid(), p)); err != nil {
			return MadePhantom{}, err
		}
	}
	classes := make([]result.Class, len(truth.Classes))
	for i, name := range truth.Classes {
		classes[i] = result.Class{Value: uint8(i), Name: name, Color: labelColors[i]}
	}
	err = s.writeAll([]staged{
		{"truth.nrrd", func(w *os.File) error { return nrrd.Write(ctx, w, labels, classes) }},
		{"preview.png", func(w *os.File) error {
			return raster.WritePNG(w, serial.Montage(sections, b.W, b.H, previewSide/4), 0)
		}},
		{"truth.json", func(w *os.File) error { return writeJSON(w, truth) }},
	})
	return MadePhantom{Image: "sections", Truth: truth.String()}, err
}

func sectionFile(k int) string { return fmt.Sprintf("sections/section_%03d.ome.tif", k+1) }

// noOtherSections reports files in the folder of sections that this run would not replace: they would be
// taken for sections of this block.
func noOtherSections(out string, sections []*image.RGBA) error {
	mine := map[string]bool{}
	for k, img := range sections {
		mine[filepath.Base(sectionFile(k))] = img != nil
	}
	entries, err := os.ReadDir(filepath.Join(out, "sections"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("folder of the sections: %w", err)
	}
	for _, e := range entries {
		if !mine[e.Name()] {
			return fmt.Errorf("%s holds %s, which is no section of this block: write it elsewhere", filepath.Join(out, "sections"), e.Name())
		}
	}
	return nil
}

// writeSection writes a section as OME-TIFF with the size of a pixel and the thickness.
func writeSection(ctx context.Context, img *image.RGBA, g volume.Grid, p parallel.Progress) func(*os.File) error {
	g.N[2] = 1
	rgb := make([]uint8, 0, 3*g.Len())
	for at := 0; at < len(img.Pix); at += 4 {
		rgb = append(rgb, img.Pix[at:at+3]...)
	}
	return func(w *os.File) error {
		_, err := ometiff.WriteImage(ctx, w, newPixelsReader(rgb, g, 3), p)
		return err
	}
}
