package connector

import (
	"context"
	"math"

	"explant/volume/parallel"
)

// tube is the inside of a tube as its outside tells it: what the wall of a soft tube loses in thickness where it is
// stretched, it keeps in cross-section. The zero value knows nothing.
type tube struct {
	from  int // first plane
	inner []circle
	ok    []bool
}

// at is the inside of the tube on plane k, if it is known.
func (t *tube) at(k int) (circle, bool) {
	k -= t.from
	if k < 0 || k >= len(t.inner) || !t.ok[k] {
		return circle{}, false
	}
	return t.inner[k], true
}

// outside looks for the outer surface of the tube of piece p on the planes [from, to) and takes the cross-section of its
// wall from those where the bore is seen free. It knows nothing where the surface lies outside the image.
func (s *scan) outside(ctx context.Context, f *frame, all []plane, p *piece, from, to int, lv levels) (*tube, error) {
	t := &tube{from: from, inner: make([]circle, to-from), ok: make([]bool, to-from)}
	err := parallel.Each(ctx, to-from, s.o, nil, func(_ context.Context, k int) error {
		t.inner[k], t.ok[k] = s.outerCircle(f, &all[from+k], p.at(all[from+k].s), lv)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var section []float64
	for _, run := range p.runs {
		for k := max(run[0], from); k < min(run[1], to); k++ {
			if o := t.inner[k-from]; t.ok[k-from] {
				r := p.r.of(all[k].s)
				section = append(section, o.r*o.r-r*r)
			}
		}
	}
	keep := median(section)
	for k := range t.inner {
		o := &t.inner[k]
		t.ok[k] = t.ok[k] && len(section) >= 5 && o.r*o.r > keep
		if t.ok[k] {
			o.r = math.Sqrt(o.r*o.r - keep)
		}
	}
	t.smooth()
	return t, nil
}

// smooth takes the mean of 5 planes that are known.
func (t *tube) smooth() {
	old := append([]circle(nil), t.inner...)
	for k := range old {
		var sum circle
		n := 0.0
		for i := max(k-2, 0); i <= min(k+2, len(old)-1); i++ {
			if t.ok[i] {
				sum, n = circle{sum.x + old[i].x, sum.y + old[i].y, sum.r + old[i].r}, n+1
			}
		}
		if n > 0 {
			t.inner[k] = circle{sum.x / n, sum.y / n, sum.r / n}
		}
	}
}

// outerCircle is the circle on which solid ends, coming from outside.
func (s *scan) outerCircle(f *frame, p *plane, c circle, lv levels) (circle, bool) {
	g := make([]float64, int(2.5*c.r/(fine*s.h)))
	var points [][2]float64
	for _, dir := range directions {
		s.profile(f, c.x, c.y, p.s, dir, g)
		n := len(g)
		for n > 0 && !s.inside(f.place(c.x+float64(n-1)*fine*s.h*dir[0], c.y+float64(n-1)*fine*s.h*dir[1], p.s)) {
			n--
		}
		if n < 8 || mean(g[n-4:n]) > lv.cut {
			continue
		}
		back := make([]float64, n)
		for i := range back {
			back[i] = g[n-1-i]
		}
		end := first(back, lv.cut)
		if end+6 > n {
			continue
		}
		r := (float64(n-1) - crossing(back, end, (lv.air+mean(back[end+3:end+9-max(0, end+9-n)]))/2)) * fine * s.h
		points = append(points, [2]float64{c.x + r*dir[0], c.y + r*dir[1]})
	}
	if len(points) < rays/2 {
		return circle{}, false
	}
	o, share := envelope(points, c, s.h)
	return o, share > freeShare && o.r > c.r+2*s.h
}
