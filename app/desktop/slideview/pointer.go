package slideview

import (
	"math"

	"explant/app/desktop/screen"
	"explant/app/desktop/viewport"
)

// Tool is what the pointer does with the image while it is in use.
type Tool interface {
	// Press reports whether the tool takes the press; otherwise the hand does.
	Press(at viewport.Place, p screen.Pointer) bool
	Move(at viewport.Place, p screen.Pointer)
	Release(at viewport.Place, p screen.Pointer)
	Double() bool
	Out() // the pointer leaves the picture
}

// hand is what pans: the pointer while no tool is in use, with the middle button, or while space is held.
type hand struct {
	held, onMap bool
	last        screen.Pointer
}

// SetTool sets what the pointer does; nil pans.
func (s *Slide) SetTool(t Tool) { s.change(func() { s.tool = t }) }

// HoldHand makes every tool the hand while it is true.
func (s *Slide) HoldHand(on bool) { s.change(func() { s.holdHand = on }) }

// place is what a tool gets of a pointer.
func (s *Slide) place(p screen.Pointer) viewport.Place {
	v := s.View()
	x, y := v.ToImage(p.X, p.Y)
	return viewport.Place{X: x, Y: y, PerPixel: 1 / v.Scale}
}

// current is the tool for a press; nil is the hand.
func (s *Slide) current(p screen.Pointer) Tool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Middle || s.holdHand {
		return nil
	}
	return s.tool
}

// Press begins what the tool does, or to pan.
func (s *Slide) Press(p screen.Pointer) {
	x, y, onMap := s.onMap(p)
	t := s.current(p)
	if !onMap && t != nil && !p.Secondary {
		if t.Press(s.place(p), p) {
			return
		}
	}
	s.hand = hand{held: true, onMap: onMap, last: p}
	if onMap {
		s.Show(x, y, 0)
	}
}

// Move goes on with it, and tells where the pointer is.
func (s *Slide) Move(p screen.Pointer) {
	if s.hand.held {
		s.drag(p)
	} else if t := s.current(p); t != nil {
		t.Move(s.place(p), p)
	}
	s.hover(p)
}

func (s *Slide) drag(p screen.Pointer) {
	if s.hand.onMap {
		if x, y, ok := s.onMap(p); ok {
			s.Show(x, y, 0)
		}
		return
	}
	s.Pan(p.X-s.hand.last.X, p.Y-s.hand.last.Y)
	s.hand.last = p
}

// Release ends it.
func (s *Slide) Release(p screen.Pointer) {
	if s.hand.held {
		s.hand.held = false
		return
	}
	if t := s.current(p); t != nil {
		t.Release(s.place(p), p)
	}
}

// Double is a double click.
func (s *Slide) Double(p screen.Pointer) {
	if t := s.current(p); t != nil {
		t.Double()
	}
}

// Leave is told when the pointer leaves the picture.
func (s *Slide) Leave() {
	if t := s.current(screen.Pointer{}); t != nil {
		t.Out()
	}
	if s.OnHover != nil {
		s.OnHover(-1, -1, false)
	}
}

// Wheel zooms about the pointer; steps are notches, away from the hand positive.
func (s *Slide) Wheel(p screen.Pointer, steps float64) {
	s.Zoom(p.X, p.Y, math.Pow(1.25, steps))
	s.hover(p)
}

// hover tells which pixel of the image the pointer is on.
func (s *Slide) hover(p screen.Pointer) {
	if s.OnHover == nil {
		return
	}
	at, size := s.place(p), s.View().Image
	s.OnHover(at.X, at.Y, at.X >= 0 && at.Y >= 0 && at.X < size[0] && at.Y < size[1])
}
