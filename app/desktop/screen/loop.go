// Package screen is what every view of the window shares, without knowing the window: frames drawn off
// the UI thread, lines, text and shapes in them, and what the pointer does.
package screen

import (
	"image"
	"sync"
	"time"
)

// Pointer is the place of the mouse in pixels of the frame, and what is held down.
type Pointer struct {
	X, Y      float64
	Primary   bool // the left button
	Secondary bool // the right button
	Middle    bool
	Shift     bool
	Control   bool
	Alt       bool
}

// Loop draws frames in a goroutine of its own, the newest state only: any number of wakes while a frame
// is drawn make one more frame.
type Loop struct {
	draw    func(dst *image.RGBA)
	present func()
	wake    chan struct{}
	stop    chan struct{}
	done    sync.WaitGroup

	mu            sync.Mutex
	width, height int
	shown, next   *image.RGBA // what the window holds, and the newest whole frame
	spare         []*image.RGBA
	last          time.Duration
}

// NewLoop starts a loop; draw fills a frame, and present is called after each, from the loop's goroutine.
func NewLoop(draw func(dst *image.RGBA), present func()) *Loop {
	l := &Loop{draw: draw, present: present, wake: make(chan struct{}, 1), stop: make(chan struct{})}
	l.done.Go(l.run)
	return l
}

// Close ends the loop and waits for a frame under way.
func (l *Loop) Close() {
	close(l.stop)
	l.done.Wait()
}

// Wake asks for a new frame.
func (l *Loop) Wake() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Resize sets the size of the frames to come and asks for one; it reports whether the size is new.
func (l *Loop) Resize(w, h int) bool {
	l.mu.Lock()
	same := w == l.width && h == l.height
	l.width, l.height = w, h
	l.mu.Unlock()
	if !same {
		l.Wake()
	}
	return !same
}

// Size is the size of the frames.
func (l *Loop) Size() (w, h int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.width, l.height
}

// Frame is the newest frame, nil before the first. It is not written to until Frame is called again.
func (l *Loop) Frame() *image.RGBA {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next != nil {
		if l.shown != nil {
			l.spare = append(l.spare, l.shown)
		}
		l.shown, l.next = l.next, nil
	}
	return l.shown
}

// Took is how long the last frame was drawn.
func (l *Loop) Took() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

func (l *Loop) run() {
	for {
		select {
		case <-l.stop:
			return
		case <-l.wake:
		}
		dst := l.blank()
		if dst == nil {
			continue
		}
		began := time.Now()
		l.draw(dst)
		l.finish(dst, time.Since(began))
		l.present()
	}
}

// blank is a frame nobody looks at, of the wanted size; nil while the window has none.
func (l *Loop) blank() *image.RGBA {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.width < 1 || l.height < 1 {
		return nil
	}
	size := image.Pt(l.width, l.height)
	for len(l.spare) > 0 {
		dst := l.spare[len(l.spare)-1]
		l.spare = l.spare[:len(l.spare)-1]
		if dst.Rect.Max == size {
			return dst
		}
	}
	return image.NewRGBA(image.Rectangle{Max: size})
}

func (l *Loop) finish(dst *image.RGBA, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next != nil {
		l.spare = append(l.spare, l.next)
	}
	l.next, l.last = dst, took
}
