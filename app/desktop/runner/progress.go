package runner

import (
	"sync"
	"time"
)

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
	p.state.Running = true
	return p
}

// Stage begins a stage.
func (p *progress) Stage(name string, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage = p.now()
	p.state = State{Running: true, Stage: name, Total: total}
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

// end tells that nothing runs any more.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Running = false
	p.speak()
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
