package tiles

import (
	"image"
	"math"
	"slices"
	"sync"

	"explant/app/desktop/viewport"
)

// gather lists what the cache has for a view, and asks for what is missing. It reports whether everything is there
// at its best.
func (c *Cache) gather(v viewport.View) (jobs []job, sharp bool) {
	level := c.best(v)
	x0, y0, x1, y1 := v.Bounds()
	if x1 <= x0 || y1 <= y0 {
		return nil, true
	}
	keys := c.cover(level, x0, y0, x1, y1)
	c.see(keys, level)
	var wanted []Key
	sharp = true
	gaps := false
	for _, k := range keys {
		img, there, fresh := c.Get(k)
		if !fresh {
			wanted = append(wanted, k)
			sharp = false
		}
		if there {
			jobs = append(jobs, job{img, k, k})
			continue
		}
		gaps = true
		if img, from, ok := c.coarser(k); ok {
			jobs = append(jobs, job{img, from, k})
		}
	}
	if !gaps {
		c.whole()
	}
	c.Want(c.byNeed(wanted, level, v))
	return jobs, sharp
}

// job draws the part of a tile that lies under the place of key.
type job struct {
	img       *image.RGBA
	from, key Key
}

// best is the coarsest level that is not shown enlarged, give or take.
func (c *Cache) best(v viewport.View) int {
	const slack = 1.15
	fx, fy := v.Factor()
	level := 0
	for i, l := range c.levels {
		if l.Downsample*max(fx, fy) <= slack {
			level = i
		}
	}
	return level
}

// cover lists the tiles of a level that touch a box of the full image, those near its middle first.
func (c *Cache) cover(level int, x0, y0, x1, y1 float64) (keys []Key) {
	l := c.levels[level]
	d := l.Downsample * Side
	for y := max(int(y0/d), 0); float64(y)*d < y1 && y*Side < l.H; y++ {
		for x := max(int(x0/d), 0); float64(x)*d < x1 && x*Side < l.W; x++ {
			keys = append(keys, Key{level, x, y})
		}
	}
	return keys
}

// byNeed puts coarse tiles that stand in for nothing yet first, then what is missing from the middle
// outwards, then coarse tiles that have grown old, then a ring around the window for the next move.
func (c *Cache) byNeed(missing []Key, level int, v viewport.View) []Key {
	top := len(c.levels) - 1
	keys := c.cover(top, 0, 0, v.Image[0], v.Image[1])
	if len(keys) > 16 {
		keys = keys[:16]
	}
	x0, y0, x1, y1 := v.Bounds()
	if up := min(level+2, top); up < top {
		keys = append(keys, c.cover(up, x0, y0, x1, y1)...)
	}
	old := slices.DeleteFunc(slices.Clone(keys), func(k Key) bool { return !c.holds(k) })
	keys = slices.DeleteFunc(keys, c.holds)
	nearest(missing, c.levels[level].Downsample, v.Center)
	keys = append(append(keys, missing...), old...)
	mx, my := (x1-x0)/4, (y1-y0)/4
	ring := c.cover(level, x0-mx, y0-my, x1+mx, y1+my)
	nearest(ring, c.levels[level].Downsample, v.Center)
	return append(keys, ring...)
}

// holds reports whether a tile is there, old or not.
func (c *Cache) holds(k Key) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, there := c.held[k]
	return there
}

// nearest sorts tiles by the distance of their middle from a place of the full image.
func nearest(keys []Key, downsample float64, at [2]float64) {
	d := downsample * Side
	far := func(k Key) float64 {
		return math.Hypot((float64(k.X)+0.5)*d-at[0], (float64(k.Y)+0.5)*d-at[1])
	}
	sortBy(keys, far)
}

// coarser finds the finest tile above k that is there.
func (c *Cache) coarser(k Key) (img *image.RGBA, from Key, ok bool) {
	d := c.levels[k.Level].Downsample
	cx, cy := (float64(k.X)+0.5)*Side*d, (float64(k.Y)+0.5)*Side*d
	for l := k.Level + 1; l < len(c.levels); l++ {
		ld := c.levels[l].Downsample * Side
		from = Key{l, int(cx / ld), int(cy / ld)}
		if img, there, _ := c.Get(from); there {
			return img, from, true
		}
	}
	return nil, k, false
}

// paint draws the jobs, each by one of two goroutines: they touch different pixels.
func (c *Cache) paint(dst *image.RGBA, v viewport.View, jobs []job, opacity float64) {
	var done sync.WaitGroup
	half := (len(jobs) + 1) / 2
	for _, part := range [][]job{jobs[:half], jobs[half:]} {
		done.Go(func() {
			for _, j := range part {
				if j.img != nil {
					c.paintOne(dst, v, j, opacity)
				}
			}
		})
	}
	done.Wait()
}

// place is the part of the screen that a tile covers.
func (c *Cache) place(v viewport.View, k Key) image.Rectangle {
	side := c.levels[k.Level].Downsample * Side
	px, py := float64(k.X)*side, float64(k.Y)*side
	x0, y0 := v.ToScreen(px, py)
	x1, y1 := v.ToScreen(min(px+side, v.Image[0]), min(py+side, v.Image[1]))
	return image.Rect(round(x0), round(y0), round(x1), round(y1))
}

func (c *Cache) paintOne(dst *image.RGBA, v viewport.View, j job, opacity float64) {
	at := c.place(v, j.key).Intersect(dst.Rect)
	if at.Empty() {
		return
	}
	d := c.levels[j.from.Level].Downsample
	fx, fy := v.Factor()
	ix, iy := v.ToImage(float64(at.Min.X)+0.5, float64(at.Min.Y)+0.5)
	s := sampler{
		src: j.img, x: ix/d - float64(j.from.X)*Side - 0.5, y: iy/d - float64(j.from.Y)*Side - 0.5,
		dx: 1 / (fx * d), dy: 1 / (fy * d),
	}
	s.draw(dst, at, opacity, opacity < 1 || !c.opaque)
}

func round(v float64) int { return int(math.Floor(v + 0.5)) }

// DrawHeld draws what is there for a view and asks for nothing.
func (c *Cache) DrawHeld(dst *image.RGBA, v viewport.View) {
	var jobs []job
	x0, y0, x1, y1 := v.Bounds()
	for _, k := range c.cover(c.best(v), x0, y0, x1, y1) {
		if img, there, _ := c.Get(k); there {
			jobs = append(jobs, job{img, k, k})
		} else if img, from, ok := c.coarser(k); ok {
			jobs = append(jobs, job{img, from, k})
		}
	}
	c.paint(dst, v, jobs, 1)
}
