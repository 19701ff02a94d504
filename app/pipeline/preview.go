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
	"explant/volume/resample"
)

// Preview is what a part of an image looks like by the rules of a job. It holds no measurement: a part has
// its own grey levels, its own clear glass and its own fibres, so that the whole image may be labelled a
// little otherwise.
type Preview struct {
	Window  imagefile.Window // of the image, at one of its levels
	Step    int              // pixels of that level along x and y that a label stands for
	N       [3]int           // of the labels: that of the window over Step, or one slice where planes were projected
	Labels  []uint8          // x fastest
	Classes []result.Class
	Flags   []result.Flag
}

// PreviewPart labels a window of an open image by the engine that measures the whole one. Of a picture of 8 or
// 16 bits the mean of each block of step x step pixels is taken for one, where step is more than 1. Nothing is
// written but to a folder for temporary files. Zones, the unused device and the device's fields are left
// out: they change no label.
func PreviewPart(ctx context.Context, job Job, in imagefile.Reader, w imagefile.Window, step int, l Limits, prog parallel.Progress) (p Preview, err error) {
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
	if t := info.Type; !job.Protocol.Engine.Planar() || t != imagefile.Uint8 && t != imagefile.Uint16 {
		step = 1
	}
	step = max(min(step, w.N()[0], w.N()[1]), 1)
	cut := newCutout(in, info, w, step)
	r := &run{job: job, info: cut.info, limits: l, progress: prog, image: cut}
	p.Window, p.Step = w, step
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
	step   int // pixels along x and y that become one
}

// newCutout cuts a window out; info is that of the image with the calibration of the job.
func newCutout(in imagefile.Reader, info imagefile.Info, w imagefile.Window, step int) *cutout {
	g := info.Grid
	g.N = w.N()
	for a := range 2 {
		g.N[a] /= step
		g.Spacing[a] *= float64(step)
	}
	full, level := info.Levels[0].N, info.Levels[w.Level].N
	for a := range 3 {
		g.Spacing[a] *= float64(full[a]) / float64(level[a])
	}
	info.Grid, info.Beside = g, nil
	info.Levels = []imagefile.Level{{N: g.N, Downsample: 1, Tile: info.Levels[w.Level].Tile}}
	return &cutout{whole: in, info: info, window: w, step: step}
}

// Info is part of imagefile.Reader.
func (p *cutout) Info() imagefile.Info { return p.info }

// Read is part of imagefile.Reader.
func (p *cutout) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	if err := imagefile.CheckWindow(p.info, w); err != nil {
		return imagefile.Block{}, err
	}
	n := w.N()
	w.Level = p.window.Level
	for a, step := range [3]int{p.step, p.step, 1} {
		w.Min[a] = p.window.Min[a] + step*w.Min[a]
		w.Max[a] = p.window.Min[a] + step*w.Max[a]
	}
	b, err := p.whole.Read(ctx, w)
	if err != nil || p.step == 1 {
		return b, err
	}
	return p.means(b, n), nil
}

// means is a block of 8 or 16 bits with the mean of each group of pixels.
func (p *cutout) means(b imagefile.Block, n [3]int) imagefile.Block {
	size, half := b.Type.Size(), p.step*p.step/2
	out := imagefile.Block{N: n, Channels: b.Channels, Type: b.Type, Data: make([]byte, 0, n[0]*n[1]*n[2]*b.Channels*size)}
	at := func(i int) int {
		if size == 1 {
			return int(b.Data[i])
		}
		return int(b.Data[2*i]) | int(b.Data[2*i+1])<<8
	}
	sums := make([]int, n[0]*b.Channels)
	for row := range n[1] * n[2] {
		clear(sums)
		for y := range p.step {
			from := (row*p.step + y) * b.N[0] * b.Channels
			for x := range b.N[0] {
				for c := range b.Channels {
					sums[x/p.step*b.Channels+c] += at(from + x*b.Channels + c)
				}
			}
		}
		for _, s := range sums {
			v := (s + half) / (p.step * p.step)
			out.Data = append(out.Data, byte(v))
			if size == 2 {
				out.Data = append(out.Data, byte(v>>8))
			}
		}
	}
	return out
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
	if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
		name = VolumeLabels // of a stack that was measured as a volume
	}
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

// mostCubes bounds the voxels that the part of a preview is resampled to.
const mostCubes = 32 << 20

// previewed segments the volume of a part; labels of cubes are put back on its voxels.
func previewed[T volume.Voxel](ctx context.Context, r *run, v *volume.Volume[T], p *Preview) error {
	v.Grid = r.info.Grid
	part := v.Grid
	cubes, err := r.job.cubes(part)
	if err != nil {
		return err
	}
	if cubes.Len() > mostCubes {
		return fmt.Errorf("a preview of %d million cubes takes too long: preview without prepare.isotropic, or ask for larger cubes", cubes.Len()>>20)
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
	labels := s.Labels
	if labels.N != part.N {
		labels = resample.Labels(labels, part)
	}
	p.N, p.Labels, p.Classes, p.Flags = labels.N, labels.Data, segment.Classes(), s.Flags
	return nil
}
