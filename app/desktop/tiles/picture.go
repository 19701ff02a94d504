package tiles

import (
	"image"
	"slices"

	"explant/app/desktop/viewport"
)

// Layer is a cache in a picture, with its opacity, 0 to 1.
type Layer struct {
	*Cache
	Opacity float64
}

// Ground is what lies below the layers: Paint draws a part of it, and another Version is another ground.
type Ground struct {
	Version int
	Paint   func(part *image.RGBA)
}

// Picture draws layers over a ground. While the view rests it keeps what it drew, and draws anew only the places of
// tiles that have changed. One goroutine uses it.
type Picture struct {
	view   viewport.View
	ground int
	layers []Layer
	kept   *image.RGBA
	holds  bool    // kept is of the view, the ground and the layers above
	jobs   [][]job // that kept shows, a list a layer
}

// Draw draws what the layers have for a view onto dst, which begins at (0, 0) and has the size of the view's window,
// and asks for what is missing. Layers that are not opaque are blended. Where a tile is missing, a coarser one
// stands in. It reports whether everything was there at its best.
func (p *Picture) Draw(dst *image.RGBA, v viewport.View, g Ground, layers ...Layer) (sharp bool) {
	jobs := make([][]job, len(layers))
	sharp = true
	for i, l := range layers {
		var best bool
		jobs[i], best = l.gather(v)
		sharp = sharp && best
	}
	if p.view != v || p.ground != g.Version || !slices.Equal(p.layers, layers) {
		p.view, p.ground, p.layers, p.holds = v, g.Version, slices.Clone(layers), false
		compose(dst, v, g, layers, jobs) // it moves: what is drawn now is not shown again
		return sharp
	}
	if p.kept == nil || p.kept.Rect != dst.Rect {
		p.kept = image.NewRGBA(dst.Rect)
	}
	if p.holds {
		for _, r := range p.changed(v, layers, jobs) {
			compose(p.kept.SubImage(r).(*image.RGBA), v, g, layers, jobs)
		}
	} else {
		compose(p.kept, v, g, layers, jobs)
	}
	p.holds, p.jobs = true, jobs
	for y := range dst.Rect.Dy() {
		copy(dst.Pix[y*dst.Stride:][:4*dst.Rect.Dx()], p.kept.Pix[y*p.kept.Stride:])
	}
	return sharp
}

// compose draws a part of a picture: the pixels of dst.
func compose(dst *image.RGBA, v viewport.View, g Ground, layers []Layer, jobs [][]job) {
	if dst.Rect.Empty() {
		return
	}
	g.Paint(dst)
	for i, l := range layers {
		l.paint(dst, v, jobs[i], l.Opacity)
	}
}

// changed are the places where a layer has another tile than the kept picture, in pixels of the screen.
func (p *Picture) changed(v viewport.View, layers []Layer, jobs [][]job) (places []image.Rectangle) {
	for i, l := range layers {
		before := make(map[job]bool, len(p.jobs[i]))
		for _, j := range p.jobs[i] {
			before[j] = true
		}
		for _, j := range jobs[i] {
			if !before[j] {
				places = append(places, l.place(v, j.key))
			}
			delete(before, j)
		}
		for j := range before { // their order changes nothing: places are drawn whole
			places = append(places, l.place(v, j.key))
		}
	}
	return places
}
