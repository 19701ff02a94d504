package dicom

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sync/semaphore"

	"explant/io/gdcm"
	"explant/io/imagefile"
)

// encapsulated reads frames that are packed one by one, as if their samples lay in rows: it gives what an
// [array.Reader] would. A frame that is wanted in part is kept for its neighbour.
type encapsulated struct {
	files []*header // of the same sampling, and with as many frames
	kept  *recent
}

// room is for the bytes that decoders under way may take.
var room = semaphore.NewWeighted(decodeBytes)

const (
	keptBytes   = 64 << 20
	decodeBytes = 384 << 20
	decodeCost  = 10 // bytes for each byte of a frame, while it is decoded
)

func newEncapsulated(files []*header) *encapsulated {
	return &encapsulated{files: files, kept: newRecent(keptBytes)}
}

// ReadInto copies a window, whose third axis counts the frames of all files, into dst.
func (e *encapsulated) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	s := e.files[0].sampling
	pixel := s.channels * s.bits / 8
	row := (w.Max[0] - w.Min[0]) * pixel
	for z := w.Min[2]; z < w.Max[2]; z++ {
		b, err := e.frame(ctx, z, w.Max[0]-w.Min[0] < s.columns || w.Max[1]-w.Min[1] < s.rows)
		if err != nil {
			return err
		}
		for y := w.Min[1]; y < w.Max[1]; y++ {
			copy(dst[:row], b[(y*s.columns+w.Min[0])*pixel:])
			dst = dst[row:]
		}
	}
	return nil
}

// Close has nothing to close: files are open while a frame is read.
func (e *encapsulated) Close() error { return nil }

// frame decodes a frame, unless it is there still.
func (e *encapsulated) frame(ctx context.Context, z int, keep bool) ([]byte, error) {
	if b := e.kept.get(z); b != nil {
		return b, nil
	}
	h := e.files[z/e.files[0].frames]
	cost := min(int64(h.rows)*int64(h.columns)*int64(h.channels*h.bits/8)*decodeCost, decodeBytes)
	if err := room.Acquire(ctx, cost); err != nil {
		return nil, err
	}
	defer room.Release(cost)
	b, err := h.frame(z % h.frames)
	if err != nil {
		where := h.name
		if h.frames > 1 {
			where = fmt.Sprintf("%s frame %d", h.name, z%h.frames+1)
		}
		return nil, fmt.Errorf("read DICOM %s: %w", where, err)
	}
	if keep {
		e.kept.put(z, b)
	}
	return b, nil
}

// frame decodes frame i of a file to interleaved little-endian samples.
func (h *header) frame(i int) ([]byte, error) {
	f, err := os.Open(h.path)
	if err != nil {
		return nil, plain(err)
	}
	defer f.Close()
	b, err := join(f, h.spans[i], 1<<31)
	if err != nil {
		return nil, err
	}
	if h.syntax.rle {
		return unpackRLE(h.sampling, b)
	}
	has, err := gdcm.Parse(b)
	if err != nil {
		return nil, err
	}
	if has != h.stream {
		return nil, errors.New("it is compressed in another way than the first frame")
	}
	samples, err := gdcm.Decode(has, b)
	if err != nil {
		return nil, err
	}
	return widen(samples, has.SampleBytes(), h.bits/8), nil
}

// widen makes samples of from bytes ones of to bytes.
func widen(b []byte, from, to int) []byte {
	if from == to {
		return b
	}
	out := make([]byte, len(b)/from*to)
	for i := range len(b) / from {
		copy(out[i*to:], b[i*from:][:from])
	}
	return out
}

// headBytes is what is read of a codestream to find its header: first little, then enough for profiles of
// colours too.
var headBytes = []int64{16 << 10, 4 << 20}

// openFrames finds the frames of encapsulated pixels, and what the first codestream says of itself.
func (h *header) openFrames() error {
	f, err := os.Open(h.path)
	if err != nil {
		return plain(err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return plain(err)
	}
	if h.spans, err = h.frameSpans(f, st.Size()); err != nil || h.syntax.rle {
		return err
	}
	for _, n := range headBytes {
		var b []byte
		if b, err = join(f, h.spans[0], n); err != nil {
			return err
		}
		if h.stream, err = gdcm.Parse(b); err == nil {
			break
		}
	}
	return err
}
