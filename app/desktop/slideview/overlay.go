package slideview

import (
	"explant/app/desktop/tiles"
)

// overlay is a map of classes over the slide.
type overlay struct{ cache *tiles.Cache }

func (o *overlay) close() { o.cache.Close() }

// SetOverlay lays the tiles of src over the slide; nil takes them away.
func (s *Slide) SetOverlay(src tiles.Source) {
	var next *overlay
	if src != nil {
		next = &overlay{tiles.NewCache(src, tileBytes/2, 1, s.loop.Wake)}
	}
	var old *overlay
	s.change(func() { old, s.overlay = s.overlay, next })
	if old != nil {
		old.close()
	}
}

// SetOpacity sets how strongly the overlay covers the slide, 0 to 1.
func (s *Slide) SetOpacity(o float64) { s.change(func() { s.opacity = o }) }
