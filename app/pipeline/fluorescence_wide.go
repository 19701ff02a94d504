package pipeline

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"explant/analysis/fluorescence"
	"explant/io/imagefile"
	"explant/io/ometiff"
	"explant/io/open"
	"explant/io/report"
	"explant/volume"
)

// isWide tells whether a field is too large to be held, and measured tile by tile.
func isWide(g volume.Grid) bool {
	return g.N[2] == 1 && g.N[0]*g.N[1] > fluorescence.LargestField
}

// wide is a field that is read window by window.
type wide struct {
	grid    volume.Grid
	sources []source
}

// source is a channel of a wide field and where it is read.
type source struct {
	fluorescence.Channel
	in imagefile.Reader
	c  int
}

func (w *wide) Grid() volume.Grid { return w.grid }

func (w *wide) Channels() (all []fluorescence.Channel) {
	for _, s := range w.sources {
		all = append(all, s.Channel)
	}
	return all
}

// Read reads each file once.
func (w *wide) Read(ctx context.Context, r image.Rectangle) ([][]float32, error) {
	blocks, all := map[imagefile.Reader]imagefile.Block{}, make([][]float32, len(w.sources))
	for i, s := range w.sources {
		b, ok := blocks[s.in]
		if !ok {
			var err error
			if b, err = s.in.Read(ctx, imagefile.Window{Min: [3]int{r.Min.X, r.Min.Y, 0}, Max: [3]int{r.Max.X, r.Max.Y, 1}}); err != nil {
				return nil, err
			}
			blocks[s.in] = b
		}
		var err error
		if all[i], err = open.Counts(b, s.c); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// fullOf is the highest value of a camera whose samples have this type, 0 where it has none.
func fullOf(t imagefile.Type) float32 {
	switch t {
	case imagefile.Uint8:
		return 1<<8 - 1
	case imagefile.Uint16:
		return 1<<16 - 1
	}
	return 0
}

// wideField finds the channels of a field, as [run.field] does; the readers of channels with files of their own are
// closed by the caller.
func (r *run) wideField(ctx context.Context, in imagefile.Reader) (w *wide, own []imagefile.Reader, err error) {
	w = &wide{grid: r.info.Grid}
	stated, err := parseChannels(r.job.Channels)
	if err != nil {
		return nil, nil, err
	}
	for c := range r.info.Channels {
		name := channelName(r.info, c)
		if marker := r.marker(stated, c, name); marker != "" {
			w.sources = append(w.sources, source{fluorescence.Channel{Marker: marker, Name: name, Full: fullOf(r.info.Type)}, in, c})
		}
	}
	for _, s := range stated {
		if s.file == "" {
			continue
		}
		file, err := openChannel(ctx, s, r.info.Grid)
		if err != nil {
			return nil, own, err
		}
		own = append(own, file)
		if planes := file.Info().Grid.N[2]; planes > 1 {
			return nil, own, fmt.Errorf("--channel %s=%s: %d focal planes beside a field that is measured tile by tile: a channel of one plane is wanted", s.marker, s.file, planes)
		}
		w.sources = append(w.sources, source{fluorescence.Channel{Marker: s.marker, Name: filepath.Base(s.file), Full: fullOf(file.Info().Type)}, file, 0})
	}
	return w, own, r.known(fluorescence.Field{Channels: w.Channels()}, r.info)
}

// wideFluorescence measures a field tile by tile, and writes its labels and pictures meanwhile.
func (r *run) wideFluorescence(ctx context.Context, in imagefile.Reader, controls []fluorescence.Field) (f found, err error) {
	params := *r.job.Protocol.Fluorescence
	src, own, err := r.wideField(ctx, in)
	defer func() {
		for _, file := range own {
			err = errors.Join(err, file.Close())
		}
	}()
	if err != nil {
		return f, err
	}
	view, light := newOverview(src.grid), newLight(src)
	r.stage.gone = append(r.stage.gone, VolumeLabels)
	err = r.stage.write(SlideLabels, func(file *os.File) error {
		w, err := ometiff.Create(file, src.grid, params.Classes())
		if err != nil {
			return err
		}
		band := labelBand{w: w, width: src.grid.N[0]}
		f.Findings, err = fluorescence.AnalyzeSlide(ctx, src, controls, params, r.options(), r.progress, func(at image.Rectangle, labels []uint8, counts [][]float32) error {
			view.addLabels(at, labels)
			light.add(view, at, counts)
			return band.add(ctx, at, labels)
		})
		if err != nil {
			return err
		}
		return w.Close()
	})
	if err != nil {
		return f, err
	}
	view.compose(src.Channels(), light.means(view))
	return f, r.widePictures(ctx, view, &f)
}

func (r *run) widePictures(ctx context.Context, view *overview, f *found) (err error) {
	f.pictures, err = report.FieldPictures(ctx, view.rgb, view.labels, f.Classes, report.PictureOptions{Reduced: view.step, Workers: r.limits.Workers, Progress: r.progress})
	return err
}

// labelBand gathers tiles until they fill whole rows of the tiles of a label image.
type labelBand struct {
	w      *ometiff.Writer
	width  int
	labels []uint8
}

func (b *labelBand) add(ctx context.Context, at image.Rectangle, labels []uint8) error {
	if at.Min.X == 0 {
		b.labels = make([]uint8, b.width*at.Dy())
	}
	for y := range at.Dy() {
		copy(b.labels[y*b.width+at.Min.X:], labels[y*at.Dx():][:at.Dx()])
	}
	if at.Max.X < b.width {
		return nil
	}
	return writeTiles(ctx, b.w, image.Rect(0, at.Min.Y, b.width, at.Max.Y), b.labels)
}

// reducedLight adds the light of channels up on the pixels of an overview.
type reducedLight struct{ sums [][]float32 }

func newLight(w *wide) *reducedLight { return &reducedLight{sums: make([][]float32, len(w.sources))} }

func (l *reducedLight) add(v *overview, at image.Rectangle, counts [][]float32) {
	across := v.labels.N[0]
	for c, all := range counts {
		if l.sums[c] == nil {
			l.sums[c] = make([]float32, across*v.labels.N[1])
		}
		for y := range at.Dy() {
			row := l.sums[c][(at.Min.Y+y)/v.step*across:][:across]
			for x, n := range all[y*at.Dx():][:at.Dx()] {
				row[(at.Min.X+x)/v.step] += n
			}
		}
	}
}

// means are the mean light of each channel.
func (l *reducedLight) means(v *overview) [][]float32 {
	for _, sums := range l.sums {
		for i := range sums {
			x, y := i%v.labels.N[0], i/v.labels.N[0]
			wide, high := min((x+1)*v.step, v.size.X)-x*v.step, min((y+1)*v.step, v.size.Y)-y*v.step
			sums[i] /= float32(wide * high)
		}
	}
	return l.sums
}
