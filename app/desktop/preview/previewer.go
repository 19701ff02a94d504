package preview

import (
	"context"
	"fmt"
	"sync"
	"time"

	"explant/app/pipeline"
	"explant/io/imagefile"
	"explant/volume/parallel"
)

// Wish is what to preview.
type Wish struct {
	Job    func() (pipeline.Job, error) // called off the UI thread: it may read files
	Image  imagefile.Reader
	Window imagefile.Window
	Step   int // pixels of the window along x and y that become one
	Limits pipeline.Limits
}

// Shown is a finished preview.
type Shown struct {
	pipeline.Preview
	Took time.Duration
}

// Text tells what a preview is of: "preview of 512 x 384 px at 1/4".
func (s Shown) Text(info imagefile.Info) string {
	n := s.Window.N()
	text := fmt.Sprintf("preview of %d x %d", n[0], n[1])
	if info.Grid.N[2] > 1 {
		text += fmt.Sprintf(" x %d voxels", n[2])
	} else {
		text += " px"
	}
	if by := info.Levels[s.Window.Level].Downsample * float64(s.Step); by > 1 {
		text += fmt.Sprintf(" at 1/%.3g", by)
	}
	return text
}

// Previewer makes previews in the background; a new wish cancels the one before it.
type Previewer struct {
	tell   func(Shown, error) // from another goroutine; not of what was cancelled
	mu     sync.Mutex
	cancel context.CancelFunc
	turn   chan struct{} // one preview at a time
	done   sync.WaitGroup
}

// New returns a previewer that tells what it made.
func New(tell func(Shown, error)) *Previewer {
	return &Previewer{tell: tell, turn: make(chan struct{}, 1)}
}

// Ask wants a preview in the place of the one under way.
func (p *Previewer) Ask(w Wish) {
	ctx, cancel := context.WithCancel(context.Background())
	p.mu.Lock()
	older := p.cancel
	p.cancel = cancel
	p.mu.Unlock()
	if older != nil {
		older()
	}
	p.done.Go(func() {
		defer cancel()
		select {
		case p.turn <- struct{}{}:
		case <-ctx.Done():
			return
		}
		defer func() { <-p.turn }()
		began := time.Now()
		job, err := w.Job()
		var made pipeline.Preview
		if err == nil {
			made, err = pipeline.PreviewPart(ctx, job, w.Image, w.Window, max(w.Step, 1), w.Limits, parallel.Discard{})
		}
		if ctx.Err() == nil {
			p.tell(Shown{made, time.Since(began)}, err)
		}
	})
}

// Cancel ends the preview under way, without waiting.
func (p *Previewer) Cancel() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cancel != nil {
		p.cancel()
	}
}

// Stop cancels and waits for the end: afterwards the image may be closed.
func (p *Previewer) Stop() {
	p.Cancel()
	p.done.Wait()
}
