package worker

import "sync"

// freeSlots are the slots that nobody uses. The one that was given back last is taken first: its memory is
// still in the caches of the processors.
type freeSlots struct {
	tokens chan struct{} // one for each slot in the stack
	mu     sync.Mutex
	stack  []int
}

func newFreeSlots(n int) *freeSlots {
	f := &freeSlots{tokens: make(chan struct{}, n)}
	for i := n - 1; i >= 0; i-- {
		f.put(i)
	}
	return f
}

// pop takes a slot; the caller has received a token.
func (f *freeSlots) pop() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.stack[len(f.stack)-1]
	f.stack = f.stack[:len(f.stack)-1]
	return n
}

func (f *freeSlots) put(n int) {
	f.mu.Lock()
	f.stack = append(f.stack, n)
	f.mu.Unlock()
	f.tokens <- struct{}{}
}
