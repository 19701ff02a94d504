package tiff

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"explant/io/imagefile"
)

// contiguous is an ImageJ stack whose slices follow the first one without directories of their own,
// as ImageJ writes stacks beyond 4 GiB.
type contiguous struct {
	f     *os.File
	start int64
	n     [3]int
	pixel int // bytes
	size  int // bytes of a sample
	swap  bool
}

// findContiguous looks for slices behind the only page; nil when there are none. It corrects what the
// picture says about the depth.
func findContiguous(path string, p *page, pic *picture, fileSize int64) (*contiguous, error) {
	s := measured(p, path, described(p))
	if s.images < 2 || s.format != "ImageJ TIFF stack" {
		return nil, nil
	}
	last := len(pic.info.Warnings) - 1 // says that pages are missing; they may be here
	slice := p.bytes()
	have := int((fileSize - p.firstByte) / slice)
	if p.compression > 1 || have < 2 || !p.form.plain(p.bits) || p.orientation > 1 || p.planar && p.samples > 1 || s.c > 1 {
		return nil, nil
	}
	pic.info.Warnings = slices.Delete(pic.info.Warnings, last, last+1)
	if have < s.images {
		pic.warn(fmt.Sprintf("the description announces %d slices, the file holds %d", s.images, have))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	nz := min(have, s.images)
	c := &contiguous{f: f, start: p.firstByte, n: [3]int{p.w, p.h, nz}, size: p.form.typ.Size()}
	c.pixel = c.size * p.form.channels
	if c.swap, err = bigEndian(f); err != nil {
		f.Close()
		return nil, err
	}
	pic.info.Grid.N[2], pic.info.Levels[0].N[2] = nz, nz
	pic.describe(p, s)
	return c, pic.info.Grid.Check()
}

func bigEndian(f *os.File) (bool, error) {
	var magic [2]byte
	_, err := f.ReadAt(magic[:], 0)
	return magic[0] == 'M', err
}

func (c *contiguous) read(ctx context.Context, w imagefile.Window, dst []byte) error {
	row := (w.Max[0] - w.Min[0]) * c.pixel
	at := dst
	for z := w.Min[2]; z < w.Max[2]; z++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		for y := w.Min[1]; y < w.Max[1]; {
			rows := 1
			if row == c.n[0]*c.pixel {
				rows = w.Max[1] - y
			}
			offset := c.start + int64((z*c.n[1]+y)*c.n[0]+w.Min[0])*int64(c.pixel)
			if _, err := io.ReadFull(io.NewSectionReader(c.f, offset, int64(rows*row)), at[:rows*row]); err != nil {
				return fmt.Errorf("slice %d: %w", z+1, err)
			}
			at, y = at[rows*row:], y+rows
		}
	}
	if c.swap {
		imagefile.SwapBytes(dst, c.size)
	}
	return nil
}
