package dicom

import (
	"compress/flate"
	"context"
	"io"

	"explant/io/array"
	"explant/io/imagefile"
)

// pixels gives values out of the samples of files of the same sampling.
type pixels struct {
	sampling
	stored frames
	typ    imagefile.Type // of the values
}

// frames gives the samples as they lie in files; the third axis counts the frames of all files, or the
// channels of the frames where they lie in planes. [array.Reader] and [encapsulated] do.
type frames interface {
	ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error
	Close() error
}

// newPixels makes pixels of the given type. path names them in errors.
func newPixels(path string, files []*header, typ imagefile.Type) (*pixels, error) {
	p := &pixels{sampling: files[0].sampling, typ: typ}
	if files[0].syntax.encapsulated() {
		p.stored = newEncapsulated(files)
		return p, nil
	}
	as := imagefile.Info{Type: p.raw(), Channels: p.sampling.channels}
	as.Grid.N = [3]int{p.columns, p.rows, len(files) * p.frames}
	switch {
	case p.kind == single: // a row of bytes a file
		as.Grid.N = [3]int{int(p.bytes()), 1, len(files)}
	case p.kind == half:
		as.Grid.N[0], as.Channels = 2*p.columns, 1
	case p.planar: // a plane of one channel as if it were a slice
		as.Grid.N[2], as.Channels = as.Grid.N[2]*p.sampling.channels, 1
	}
	parts := make([]array.Part, len(files))
	for i, h := range files {
		parts[i] = h.part()
	}
	r, err := array.New(path, as, array.Layout{Type: p.raw(), BigEndian: files[0].syntax.big}, parts...)
	if err != nil {
		return nil, err
	}
	p.stored = r
	return p, nil
}

// part is where the samples of a file lie that are not in fragments.
func (h *header) part() array.Part {
	if !h.syntax.deflated {
		return array.Part{Path: h.path, At: h.pixels}
	}
	return array.Part{Path: h.path, At: h.begin, Skip: h.pixels,
		Unpack: func(r io.Reader) (io.Reader, error) { return flate.NewReader(r), nil }}
}

// channels of a value: 1 or 3.
func (p *pixels) channels() int {
	if p.kind == indexed {
		return 3
	}
	return p.sampling.channels
}

// read gives the values of a window of one frame, which s.stored counts among those of all files.
func (p *pixels) read(ctx context.Context, w imagefile.Window, s slice, dst []byte) error {
	w.Level, w.Min[2], w.Max[2] = 0, s.stored, s.stored+1
	switch {
	case p.kind == single:
		return p.bitRows(ctx, w, dst)
	case p.kind == half:
		return p.halved(ctx, w, dst)
	case p.asStored(s):
		return p.samples(ctx, w, dst)
	}
	n := w.N()
	buf := make([]byte, n[0]*n[1]*p.sampling.channels*p.bits/8)
	if err := p.samples(ctx, w, buf); err != nil {
		return err
	}
	switch p.kind {
	case ybr:
		toRGB(dst, buf)
	case indexed:
		s.table.expand(dst, buf, p.sampling)
	case float:
		p.scale(dst, buf, s)
	case rgb:
		p.convert(dst, buf, p.typ, 1, 0)
	default:
		p.convert(dst, buf, p.typ, s.slope, s.intercept)
	}
	return nil
}

// asStored reports samples that are values already.
func (p *pixels) asStored(s slice) bool {
	plain := s.slope == 1 && s.intercept == 0
	switch p.kind {
	case grey:
		return plain && p.whole() && p.typ.Size() == p.raw().Size()
	case float:
		return plain
	}
	return p.kind == rgb && p.whole()
}

// samples reads a window of a frame, channels interleaved.
func (p *pixels) samples(ctx context.Context, w imagefile.Window, dst []byte) error {
	if !p.planar {
		return p.stored.ReadInto(ctx, w, dst)
	}
	channels, size, frame := p.sampling.channels, p.bits/8, w.Min[2]
	buf := make([]byte, len(dst)/channels)
	for c := range channels {
		w.Min[2] = frame*channels + c
		w.Max[2] = w.Min[2] + 1
		if err := p.stored.ReadInto(ctx, w, buf); err != nil {
			return err
		}
		for i := range len(buf) / size {
			copy(dst[(i*channels+c)*size:][:size], buf[i*size:])
		}
	}
	return nil
}

// bitRows spreads single bits to bytes of 0 and 1. Bits fill bytes from the lowest one, and frames follow
// one another without a gap. Source: DICOM PS3.5 8.1.1.
func (p *pixels) bitRows(ctx context.Context, w imagefile.Window, dst []byte) error {
	file, frame := w.Min[2]/p.frames, w.Min[2]%p.frames
	n := w.N()
	for y := w.Min[1]; y < w.Max[1]; y++ {
		first := (frame*p.rows+y)*p.columns + w.Min[0]
		last := first + n[0]
		bits := imagefile.Window{Min: [3]int{first / 8, 0, file}, Max: [3]int{(last + 7) / 8, 1, file + 1}}
		buf := make([]byte, bits.Max[0]-bits.Min[0])
		if err := p.stored.ReadInto(ctx, bits, buf); err != nil {
			return err
		}
		for i := range n[0] {
			bit := first%8 + i
			dst[i] = buf[bit/8] >> (bit % 8) & 1
		}
		dst = dst[n[0]:]
	}
	return nil
}

// halved reads colours that two pixels share.
func (p *pixels) halved(ctx context.Context, w imagefile.Window, dst []byte) error {
	pairs := w
	pairs.Min[0], pairs.Max[0] = 2*(w.Min[0]&^1), 2*((w.Max[0]+1)&^1)
	n, row := w.N(), pairs.Max[0]-pairs.Min[0]
	buf := make([]byte, row*n[1])
	if err := p.stored.ReadInto(ctx, pairs, buf); err != nil {
		return err
	}
	for y := range n[1] {
		for i := range n[0] {
			x := w.Min[0] + i
			pair := buf[y*row+2*(x&^1)-pairs.Min[0]:]
			out := dst[3*(y*n[0]+i):]
			out[0], out[1], out[2] = colour(pair[x%2], pair[2], pair[3])
		}
	}
	return nil
}
