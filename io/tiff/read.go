package tiff

import "context"

// rect is a window of one page as it is stored.
type rect struct{ x0, y0, x1, y1 int }

func (r rect) w() int      { return r.x1 - r.x0 }
func (r rect) h() int      { return r.y1 - r.y0 }
func (r rect) pixels() int { return r.w() * r.h() }

// and is what two windows share.
func (r rect) and(o rect) rect {
	return rect{max(r.x0, o.x0), max(r.y0, o.y0), min(r.x1, o.x1), min(r.y1, o.y1)}
}

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

// read decodes window r of the stored page into dst. Strips and tiles that another goroutine is decoding
// already come last.
func (d *decoder) read(ctx context.Context, p *page, r rect, dst []byte) error {
	if p.form.rgba {
		return d.readRGBA(ctx, p, r, dst)
	}
	if err := p.checkChunks(); err != nil {
		return err
	}
	w := window{p, r, dst}
	var later []part
	var others []*chunk
	err := p.eachPart(r, d.whole, func(c part) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		busy, err := d.part(w, c)
		if busy != nil {
			later, others = append(later, c), append(others, busy)
		}
		return err
	})
	for i, c := range later {
		if err == nil {
			err = others[i].wait(ctx)
		}
		err = d.use(w, c, others[i], err)
	}
	return err
}

// window is what is wanted of a page, and where it goes.
type window struct {
	p   *page
	r   rect
	dst []byte
}

// part puts one strip or tile into the window. One that another goroutine is decoding is given back.
func (d *decoder) part(w window, c part) (busy *chunk, err error) {
	key := chunkKey{w.p, c.index}
	alone := c.alone(w.r)
	e := d.cache.peek(key)
	if e == nil && alone {
		return nil, d.straight(w, c)
	}
	if e == nil {
		mine := false
		if e, mine = d.cache.claim(key, w.p.rowBytes()*c.rows, c.all.pixels()); mine {
			return nil, d.fill(w, c, e)
		}
	}
	if !e.ready() {
		return e, nil
	}
	return nil, d.use(w, c, e, e.err)
}

// fill decodes a strip or tile that was claimed, and uses it.
func (d *decoder) fill(w window, c part, e *chunk) error {
	var v *view
	if w.p.interleaved() {
		stride := w.r.w() * w.p.samples * w.p.form.typ.Size()
		v = &view{in: rect{c.in.x0 - c.all.x0, c.in.y0 - c.all.y0, c.in.x1 - c.all.x0, c.in.y1 - c.all.y0}, stride: stride,
			dst: w.dst[(c.in.y0-w.r.y0)*stride+(c.in.x0-w.r.x0)*w.p.samples*w.p.form.typ.Size():]}
	}
	shown, err := d.decodeShown(w.p, c, e.data, w.p.rowBytes(), v)
	d.cache.filled(e, err)
	if !shown || err != nil {
		return d.use(w, c, e, err)
	}
	d.cache.release(e, c.last(w.r), c.in.pixels())
	return nil
}

// use copies a decoded strip or tile into the window, unless there is an error, and releases it.
func (d *decoder) use(w window, c part, e *chunk, err error) error {
	if err == nil {
		w.paste(c, e.data)
	}
	d.cache.release(e, err == nil && c.last(w.r), c.in.pixels())
	return err
}

// straight decodes a strip or tile that no other window wants, into the window itself where its pixels
// need no conversion.
func (d *decoder) straight(w window, c part) error {
	if pixel := w.p.samples * w.p.form.typ.Size(); w.p.interleaved() && c.index >= 0 && c.all.w() == w.p.chunkW && c.all.h() == c.rows {
		stride := w.r.w() * pixel
		return d.decode(w.p, c, w.dst[(c.all.y0-w.r.y0)*stride+(c.all.x0-w.r.x0)*pixel:], stride)
	}
	b := d.memory(w.p.rowBytes() * c.rows)
	if err := d.decode(w.p, c, b, w.p.rowBytes()); err != nil {
		return err
	}
	w.paste(c, b)
	return nil
}

// paste puts the part of the window that lies in a strip or tile where it belongs.
func (w window) paste(c part, src []byte) {
	rowBytes, pixel := w.p.rowBytes(), w.p.form.channels*w.p.form.typ.Size()
	for y := c.in.y0; y < c.in.y1; y++ {
		row := src[(y-c.all.y0)*rowBytes:][:rowBytes]
		w.p.row(w.dst[((y-w.r.y0)*w.r.w()+c.in.x0-w.r.x0)*pixel:], row, c.in.x0-c.all.x0, c.in.w(), c.plane)
	}
}

// readRGBA lets libtiff convert whole strips or rows of tiles to colour.
func (d *decoder) readRGBA(ctx context.Context, p *page, r rect, dst []byte) error {
	h, err := d.at(p)
	if err != nil {
		return err
	}
	for y := r.y0 / p.chunkH * p.chunkH; y < r.y1; y += p.chunkH {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows := min(p.chunkH, p.h-y)
		buf := make([]byte, p.w*rows*4)
		if err := h.rgba(0, y, p.w, rows, buf); err != nil {
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
