package worker

import (
	"context"
	"runtime"
	"sync"
)

// idle are workers that wait for a file.
var idle struct {
	mu  sync.Mutex
	all []*process
}

// get gives a worker that serves nobody, a fresh one when none waits.
func get(ctx context.Context, memory int64) (*process, error) {
	idle.mu.Lock()
	for i := len(idle.all) - 1; i >= 0; i-- {
		p := idle.all[i]
		if p.memory != memory && p.alive() {
			continue
		}
		idle.all = append(idle.all[:i], idle.all[i+1:]...)
		if p.alive() {
			idle.mu.Unlock()
			return p, nil
		}
	}
	idle.mu.Unlock()
	return start(ctx, memory)
}

// put keeps a worker for the next file, or ends it when enough wait.
func put(p *process) {
	p.empty()
	idle.mu.Lock()
	keep := p.alive() && len(idle.all) < runtime.GOMAXPROCS(0)
	if keep {
		idle.all = append(idle.all, p)
	}
	idle.mu.Unlock()
	if !keep {
		p.stop()
	}
}

// stop ends a worker that serves nobody.
func (p *process) stop() {
	p.in.Close() // the worker ends with its requests
	<-p.dead
}

// keptBytes is the shared memory that a slot keeps from file to file: to fault pages in anew for every
// slice of a folder would cost as much as to decode it.
const keptBytes = 16 << 20

// empty gives the pages of large shared memory back to the system.
func (p *process) empty() {
	var taken []int
	defer func() {
		for _, n := range taken {
			p.free.put(n)
		}
	}()
	for range p.slots {
		select {
		case <-p.free.tokens:
			n := p.free.pop()
			if taken = append(taken, n); len(p.slots[n].data) > keptBytes {
				p.slots[n].empty()
			}
		case <-p.dead:
			return
		}
	}
}
