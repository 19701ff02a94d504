package dicom

import (
	"context"
	"fmt"
	"runtime"

	"github.com/suyashkumar/dicom/pkg/tag"
	"golang.org/x/sync/errgroup"

	"explant/io/imagefile"
)

// stacked is an image of one slice or of many.
type stacked struct {
	*pixels
	slices []slice // in the order of the volume
}

// newReader puts the slices of files together.
func newReader(path string, files []*header) (*Reader, error) {
	r, v := &Reader{path: path, files: files}, &stacked{}
	stored := 0
	for _, h := range files {
		s, err := slicesOf(h, stored)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", h.name, err)
		}
		v.slices, stored = append(v.slices, s...), stored+h.frames
	}
	i := &r.info
	v.slices, i.Warnings = oneVolume(files[0], v.slices)
	typ := files[0].typeFor(v.slices)
	var err error
	if v.pixels, err = newPixels(path, files, typ); err != nil {
		return nil, err
	}
	i.Type, i.Channels = typ, v.channels()
	i.Grid.N = [3]int{v.columns, v.rows, len(v.slices)}
	r.image = v
	return r, r.describe(v.slices)
}

// describe makes the description out of the slices, and brings them in order.
func (r *Reader) describe(s []slice) error {
	i, first := &r.info, r.files[0]
	i.Format = "DICOM"
	if len(r.files) > 1 {
		i.Format = "DICOM series"
	}
	i.Levels = []imagefile.Level{{N: i.Grid.N, Downsample: 1, Tile: [2]int{i.Grid.N[0], i.Grid.N[1]}}}
	i.Identifiers = identifiers(r.files)
	w, err := place(&i.Grid, s)
	if err != nil {
		return err
	}
	i.Warnings = append(i.Warnings, w...)
	if first.inverted {
		i.Warnings = append(i.Warnings, "the file calls low values bright (MONOCHROME1); they are given as stored")
	}
	for _, f := range s {
		if f.slope != s[0].slope || f.intercept != s[0].intercept {
			i.Warnings = append(i.Warnings, "the slices have different RescaleSlope or RescaleIntercept, which are applied")
			break
		}
	}
	r.tell(toldBy(r.files))
	for _, h := range r.files {
		if h.seen[tag.ModalityLUTSequence] {
			i.Warnings = append(i.Warnings, "a table of values (ModalityLUTSequence) is not applied")
			break
		}
	}
	return nil
}

func (v *stacked) readInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	size := len(dst) / w.N()[2]
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for z := w.Min[2]; z < w.Max[2] && gctx.Err() == nil; z++ {
		g.Go(func() error { return v.read(gctx, w, v.slices[z], dst[(z-w.Min[2])*size:][:size]) })
	}
	return g.Wait()
}

func (v *stacked) close() error { return v.stored.Close() }
