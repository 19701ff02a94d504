package runner

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// State is how far a run is.
type State struct {
	Stage   string
	Done    int
	Total   int           // 0 when nobody knows
	PerS    float64       // steps of the stage a second; 0 when too few are done
	Left    time.Duration // of the stage; 0 when nobody knows
	Elapsed time.Duration // of the run
}

// Share is the part of the stage that is done, 0 to 1; -1 when its length is not known.
func (s State) Share() float64 {
	if s.Total <= 0 {
		return -1
	}
	return min(float64(s.Done)/float64(s.Total), 1)
}

// String tells the state in one line: "segment  12 / 64   31 per s   2 s left   (4 s)".
func (s State) String() string {
	parts := []string{s.Stage}
	if s.Total > 0 {
		parts = append(parts, fmt.Sprintf("%d / %d", s.Done, s.Total))
	}
	if s.PerS > 0 {
		parts = append(parts, fmt.Sprintf("%.3g per s", s.PerS))
	}
	if s.Left > 0 {
		parts = append(parts, fmt.Sprintf("%v left", s.Left.Round(time.Second)))
	}
	return strings.Join(append(parts, fmt.Sprintf("(%v)", s.Elapsed.Round(time.Second))), "   ")
}

// refresh is how often a watched run speaks: ten times a second.
const refresh = 100 * time.Millisecond

// progress is a parallel.Progress that tells states.
type progress struct {
	tell  func(State)
	now   func() time.Time
	mu    sync.Mutex
	state State
	began time.Time // the run
	stage time.Time // its stage
	told  time.Time
}

func newProgress(tell func(State)) *progress {
	p := &progress{tell: tell, now: time.Now}
	p.began = p.now()
	return p
}

// Stage begins a stage.
func (p *progress) Stage(name string, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage = p.now()
	p.state = State{Stage: name, Total: total}
	p.speak()
}

// Add records finished steps.
func (p *progress) Add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Done += n
	if p.now().Sub(p.told) >= refresh || p.state.Done == p.state.Total {
		p.speak()
	}
}

// speak is called with the lock held.
func (p *progress) speak() {
	now := p.now()
	p.told = now
	s := &p.state
	s.Elapsed = now.Sub(p.began)
	if in := now.Sub(p.stage).Seconds(); in > 0.2 && s.Done > 0 {
		s.PerS = float64(s.Done) / in
		if s.Total > s.Done {
			s.Left = time.Duration(float64(s.Total-s.Done) / s.PerS * float64(time.Second))
		} else {
			s.Left = 0
		}
	}
	p.tell(*s)
}
