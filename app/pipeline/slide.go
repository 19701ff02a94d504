package pipeline

import (
	"context"
	"fmt"
	"image"
	"os"

	"explant/analysis/result"
	"explant/analysis/slide"
	"explant/io/imagefile"
	"explant/io/ometiff"
	"explant/io/open"
	"explant/io/report"
)

// slide measures a stained slide or field tile by tile.
func (r *run) slide(ctx context.Context, in imagefile.Reader) (f found, err error) {
	pixels, err := open.RGB(in)
	if err != nil {
		return f, fmt.Errorf("protocol %s wants a colour image of one slide or field: %w", r.job.Protocol.Name, err)
	}
	view := newOverview(r.info.Grid)
	params, source := *r.job.Protocol.Slide, slide.Source(pixels)
	level := coarsest(r.info, max(view.labels.N[0], view.labels.N[1]))
	if level == 0 { // there is no smaller copy to draw from
		source = newWatched(pixels, view)
	}
	err = r.stage.write(SlideLabels, func(file *os.File) error {
		w, err := ometiff.Create(file, r.info.Grid, params.Classes())
		if err != nil {
			return err
		}
		f.Findings, err = slide.Analyze(ctx, source, params, r.info.Grid, r.options(), r.progress, func(at image.Rectangle, labels []uint8) error {
			view.addLabels(at, labels)
			return w.WriteTile(at, labels)
		})
		if err != nil {
			return err
		}
		return w.Close()
	})
	if err != nil {
		return f, err
	}
	if err := r.writeRegions(ctx, view, f.Classes); err != nil {
		return f, err
	}
	if level > 0 {
		f.pictures, err = r.fieldPictures(ctx, in, view, f.Classes)
	} else {
		f.pictures, err = r.viewPictures(ctx, view, f.Classes)
	}
	return f, err
}

// fieldPictures shows the slide and its classes, from the smallest level of a pyramid that is fine enough.
func (r *run) fieldPictures(ctx context.Context, in imagefile.Reader, view *overview, classes []result.Class) (report.Pictures, error) {
	pixels, err := open.RGBLevel(in, coarsest(r.info, max(view.labels.N[0], view.labels.N[1])))
	if err != nil {
		return report.Pictures{}, err
	}
	if err := view.addPixels(ctx, pixels, r.options(), r.progress); err != nil {
		return report.Pictures{}, err
	}
	return r.viewPictures(ctx, view, classes)
}

func (r *run) viewPictures(ctx context.Context, view *overview, classes []result.Class) (report.Pictures, error) {
	return report.FieldPictures(ctx, view.rgb, view.labels, classes, report.PictureOptions{Reduced: view.step, Workers: r.limits.Workers, Progress: r.progress})
}
