package shell

import (
	"context"
	"fmt"

	"explant/analysis/frame"
	"explant/analysis/result"
	"explant/app/desktop/places"
	"explant/app/desktop/runner"
	"explant/app/desktop/source"
)

// placer brings the view to the places of results. Places are looked for off the UI thread, the newest wish
// alone.
type placer struct {
	shell  *Shell
	scene  *places.Scene                               // nil while the labels are not read; its map belongs to the goroutine that looks
	ctx    context.Context                             // of the result; it ends with close
	cancel context.CancelFunc                          // ends it
	stop   context.CancelFunc                          // ends what was asked last
	busy   chan struct{}                               // holds a token while nobody looks
	later  func(context.Context, *places.Scene) func() // asked for while the labels were read
}

// read reads the labels of a run in the background.
func (p *placer) read(res result.Result, out string, f *frame.Frame) {
	p.close()
	ctx, cancel := context.WithCancel(context.Background())
	p.ctx, p.cancel = ctx, cancel
	p.busy = make(chan struct{}, 1)
	grid := p.shell.image.Grid()
	go func() {
		m, err := source.Open(ctx, runner.Labels(out))
		var labels *places.Map
		if err == nil {
			labels, err = places.Read(ctx, m.Reader(), res.Classes)
			_ = m.Close() // after reading, where nothing can be lost
		}
		p.shell.ui(func() {
			if ctx.Err() != nil || err != nil {
				return // showOverlay says what is wrong with the labels
			}
			p.scene = &places.Scene{Result: res, Map: labels, Grid: grid, Frame: f}
			p.busy <- struct{}{}
			p.shell.results.objects.look()
			if later := p.later; later != nil {
				p.later = nil
				p.ask(later)
			}
		})
	}()
}

// close forgets the places.
func (p *placer) close() {
	if p.cancel != nil {
		p.cancel()
	}
	p.scene, p.cancel, p.later = nil, nil, nil
}

// ask looks for something in the background and shows it, unless something else was asked for meanwhile.
func (p *placer) ask(find func(context.Context, *places.Scene) func()) {
	if p.scene == nil {
		p.later = find
		return
	}
	if p.stop != nil {
		p.stop()
	}
	scene, busy := p.scene, p.busy
	ctx, cancel := context.WithCancel(p.ctx)
	p.stop = cancel
	go func() {
		select {
		case <-busy:
		case <-ctx.Done():
			return
		}
		show := find(ctx, scene)
		busy <- struct{}{}
		p.shell.ui(func() {
			if ctx.Err() == nil {
				show()
			}
		})
	}()
}

// bring brings the view to the place of a measurement.
func (p *placer) bring(m result.Measurement) {
	p.ask(func(ctx context.Context, s *places.Scene) func() {
		place, ok := s.Of(ctx, m)
		return func() {
			if !ok {
				p.shell.status.say("this is of the whole image")
				return
			}
			p.shell.goTo(place)
		}
	})
}

// goTo brings the view to a place.
func (s *Shell) goTo(p places.Place) {
	switch {
	case s.volume != nil:
		s.volume.Bring([3]int{int(p.At[0] + 0.5), int(p.At[1] + 0.5), int(p.At[2] + 0.5)}, p.Radius)
	case s.slide != nil:
		v, scale := s.slide.View(), 0.0
		if p.Radius > 0 {
			scale = max(v.Scale, min(float64(min(v.Screen[0], v.Screen[1]))/(6*p.Radius), 4))
			scale = min(scale, float64(min(v.Screen[0], v.Screen[1]))/(2.5*p.Radius))
		}
		s.slide.Show(p.At[0]+0.5, p.At[1]+0.5, scale)
	}
	s.status.say(fmt.Sprintf("here: %s, at %s", p.Text, s.image.PlaceText(p.At[0], p.At[1], p.At[2])))
}
