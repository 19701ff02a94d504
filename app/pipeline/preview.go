package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/io/imagefile"
	"explant/io/open"
	"explant/volume"
	"explant/volume/parallel"
)

// Preview is what a part of an image looks like by the rules of a job. It holds no measurement: a part has
// its own grey levels, its own clear glass and its own fibres, so that the whole image may be labelled a
// little otherwise.
type Preview struct {
	Window  imagefile.Window // of the image, at one of its levels
	N       [3]int           // of the labels: that of the window, or one slice where planes were projected
	Labels  []uint8          // x fastest
	Classes []result.Class
	Flags   []result.Flag
}

// PreviewPart labels a window of an open image by the engine that measures the whole one. Nothing is
// written but to a folder for temporary files. Zones, the unused device and the device's fields are left
// out: they change no label.
func PreviewPart(ctx context.Context, job Job, in imagefile.Reader, w imagefile.Window, l Limits, prog parallel.Progress) (p Preview, err error) {
	if err := imagefile.CheckWindow(in.Info(), w); err != nil {
		return p, err
	}
	job.Zones, job.Reference, job.Device, job.Views = "", "", nil, -1
	if err := job.Check(); err != nil {
		return p, err
	}
	info := in.Info()
	job.calibrate(&info.Grid)
	if err := job.measureBar(ctx, in, &info); err != nil {
		return p, err
	}
	if err := job.locate(ctx, info.Grid, l, prog); err != nil {
		return p, err
	}
	cut := newCutout(in, info, w)
	r := &run{job: job, info: cut.info, limits: l, progress: prog, image: cut}
	p.Window = w
	switch e := job.Protocol.Engine; {
	case e.Planar():
		return p, r.previewFile(ctx, SlideLabels, &p)
	case e == protocol.Voxels:
		return p, r.previewFile(ctx, VolumeLabels, &p)
	}
	return p, r.previewVolume(ctx, &p)
}

// cutout is a window of an image as an image of its own.
type cutout struct {
	whole  imagefile.Reader
	info   imagefile.Info
	window imagefile.Window
}

// newCutout cuts a window out; info is that of the image with the calibration of the job.
func newCutout(in imagefile.Reader, info imagefile.Info, w imagefile.Window) *cutout {
	g := info.Grid
	g.N = w.N()
	full, level := info.Levels[0].N, info.Levels[w.Level].N
	for a := range 3 {
		g.Spacing[a] *= float64(full[a]) / float64(level[a])
	}
	info.Grid, info.Beside = g, nil
	info.Levels = []imagefile.Level{{N: g.N, Downsample: 1, Tile: info.Levels[w.Level].Tile}}
	return &cutout{whole: in, info: info, window: w}
}

// Info is part of imagefile.Reader.
func (p *cutout) Info() imagefile.Info { return p.info }

// Read is part of imagefile.Reader.
func (p *cutout) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	if err := imagefile.CheckWindow(p.info, w); err != nil {
		return imagefile.Block{}, err
	}
	w.Level = p.window.Level
	for a := range 3 {
		w.Min[a] += p.window.Min[a]
		w.Max[a] += p.window.Min[a]
	}
	return p.whole.Read(ctx, w)
}

// Close is part of imagefile.Reader; the image stays open.
func (p *cutout) Close() error { return nil }

// previewFile lets the engine write its labels into a temporary folder, and reads them back.
func (r *run) previewFile(ctx context.Context, name string, p *Preview) (err error) {
	dir, err := os.MkdirTemp("", "explant-preview-")
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if s := r.job.Protocol.Slide; s != nil {
		rules := *s
		rules.NeedGlass, rules.CheckStain = false, false // a part need not show glass and every stain
		r.job.Protocol.Slide = &rules
	}
	r.stage = &stage{out: dir, dir: dir}
	f, err := r.engine(ctx, r.image)
	if err != nil {
		return err
	}
	p.Classes, p.Flags = f.Classes, f.Flags
	labels, err := open.Path(ctx, filepath.Join(dir, name), open.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, labels.Close()) }()
	b, err := labels.Read(ctx, imagefile.Whole(labels.Info(), 0))
	p.N, p.Labels = b.N, b.Data
	return err
}

// previewVolume prepares and segments a box; it measures nothing.
func (r *run) previewVolume(ctx context.Context, p *Preview) error {
	v, err := r.load(ctx, r.image)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case *volume.Volume[uint8]:
		return previewed(ctx, r, v, p)
	case *volume.Volume[uint16]:
		return previewed(ctx, r, v, p)
	case *volume.Volume[int16]:
		return previewed(ctx, r, v, p)
	case *volume.Volume[float32]:
		return previewed(ctx, r, v, p)
	}
	return fmt.Errorf("volumes of %T are not measured", v)
}

func previewed[T volume.Voxel](ctx context.Context, r *run, v *volume.Volume[T], p *Preview) error {
	v.Grid = r.info.Grid
	if r.job.Protocol.Prepare != nil && r.job.Protocol.Prepare.Isotropic != nil {
		return errors.New("a protocol that resamples to cubes has no preview: the labels would lie on another grid")
	}
	v, done, err := prepared(ctx, r, v)
	if err != nil {
		return err
	}
	s, _, err := segmented(ctx, r, v)
	if err != nil {
		return err
	}
	tell(s, done)
	p.N, p.Labels, p.Classes, p.Flags = s.Labels.N, s.Labels.Data, segment.Classes(), s.Flags
	return nil
}
