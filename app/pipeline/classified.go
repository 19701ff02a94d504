package pipeline

import (
	"context"
	"fmt"
	"image"
	"os"

	"explant/analysis/classify"
	"explant/analysis/result"
	"explant/io/imagefile"
	"explant/io/nrrd"
	"explant/io/ometiff"
	"explant/io/report"
	"explant/volume"
)

// The files of a run with a classifier beside those of every run.
const (
	FieldConfidence  = "confidence.ome.tif"
	VolumeConfidence = "confidence.nrrd"
)

// classified gives every pixel or voxel its class.
func (r *run) classified(ctx context.Context, in imagefile.Reader) (f found, err error) {
	c := r.job.Classifier
	stated, err := parseChannels(r.job.Channels)
	if err != nil {
		return f, err
	}
	px, warnings, err := readPixels(ctx, in, r.info, stated, r.options(), r.progress)
	if err != nil {
		return f, err
	}
	r.info.Warnings = append(r.info.Warnings, warnings...)
	if err := px.arrange(c.Input); err != nil {
		return f, err
	}
	if err := c.Input.Fit(px.Found); err != nil {
		return f, err
	}
	if c.Input.Volumetric() {
		return f, r.classifiedVolume(ctx, &px, &f)
	}
	return f, r.classifiedField(ctx, in, &px, &f)
}

// classifiedField writes the classes and the confidence band by band.
func (r *run) classifiedField(ctx context.Context, in imagefile.Reader, px *pixels, f *found) error {
	view := newOverview(px.Grid)
	classes := classify.ResultClasses(r.job.Classifier.Classes)
	err := r.stage.write(SlideLabels, func(labelFile *os.File) error {
		labels, err := ometiff.Create(labelFile, px.Grid, classes)
		if err != nil {
			return err
		}
		return r.stage.write(FieldConfidence, func(sureFile *os.File) error {
			sure, err := ometiff.Create(sureFile, px.Grid, percentClasses())
			if err != nil {
				return err
			}
			count, err := r.job.Classifier.Apply(ctx, px.source, r.options(), r.progress, func(lo, hi [3]int, l, p []uint8) error {
				band := image.Rect(lo[0], lo[1], hi[0], hi[1])
				view.addLabels(band, l)
				if err := writeBand(labels, band, l); err != nil {
					return err
				}
				return writeBand(sure, band, p)
			})
			if err != nil {
				return err
			}
			f.Findings = r.job.Classifier.Findings(count, px.Grid)
			if err := sure.Close(); err != nil {
				return err
			}
			return labels.Close()
		})
	})
	if err != nil {
		return err
	}
	if err := r.writeRegions(ctx, view, f.Classes); err != nil {
		return err
	}
	if px.Kind == classify.Colour {
		f.pictures, err = r.fieldPictures(ctx, in, view, f.Classes)
		return err
	}
	view.addLight(px.field)
	f.pictures, err = report.FieldPictures(ctx, view.rgb, view.labels, f.Classes, report.PictureOptions{Reduced: view.step, Workers: r.limits.Workers, Progress: r.progress})
	return err
}

// writeBand cuts a band of rows into the tiles of a label image.
func writeBand(w *ometiff.Writer, band image.Rectangle, labels []uint8) error {
	for x := 0; x < band.Dx(); x += labelTile {
		t := image.Rect(x, band.Min.Y, min(x+labelTile, band.Dx()), band.Max.Y)
		tile := make([]uint8, 0, t.Dx()*t.Dy())
		for y := range t.Dy() {
			tile = append(tile, labels[y*band.Dx()+x:][:t.Dx()]...)
		}
		if err := w.WriteTile(t, tile); err != nil {
			return err
		}
	}
	return nil
}

// percentClasses colour a confidence map: from dark violet through orange to pale yellow.
func percentClasses() []result.Class {
	all := make([]result.Class, 101)
	for p := range all {
		t := float64(p) / 100
		red, green, blue := min(0.1+1.2*t, 1), max(1.3*t-0.3, 0), 0.35*(1-t)+max(3*t-2.4, 0)
		all[p] = result.Class{Value: uint8(p), Name: fmt.Sprintf("%d %%", p), Color: fmt.Sprintf("#%02x%02x%02x", uint8(255*red), uint8(255*green), uint8(255*blue))}
	}
	return all
}

// classifiedVolume keeps classes and confidence in memory and writes them.
func (r *run) classifiedVolume(ctx context.Context, px *pixels, f *found) error {
	labels, sure := volume.New[uint8](px.Grid), volume.New[uint8](px.Grid)
	count, err := r.job.Classifier.Apply(ctx, px.source, r.options(), r.progress, func(lo, hi [3]int, l, p []uint8) error {
		at := px.Grid.Offset(lo[0], lo[1], lo[2])
		copy(labels.Data[at:], l)
		copy(sure.Data[at:], p)
		return nil
	})
	if err != nil {
		return err
	}
	f.Findings = r.job.Classifier.Findings(count, px.Grid)
	err = r.stage.writeAll([]staged{
		{VolumeLabels, func(file *os.File) error { return nrrd.Write(ctx, file, labels, f.Classes) }},
		{VolumeConfidence, func(file *os.File) error { return nrrd.Write(ctx, file, sure, nil) }},
	})
	if err != nil {
		return err
	}
	o := report.PictureOptions{Views: r.job.Views, Workers: r.limits.Workers, Progress: r.progress}
	switch v := px.volume.(type) {
	case *volume.Volume[uint8]:
		f.pictures, err = report.VolumePictures(ctx, v, labels, f.Classes, o)
	case *volume.Volume[uint16]:
		f.pictures, err = report.VolumePictures(ctx, v, labels, f.Classes, o)
	case *volume.Volume[int16]:
		f.pictures, err = report.VolumePictures(ctx, v, labels, f.Classes, o)
	case *volume.Volume[float32]:
		f.pictures, err = report.VolumePictures(ctx, v, labels, f.Classes, o)
	}
	return err
}
