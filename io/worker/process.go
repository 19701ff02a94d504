package worker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"sync"
	"syscall"
	"time"

	"explant/io/imagefile"
)

// Times that are given to a worker.
const (
	startTime  = 20 * time.Second       // to start, all libraries loaded, on a busy machine
	cancelTime = 300 * time.Millisecond // to obey before it is killed
)

// maxSlots is the most pieces of shared memory of one worker.
const maxSlots = 16

// process is the parent's side of one worker.
type process struct {
	cmd    *exec.Cmd
	in     *os.File
	memory int64
	slots  []*slot
	free   *freeSlots
	stderr opening

	mu      sync.Mutex // guards all below, and in
	next    int
	waiting map[int]chan answer
	killed  string // why this side killed it

	dead chan struct{} // closed when the process has ended
	end  error         // how; valid once dead is closed
}

// start runs the program again as a worker and waits until it is ready.
func start(ctx context.Context, memory int64) (*process, error) {
	p := &process{memory: memory, waiting: map[int]chan answer{}, dead: make(chan struct{})}
	ready := make(chan answer, 1)
	p.waiting[0] = ready
	if err := p.launch(); err != nil {
		return nil, fmt.Errorf("start a reading worker: %w", err)
	}
	timer := time.NewTimer(startTime)
	defer timer.Stop()
	select {
	case <-ready:
		return p, nil
	case <-p.dead:
		return nil, fmt.Errorf("start a reading worker: %w", p.end)
	case <-ctx.Done():
		p.kill(cancelled)
		return nil, ctx.Err()
	case <-timer.C:
		p.kill("it did not start")
		return nil, fmt.Errorf("a reading worker did not start within %v", startTime)
	}
}

func (p *process) launch() error {
	requests, in, err := os.Pipe()
	if err != nil {
		return err
	}
	defer requests.Close()
	out, answers, err := os.Pipe()
	if err != nil {
		in.Close()
		return err
	}
	defer answers.Close()
	p.in = in
	n := min(2*runtime.GOMAXPROCS(0), maxSlots) // one is copied from while the next is written to
	files, lines := []*os.File{requests, answers}, []*os.File{}
	defer func() {
		for _, f := range lines {
			f.Close()
		}
	}()
	for range n {
		s, line, err := newSlot()
		if err != nil {
			p.discard(out)
			return err
		}
		p.slots, files, lines = append(p.slots, s), append(files, s.f), append(lines, line)
	}
	p.free = newFreeSlots(n)
	files = append(files, lines...)
	p.cmd = exec.Command("/proc/self/exe", "read-worker") // also when the file has been replaced since
	p.cmd.Args[0] = os.Args[0]
	p.cmd.ExtraFiles = files
	p.cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d:%d", variable, n, p.memory), "GOTRACEBACK=none")
	p.cmd.Stderr = &p.stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := startLocked(p.cmd); err != nil {
		p.discard(out)
		return err
	}
	go p.listen(out)
	return nil
}

func (p *process) discard(out *os.File) {
	out.Close()
	p.in.Close()
	for _, s := range p.slots {
		s.close()
	}
}

// starts carries commands to the one thread that starts them. The parent-death signal belongs to the
// thread that started the child, so that this thread must live as long as the program.
var starts = sync.OnceValue(func() chan func() {
	c := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range c {
			f()
		}
	}()
	return c
})

func startLocked(cmd *exec.Cmd) (err error) {
	done := make(chan struct{})
	starts() <- func() { err = cmd.Start(); close(done) }
	<-done
	return err
}

// listen hands answers to those who wait, until the worker ends.
func (p *process) listen(out *os.File) {
	for {
		var a answer
		if receive(out, &a) != nil {
			break
		}
		p.mu.Lock()
		c := p.waiting[a.ID]
		delete(p.waiting, a.ID)
		p.mu.Unlock()
		if c != nil {
			c <- a
		}
	}
	p.kill(endedItself)
	p.end = p.reason(p.cmd.Wait())
	out.Close()
	p.in.Close()
	close(p.dead)
	for range p.slots { // copies under way finish first
		<-p.free.tokens
		p.slots[p.free.pop()].close()
	}
}

// Reasons why a worker is no more.
const (
	endedItself = "the reading worker ended"
	cancelled   = "the reading was cancelled" // it did not obey in time
)

// reason says in a few words how a worker ended.
func (p *process) reason(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := p.stderr.String()
	switch {
	case memoryEnded.MatchString(text):
		return fmt.Errorf("it needs more than the %d MiB of memory that a file may use", p.memory>>20)
	case err == nil, p.killed != endedItself:
		return errors.New(p.killed)
	}
	signal := signalName.FindString(text)
	if signal == "" {
		signal = err.Error()
	}
	if p.peak() > p.memory/2 { // at the limit a runtime may also fall over what it did not get
		return fmt.Errorf("the reading worker crashed (%s), probably because it needs more than the %d MiB of memory that a file may use", signal, p.memory>>20)
	}
	return fmt.Errorf("the reading worker crashed (%s)", signal)
}

// peak is the largest resident memory that the ended worker had, in bytes; 0 where it is not known.
func (p *process) peak() int64 {
	if u, ok := p.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		return u.Maxrss << 10
	}
	return 0
}

// What a runtime says at its end: of memory that it did not get, for a heap or for the stack of a
// thread, and of a signal in C code, which it turns into an exit.
var (
	memoryEnded = regexp.MustCompile(`out of memory|annot allocate memory|bad_alloc|ailed to allocate|pthread_create failed`)
	signalName  = regexp.MustCompile(`\bSIG[A-Z]+\b`)
)

func (p *process) kill(why string) {
	p.mu.Lock()
	if p.killed == "" {
		p.killed = why
	}
	p.mu.Unlock()
	_ = p.cmd.Process.Kill() // it may have ended already
}

func (p *process) alive() bool {
	select {
	case <-p.dead:
		return false
	default:
		return true
	}
}

// call sends a request and waits for its answer, for at most limit.
func (p *process) call(ctx context.Context, q request, limit time.Duration) (answer, error) {
	c := make(chan answer, 1)
	p.mu.Lock()
	p.next++
	q.ID = p.next
	p.waiting[q.ID] = c
	err := send(p.in, q)
	p.mu.Unlock()
	if err != nil {
		<-p.dead
		return answer{}, p.end
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case a := <-c:
		return a, asError(a.Error)
	case <-p.dead:
		return answer{}, p.end
	case <-timer.C:
		p.kill(fmt.Sprintf("it took longer than %v", limit))
		<-p.dead
		return answer{}, p.end
	case <-ctx.Done():
		p.abandon(q.ID, c)
		return answer{}, ctx.Err()
	}
}

// read has the worker decode a window into a slot, which the caller holds, within limit.
func (p *process) read(ctx context.Context, w imagefile.Window, slot, size int, limit time.Duration) error {
	p.mu.Lock()
	p.next++
	id := p.next
	p.mu.Unlock()
	line := p.slots[slot].line
	if writeLine(line, toLine(request{ID: id, Window: w, Slot: slot, Bytes: size})) != nil {
		<-p.dead
		return p.end
	}
	timer := time.AfterFunc(limit, func() { p.kill(fmt.Sprintf("it took longer than %v", limit)) })
	defer timer.Stop()
	answered := make(chan answer)
	stop := context.AfterFunc(ctx, func() { p.abandon(id, answered) })
	text, err := hearLine(line)
	close(answered)
	stop()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, errLine) {
		p.kill("it gave " + err.Error())
	}
	if err != nil {
		<-p.dead
		return p.end
	}
	return asError(text)
}

func asError(text string) error {
	if text == "" {
		return nil
	}
	return errors.New(text)
}

// abandon asks the worker to stop, and kills it when it does not.
func (p *process) abandon(id int, c chan answer) {
	p.mu.Lock()
	err := send(p.in, request{Op: opCancel, Slot: id})
	p.mu.Unlock()
	timer := time.NewTimer(cancelTime)
	defer timer.Stop()
	if err == nil {
		select {
		case <-c:
			return
		case <-p.dead:
			return
		case <-timer.C:
		}
	}
	p.kill(cancelled)
	<-p.dead
}

// opening keeps the first bytes that a worker wrote to its standard error, where a runtime says what
// went wrong.
type opening struct {
	mu sync.Mutex
	b  []byte
}

func (o *opening) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.b = append(o.b, b[:min(len(b), 4096-len(o.b))]...)
	return len(b), nil
}

func (o *opening) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.b)
}
