package shell

import (
	"time"

	"explant/app/desktop/viewport"
)

// inView is what the stage shows, to know when that has changed.
type inView struct {
	slide  viewport.View
	lo, hi [3]int
	cross  [3]int
}

// settle is how long the view rests before what depends on it is made anew.
const settle = 250 * time.Millisecond

// looked watches, after every frame, whether something else is in view.
func (s *Shell) looked() {
	var now inView
	switch {
	case s.slide != nil:
		now.slide = s.slide.View()
	case s.volume != nil:
		now.lo, now.hi = s.volume.Visible()
		now.cross = s.volume.Cross()
	}
	if now != s.seen {
		s.seen = now
		s.renew()
	}
}

// renew makes the preview and the histogram anew when nothing has changed for a moment.
func (s *Shell) renew() {
	if s.resting != nil {
		s.resting.Stop()
	}
	s.resting = time.AfterFunc(settle, func() {
		s.ui(func() {
			if s.image != nil {
				s.preview.ask()
				s.histogram.ask()
			}
		})
	})
}
