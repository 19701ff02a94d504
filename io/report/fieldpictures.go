package report

import (
	"context"
	"fmt"
	"image"

	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/render"
)

// fieldSide is the longest side of the picture of a slide in pixels.
const fieldSide = 1800

// remainder are the classes of a slide that nobody looks for: off at the start.
var remainder = map[string]bool{"other": true, "unclassified": true}

// FieldPictures makes the picture of a slide or field with every class as a layer. Labels has one
// slice of the size of the picture; its spacing gives the scale bar.
func FieldPictures(ctx context.Context, field image.Image, labels *volume.Labels, classes []result.Class, o PictureOptions) (Pictures, error) {
	b := field.Bounds()
	if labels.N != [3]int{b.Dx(), b.Dy(), 1} {
		return Pictures{}, fmt.Errorf("pictures: a field of %d x %d pixels and labels of %v", b.Dx(), b.Dy(), labels.N)
	}
	if err := labels.Check(); err != nil {
		return Pictures{}, fmt.Errorf("pictures: %w", err)
	}
	o = o.filled()
	for side := fieldSide; ; side = side * 4 / 5 {
		out, err := fieldPictures(ctx, field, labels, drawn(classes), side, o)
		if err != nil {
			return Pictures{}, fmt.Errorf("pictures: %w", err)
		}
		if size := out.Bytes(); size <= o.MaxBytes {
			return out, nil
		} else if side*4/5 < leastSide {
			return Pictures{}, fmt.Errorf("pictures: %d bytes do not fit into %d", size, o.MaxBytes)
		}
	}
}

func fieldPictures(ctx context.Context, field image.Image, labels *volume.Labels, classes []result.Class, side int, o PictureOptions) (Pictures, error) {
	width, height, reduced := labels.N[0], labels.N[1], max(o.Reduced, 1)
	w, h := render.Fit(width, height, side)
	base, err := encodeJPEG(render.ShrinkColor(field, w, h))
	if err != nil {
		return Pictures{}, err
	}
	p := &Picture{Label: "Field", Alt: "The measured field", Base: base, Width: float64(width), Height: float64(height), Calibrated: labels.Calibrated()}
	if p.Calibrated {
		p.Width *= labels.Spacing[0]
		p.Height *= labels.Spacing[1]
	}
	out := Pictures{Field: p}
	p.Layers = make([]File, len(classes))
	shares := render.Shares(labels.Data, width, height, w, h)
	err = parallel.Each(ctx, len(classes), parallel.Options{Workers: o.Workers}, parallel.Discard{}, func(_ context.Context, i int) (err error) {
		ink, _ := parseColor(colorOf(classes[i]))
		p.Layers[i], err = encodeLayer(shares[classes[i].Value], ink)
		return err
	})
	if err != nil {
		return Pictures{}, err
	}
	for _, c := range classes {
		out.Layers = append(out.Layers, Layer{Name: c.Name, Color: colorOf(c), Shown: !remainder[c.Name]})
	}
	if w < width*reduced {
		out.Notes = append(out.Notes, fmt.Sprintf("The field is shown at %d of its %d pixels across; it was measured in full.", w, width*reduced))
	}
	return out, nil
}
