package tiff

import (
	"context"
	"fmt"
)

// rect is a window of one page as it is stored.
type rect struct{ x0, y0, x1, y1 int }

func (r rect) w() int { return r.x1 - r.x0 }
func (r rect) h() int { return r.y1 - r.y0 }

// show reads window r of the page as shown, w*h pixels into dst, with the orientation tag honoured.
func (d *decoder) show(ctx context.Context, p *page, r rect, dst []byte) error {
	if p.orientation <= 1 || p.orientation > 8 {
		return d.read(ctx, p, r, dst)
	}
	s := stored(p, r)
	buf := make([]byte, len(dst))
	if err := d.read(ctx, p, s, buf); err != nil {
		return err
	}
	turn(dst, buf, s.w(), s.h(), p.form.channels*p.form.typ.Size(), p.orientation)
	return nil
}

// stored finds the stored window that is shown at r: the orientations are their own inverses, but for
// the quarter turns 6 and 8, which undo each other.
func stored(p *page, r rect) rect {
	back := p.orientation
	if back == 6 || back == 8 {
		back = 14 - back
	}
	w, h := p.size()
	ax, ay, _ := place(r.x0, r.y0, w, h, back)
	bx, by, _ := place(r.x1-1, r.y1-1, w, h, back)
	return rect{min(ax, bx), min(ay, by), max(ax, bx) + 1, max(ay, by) + 1}
}

// read decodes window r of the stored page into dst.
func (d *decoder) read(ctx context.Context, p *page, r rect, dst []byte) error {
	if err := d.h.seek(p.offset); err != nil {
		return err
	}
	if p.form.rgba {
		return d.readRGBA(ctx, p, r, dst)
	}
	planes := 1
	if p.planar && p.samples > 1 {
		planes = p.form.channels
	}
	across, down := (p.w+p.chunkW-1)/p.chunkW, (p.h+p.chunkH-1)/p.chunkH
	for plane := range planes {
		for cy := r.y0 / p.chunkH; cy <= (r.y1-1)/p.chunkH; cy++ {
			for cx := r.x0 / p.chunkW; cx <= (r.x1-1)/p.chunkW; cx++ {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := d.paste(p, r, cx, cy, plane, (plane*down+cy)*across+cx, dst); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// paste decodes the part of r that lies in strip or tile (cx, cy) and puts it where it belongs.
func (d *decoder) paste(p *page, r rect, cx, cy, plane, index int, dst []byte) error {
	in := rect{max(r.x0, cx*p.chunkW), max(r.y0, cy*p.chunkH), min(r.x1, (cx+1)*p.chunkW), min(r.y1, (cy+1)*p.chunkH)}
	src, top, err := d.rows(p, in, cy, plane, index)
	if err != nil {
		return err
	}
	if !p.planar || p.samples == 1 {
		plane = -1
	}
	rowBytes, pixel := p.rowBytes(), p.form.channels*p.form.typ.Size()
	for y := in.y0; y < in.y1; y++ {
		row := src[(y-top)*rowBytes:][:rowBytes]
		p.row(dst[((y-r.y0)*r.w()+in.x0-r.x0)*pixel:], row, in.x0-cx*p.chunkW, in.w(), plane)
	}
	return nil
}

// rowBytes is the size of one decoded row of a strip or tile.
func (p *page) rowBytes() int {
	samples := p.samples
	if p.planar {
		samples = 1
	}
	return (p.chunkW*samples*p.bits + 7) / 8
}

// rows decodes at least the rows of in and says which row comes first. Strips too large to hold are
// read row by row.
func (d *decoder) rows(p *page, in rect, cy, plane, index int) (src []byte, top int, err error) {
	height := p.chunkH
	if !p.tiled {
		height = min(p.chunkH, p.h-cy*p.chunkH)
	}
	size := int64(p.rowBytes()) * int64(height)
	if p.tiled && size != p.chunkBytes || size > p.chunkBytes {
		return nil, 0, fmt.Errorf("%ss of %d bytes where %d are needed", p.chunkName(), p.chunkBytes, size)
	}
	if size <= d.whole || p.tiled && size <= maxChunk {
		src, err = d.chunk(p, index, int(size), in.h() < height || in.w() < p.chunkW)
		return src, cy * p.chunkH, err
	}
	if p.tiled {
		return nil, 0, fmt.Errorf("a tile of %d x %d pixels is too large", p.chunkW, p.chunkH)
	}
	src = make([]byte, in.h()*p.rowBytes())
	return src, in.y0, d.h.rows(cy*p.chunkH, in.y0, in.h(), plane, p.rowBytes(), src)
}

// readRGBA lets libtiff convert whole strips or rows of tiles to colour.
func (d *decoder) readRGBA(ctx context.Context, p *page, r rect, dst []byte) error {
	for y := r.y0 / p.chunkH * p.chunkH; y < r.y1; y += p.chunkH {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows := min(p.chunkH, p.h-y)
		buf := make([]byte, p.w*rows*4)
		if err := d.h.rgba(0, y, p.w, rows, buf); err != nil {
			return err
		}
		for v := max(y, r.y0); v < min(y+rows, r.y1); v++ {
			row := buf[((v-y)*p.w+r.x0)*4:]
			out := dst[(v-r.y0)*r.w()*3:]
			for x := range r.w() {
				copy(out[x*3:x*3+3], row[x*4:])
			}
		}
	}
	return nil
}
