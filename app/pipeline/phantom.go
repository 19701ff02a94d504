package pipeline

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"explant/analysis/phantom"
	"explant/analysis/segment"
	"explant/io/nrrd"
	"explant/io/raster"
	"explant/volume/parallel"
)

// PhantomKinds are the phantoms that MakePhantom knows.
var PhantomKinds = []string{"oxygenator", "msb", "dab", "psr"}

// PhantomOptions says how large a phantom is and from which seed; 0 means the default size.
type PhantomOptions struct {
	Size      int // voxels or pixels along each side
	Seed      uint64
	Imperfect bool // oxygenator: oval, wavy, crushed, filled and missing fibres
}

// MadePhantom is a phantom on disk.
type MadePhantom struct {
	Image string // path of the image, for Analyze
	Truth string // what its truth says of the primary value, in words
}

// MakePhantom writes an image with known truth into the folder out: the image (volume.nrrd or
// slide.png), its true labels and truth.json.
func MakePhantom(ctx context.Context, kind, out string, o PhantomOptions, l Limits, p parallel.Progress) (made MadePhantom, err error) {
	s, err := newStage(out)
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if kind == "oxygenator" {
		made, err = oxygenatorPhantom(ctx, s, o, l, p)
	} else {
		made, err = slidePhantom(ctx, s, kind, o, l, p)
	}
	if err != nil {
		return made, fmt.Errorf("%s phantom: %w", kind, err)
	}
	if err := s.commit("truth.json"); err != nil {
		return made, err
	}
	made.Image = filepath.Join(out, made.Image)
	return made, nil
}

func oxygenatorPhantom(ctx context.Context, s *stage, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error) {
	if o.Size == 0 {
		o.Size = 256
	}
	scene := phantom.DefaultOxygenator(o.Size, o.Seed)
	if o.Imperfect {
		scene = scene.Imperfect()
	}
	grey, labels, truth, err := scene.Make(ctx, parallel.Options{Workers: l.Workers}, p)
	if err != nil {
		return MadePhantom{}, err
	}
	err = s.writeAll([]staged{
		{"volume.nrrd", func(f *os.File) error { return nrrd.Write(ctx, f, grey, nil) }},
		{"truth.nrrd", func(f *os.File) error { return nrrd.Write(ctx, f, labels, segment.Classes()) }},
		{"truth.json", func(f *os.File) error { return writeJSON(f, truth) }},
	})
	return MadePhantom{Image: "volume.nrrd", Truth: fmt.Sprintf("burden %.4g %% of the blood-side space, %.4g mm³ of deposit", truth.BurdenPct, truth.VolumeMM3.Deposit)}, err
}

func slidePhantom(ctx context.Context, s *stage, kind string, o PhantomOptions, l Limits, p parallel.Progress) (MadePhantom, error) {
	if o.Size == 0 {
		o.Size = 2048
	}
	scene := phantom.DefaultSlide(kind, o.Size, o.Size, o.Seed)
	img, labels, truth, err := scene.Make(ctx, parallel.Options{Workers: l.Workers}, p)
	if err != nil {
		return MadePhantom{}, err
	}
	palette := &image.Gray{Pix: labels, Stride: o.Size, Rect: img.Bounds()}
	err = s.writeAll([]staged{
		{"slide.png", func(f *os.File) error { return raster.WritePNG(f, img, scene.PixelSizeUM/1000) }},
		{"truth.png", func(f *os.File) error { return raster.WritePNG(f, palette, scene.PixelSizeUM/1000) }},
		{"truth.json", func(f *os.File) error { return writeJSON(f, truth) }},
	})
	return MadePhantom{Image: "slide.png", Truth: truth.String()}, err
}
