package pipeline

import (
	"context"
	"fmt"
	"image"
	"os"

	"explant/analysis/sem"
	"explant/io/imagefile"
	"explant/io/ometiff"
	"explant/io/open"
	"explant/io/report"
)

// micrograph measures a field of the electron microscope.
func (r *run) micrograph(ctx context.Context, in imagefile.Reader) (f found, err error) {
	field, err := greyField(ctx, in, r.info)
	if err != nil {
		return f, err
	}
	var labels []uint8
	if f.Findings, labels, err = sem.Analyze(ctx, field, *r.job.Protocol.SEM, r.options(), r.progress); err != nil {
		return f, err
	}
	f.Flags = append(r.barFlag(), f.Flags...)
	all := image.Rect(0, 0, field.Grid.N[0], field.Grid.N[1])
	view := newOverview(field.Grid)
	view.addLabels(all, labels)
	view.addGrey(field.Grey)
	err = r.stage.write(SlideLabels, func(file *os.File) error {
		w, err := ometiff.Create(file, field.Grid, f.Classes)
		if err != nil {
			return err
		}
		if err := writeTiles(ctx, w, all, labels); err != nil {
			return err
		}
		return w.Close()
	})
	if err != nil {
		return f, err
	}
	f.pictures, err = report.FieldPictures(ctx, view.rgb, view.labels, f.Classes, report.PictureOptions{Reduced: view.step, Workers: r.limits.Workers, Progress: r.progress})
	return f, err
}

// greyField reads a picture as one plane of grey levels: the mean of the colours of a picture that was saved in colours.
func greyField(ctx context.Context, in imagefile.Reader, info imagefile.Info) (sem.Field, error) {
	f := sem.Field{Grid: info.Grid}
	if info.Grid.N[2] > 1 {
		return f, fmt.Errorf("%d planes: a protocol of the electron microscope wants one picture", info.Grid.N[2])
	}
	planes, _, err := open.Planes(ctx, in)
	if err != nil {
		return f, err
	}
	if len(planes) > 3 {
		planes = planes[:3] // the fourth is opacity
	}
	f.Grey = planes[0]
	for i := range f.Grey {
		sum := float32(0)
		for _, p := range planes {
			sum += p[i]
		}
		f.Grey[i] = sum / float32(len(planes))
	}
	return f, nil
}
