package dicom

import (
	"compress/flate"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"

	"github.com/suyashkumar/dicom/pkg/tag"
	"golang.org/x/sync/errgroup"

	"explant/io/array"
	"explant/io/imagefile"
)

// Reader reads a file or a series. Its methods may be called from several goroutines at once.
type Reader struct {
	path   string
	info   imagefile.Info
	slices []slice       // in the order of the volume
	stored *array.Reader // the samples as they lie in the files
	sampling
}

// newReader puts the slices of files together.
func newReader(path string, files []*header) (*Reader, error) {
	r := &Reader{path: path, sampling: files[0].sampling}
	parts := make([]array.Part, len(files))
	for i, h := range files {
		s, err := slicesOf(h, len(r.slices))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", h.name, err)
		}
		r.slices = append(r.slices, s...)
		parts[i] = h.part()
	}
	if err := r.describe(files); err != nil {
		return nil, err
	}
	l := array.Layout{Type: r.raw(), BigEndian: files[0].syntax.big}
	as := imagefile.Info{Type: r.raw(), Channels: r.channels}
	as.Grid.N = r.info.Grid.N
	if r.planar { // a plane of one channel as if it were a slice
		as.Grid.N[2], as.Channels = as.Grid.N[2]*r.channels, 1
	}
	var err error
	r.stored, err = array.New(path, as, l, parts...)
	return r, err
}

// part is where the samples of a file lie.
func (h *header) part() array.Part {
	p := array.Part{Path: h.path, At: h.pixels}
	switch {
	case h.syntax.deflated:
		p.At, p.Skip = h.begin, h.pixels
		p.Unpack = func(r io.Reader) (io.Reader, error) { return flate.NewReader(r), nil }
	case h.syntax.rle:
		p.Unpack = unpackRLE(h.sampling)
	}
	return p
}

// describe makes the description out of the slices, and brings them in order.
func (r *Reader) describe(files []*header) error {
	i := &r.info
	i.Format = "DICOM"
	if len(files) > 1 {
		i.Format = "DICOM series"
	}
	i.Grid.N = [3]int{r.columns, r.rows, len(r.slices)}
	i.Levels = []imagefile.Level{{N: i.Grid.N, Downsample: 1, Tile: [2]int{r.columns, r.rows}}}
	i.Channels, i.Identifiers = r.channels, identifiers(files)
	w, err := place(&i.Grid, r.slices)
	if err != nil {
		return err
	}
	i.Warnings = append(i.Warnings, w...)
	if r.inverted {
		i.Warnings = append(i.Warnings, "the file calls low values bright (MONOCHROME1); they are given as stored")
	}
	if r.channels == 1 {
		i.Type = r.typeFor(r.slices)
	} else {
		i.Type = r.raw()
	}
	for _, s := range r.slices {
		if s.slope != r.slices[0].slope || s.intercept != r.slices[0].intercept {
			i.Warnings = append(i.Warnings, "the slices have different RescaleSlope or RescaleIntercept, which are applied")
			break
		}
	}
	for _, h := range files {
		if h.seen[tag.ModalityLUTSequence] {
			i.Warnings = append(i.Warnings, "a table of values (ModalityLUTSequence) is not applied")
			break
		}
	}
	return nil
}

// Info tells what the file or the folder holds.
func (r *Reader) Info() imagefile.Info { return r.info }

// Read decodes a window.
func (r *Reader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto decodes a window into dst, which must have its size, several slices at once.
func (r *Reader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	if err := imagefile.CheckInto(r.info, w, dst); err != nil {
		return fmt.Errorf("read DICOM %s: %w", filepath.Base(r.path), err)
	}
	size := len(dst) / w.N()[2]
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for z := w.Min[2]; z < w.Max[2] && gctx.Err() == nil; z++ {
		g.Go(func() error { return r.slice(gctx, w, r.slices[z], dst[(z-w.Min[2])*size:][:size]) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// slice decodes the part of a window that lies in one slice.
func (r *Reader) slice(ctx context.Context, w imagefile.Window, s slice, dst []byte) error {
	w.Min[2], w.Max[2] = s.stored, s.stored+1
	switch {
	case r.planar:
		return r.planes(ctx, w, s.stored, dst)
	case r.channels > 1 || r.whole() && r.info.Type.Size() == r.raw().Size() && s.slope == 1 && s.intercept == 0:
		return r.stored.ReadInto(ctx, w, dst)
	}
	b, err := r.stored.Read(ctx, w)
	if err != nil {
		return err
	}
	r.convert(dst, b.Data, r.info.Type, s.slope, s.intercept)
	return nil
}

// planes interleaves the channels of a slice.
func (r *Reader) planes(ctx context.Context, w imagefile.Window, stored int, dst []byte) error {
	size := r.bits / 8
	for c := range r.channels {
		w.Min[2] = stored*r.channels + c
		w.Max[2] = w.Min[2] + 1
		b, err := r.stored.Read(ctx, w)
		if err != nil {
			return err
		}
		for i := range len(b.Data) / size {
			copy(dst[(i*r.channels+c)*size:][:size], b.Data[i*size:])
		}
	}
	return nil
}

// Close frees the files.
func (r *Reader) Close() error { return r.stored.Close() }
