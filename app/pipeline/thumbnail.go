package pipeline

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/draw"

	"explant/io/imagefile"
	"explant/io/open"
	"explant/io/raster"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/render"
)

// ThumbnailSide is the longest side of a thumbnail in pixels.
const ThumbnailSide = 512

// thumbnailGap is the space between the slices of a volume in pixels.
const thumbnailGap = 4

// Thumbnail writes a small picture of an image as PNG: a slide reduced; of a volume the slices through
// its middle across z, y and x side by side, z upwards, in the proportions of its voxels. A file that
// exists is not replaced.
func Thumbnail(ctx context.Context, input, output string, l Limits, p parallel.Progress) (err error) {
	if !strings.EqualFold(filepath.Ext(output), ".png") {
		return fmt.Errorf("a thumbnail is a PNG file: name %s .png", output)
	}
	if _, err := os.Lstat(output); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s exists: remove it, or choose another name for the thumbnail", output)
	}
	r, err := open.Path(ctx, input, open.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	img, err := thumbnail(ctx, r, l, p)
	if err != nil {
		return fmt.Errorf("thumbnail of %s: %w", input, err)
	}
	s, err := newStage(filepath.Dir(output))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	name := filepath.Base(output)
	if err := s.write(name, func(f *os.File) error { return raster.WritePNG(f, img, 0) }); err != nil {
		return err
	}
	return errors.Join(s.place(name), syncFolder(s.out))
}

func thumbnail(ctx context.Context, r imagefile.Reader, l Limits, p parallel.Progress) (image.Image, error) {
	level := coarsest(r.Info(), ThumbnailSide)
	if src, err := open.RGBLevel(r, level); err == nil {
		return reduced(ctx, src, r.Info().Levels[level].N, l, p)
	}
	return midSlices(ctx, r, p)
}

// reduced is a slide made small, band by band.
func reduced(ctx context.Context, src *open.Picture, n [3]int, l Limits, p parallel.Progress) (image.Image, error) {
	v := newOverview(volume.Grid{N: n})
	if err := v.addPixels(ctx, src, parallel.Options{Workers: l.Workers}, p); err != nil {
		return nil, err
	}
	w, h := render.Fit(v.rgb.Rect.Dx(), v.rgb.Rect.Dy(), ThumbnailSide)
	return render.ShrinkColor(v.rgb, w, h), nil
}

// panel is one slice: its values row by row, and its size in mm, or in voxels where that is unknown.
type panel struct {
	values     []float64
	n          image.Point
	wide, high float64
}

// midSlices shows the middle of a volume, or the one slice of a picture that has no colours of its own.
func midSlices(ctx context.Context, r imagefile.Reader, p parallel.Progress) (image.Image, error) {
	panels, err := readPanels(ctx, r, p)
	if err != nil {
		return nil, err
	}
	var all []float64
	for _, a := range panels {
		all = append(all, a.values...)
	}
	v, err := volume.From(volume.Grid{N: [3]int{len(all), 1, 1}}, all)
	if err != nil {
		return nil, err
	}
	window, err := render.Percentiles(v, 0.5, 99.5)
	if err != nil {
		return nil, err
	}
	return sideBySide(panels, window), nil
}

// readPanels reads the first channel of the slices through the middle. Of many slices along z at most
// [ThumbnailSide] are read, evenly spread.
func readPanels(ctx context.Context, r imagefile.Reader, p parallel.Progress) ([]panel, error) {
	g := r.Info().Grid
	mm := g.Spacing
	if !g.Calibrated() {
		mm = [3]float64{1, 1, 1}
	}
	wide, deep, high := float64(g.N[0])*mm[0], float64(g.N[1])*mm[1], float64(g.N[2])*mm[2]
	x, y, z := g.N[0]/2, g.N[1]/2, g.N[2]/2
	front, err := readPanel(ctx, r, [3]int{0, 0, z}, [3]int{g.N[0], g.N[1], z + 1})
	if err != nil || g.N[2] == 1 {
		return []panel{{front, image.Pt(g.N[0], g.N[1]), wide, deep}}, err
	}
	rows := min(g.N[2], ThumbnailSide)
	side, end := make([]float64, 0, rows*g.N[0]), make([]float64, 0, rows*g.N[1])
	p.Stage("thumbnail", rows)
	for i := range rows {
		k := g.N[2] - 1 - i*g.N[2]/rows
		row, err := readPanel(ctx, r, [3]int{0, y, k}, [3]int{g.N[0], y + 1, k + 1})
		if err != nil {
			return nil, err
		}
		column, err := readPanel(ctx, r, [3]int{x, 0, k}, [3]int{x + 1, g.N[1], k + 1})
		if err != nil {
			return nil, err
		}
		side, end = append(side, row...), append(end, column...)
		p.Add(1)
	}
	return []panel{
		{front, image.Pt(g.N[0], g.N[1]), wide, deep},
		{side, image.Pt(g.N[0], rows), wide, high},
		{end, image.Pt(g.N[1], rows), deep, high},
	}, nil
}

// readPanel gives the values of the first channel of a box.
func readPanel(ctx context.Context, r imagefile.Reader, from, to [3]int) ([]float64, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b, err := r.Read(ctx, imagefile.Window{Min: from, Max: to})
	if err != nil {
		return nil, err
	}
	all := imagefile.Values(b.Data, b.Type)
	first := all[:0]
	for i := 0; i < len(all); i += b.Channels {
		first = append(first, all[i])
	}
	return first, nil
}

// sideBySide draws panels at one scale, on black, so that they fill the width or the height.
func sideBySide(panels []panel, w render.Window) image.Image {
	wide, high := 0., 0.
	for _, a := range panels {
		wide, high = wide+a.wide, max(high, a.high)
	}
	gaps := thumbnailGap * (len(panels) - 1)
	scale := min(float64(ThumbnailSide-gaps)/wide, ThumbnailSide/high)
	size := func(v float64) int { return max(int(v*scale), 1) }
	width := gaps
	for _, a := range panels {
		width += size(a.wide)
	}
	out := image.NewGray(image.Rect(0, 0, min(width, ThumbnailSide), size(high)))
	x := 0
	for _, a := range panels {
		at := image.Rect(x, 0, x+size(a.wide), size(a.high))
		src := render.Grey(a.values, a.n.X, a.n.Y, w)
		draw.BiLinear.Scale(out, at, src, src.Rect, draw.Src, nil)
		x = at.Max.X + thumbnailGap
	}
	return out
}
