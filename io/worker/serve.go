package worker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"

	"golang.org/x/sys/unix"

	"explant/io/imagefile"
)

func init() { serveIfAsked() }

// serveIfAsked serves and exits in a process that was started as a worker, and returns in any other.
// Package init calls it.
func serveIfAsked() {
	if v := os.Getenv(variable); v != "" {
		os.Exit(serve(v))
	}
}

// Main is for the hidden command read-worker. A real worker never gets so far: package init serves.
func Main() error {
	return errors.New("read-worker is started by the program itself, not by hand")
}

// server is the worker's side.
type server struct {
	slots []*slot
	out   *os.File

	mu     sync.Mutex // guards all below, and out
	reader imagefile.Reader
	cancel map[int]context.CancelFunc
	early  map[int]bool // cancelled before they were heard of: a line and the pipe have no common order
}

// serve answers requests until the pipe ends, which it does when the parent ends.
func serve(setting string) int {
	var slots int
	var memory int64
	if _, err := fmt.Sscanf(setting, "%d:%d", &slots, &memory); err != nil || slots < 1 || slots > 64 {
		return 2
	}
	os.Unsetenv(variable)
	if err := restrain(memory); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s := &server{out: os.NewFile(answerFD, "answers"), cancel: map[int]context.CancelFunc{}, early: map[int]bool{}}
	for i := range slots {
		s.slots = append(s.slots, &slot{f: os.NewFile(uintptr(memoryFD+i), "pixels")})
	}
	for i := range slots {
		go s.listen(memoryFD + slots + i)
	}
	s.answer(answer{})
	in := os.NewFile(requestFD, "requests")
	for {
		var q request
		if err := receive(in, &q); err != nil {
			return 0 // the parent has gone
		}
		s.accept(q)
	}
}

// restrain limits what this process may do: memory beyond what it has already, no core files (they
// would hold a patient's pixels), no new privileges, no file grown.
func restrain(memory int64) error {
	debug.SetMemoryLimit(memory / 2)
	data, err := dataSize()
	if err != nil {
		return err
	}
	limit := data + uint64(memory)
	for _, l := range []struct {
		what  int
		value uint64
	}{{unix.RLIMIT_DATA, limit}, {unix.RLIMIT_CORE, 0}, {unix.RLIMIT_FSIZE, 0}} {
		if err := unix.Setrlimit(l.what, &unix.Rlimit{Cur: l.value, Max: l.value}); err != nil {
			return fmt.Errorf("limit the worker: %w", err)
		}
	}
	return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
}

// dataSize is the private writable memory of this process in bytes, as RLIMIT_DATA counts it.
func dataSize() (uint64, error) {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	var size, resident, shared, text, lib, data uint64
	if _, err := fmt.Sscan(string(b), &size, &resident, &shared, &text, &lib, &data); err != nil {
		return 0, fmt.Errorf("/proc/self/statm: %w", err)
	}
	return data * uint64(os.Getpagesize()), nil
}

func (s *server) answer(a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := send(s.out, a); err != nil {
		os.Exit(0) // the parent has gone
	}
}

// accept begins a request; open, read and close go on in the background.
func (s *server) accept(q request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.Op == opCancel {
		s.end(q.Slot)
		return
	}
	ctx := s.begin(q.ID)
	go func() {
		a := answer{ID: q.ID}
		info, err := s.do(ctx, q)
		if a.Info = info; err != nil {
			a.Error = err.Error()
		}
		s.finish(q.ID)
		s.answer(a)
	}()
}

// mostEarly bounds the requests that are remembered as cancelled: those that had ended already stay there.
const mostEarly = 1000

// end cancels a request.
func (s *server) end(id int) {
	if cancel := s.cancel[id]; cancel != nil {
		cancel()
		return
	}
	if len(s.early) >= mostEarly {
		clear(s.early)
	}
	s.early[id] = true
}

// begin gives a request the context with which it can be cancelled.
func (s *server) begin(id int) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel[id] = cancel
	if s.early[id] {
		delete(s.early, id)
		cancel()
	}
	return ctx
}

func (s *server) finish(id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancel[id]()
	delete(s.cancel, id)
}

// listen serves the requests of one line until the parent has gone.
func (s *server) listen(fd int) {
	b := make([]byte, 8*lineNumbers)
	for readLine(fd, b) == nil {
		q := fromLine(b)
		s.mu.Lock()
		ctx := s.begin(q.ID)
		s.mu.Unlock()
		_, err := s.do(ctx, q)
		s.finish(q.ID)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if tellLine(fd, text) != nil {
			return
		}
	}
}

func (s *server) do(ctx context.Context, q request) (*imagefile.Info, error) {
	s.mu.Lock()
	r := s.reader
	s.mu.Unlock()
	switch {
	case q.Op == opOpen && r == nil:
		return s.open(ctx, q.Decoder, q.Path)
	case q.Op == opRead && r != nil && q.Slot >= 0 && q.Slot < len(s.slots):
		m := s.slots[q.Slot]
		if q.Bytes < 0 {
			return nil, fmt.Errorf("%d bytes of memory", q.Bytes)
		}
		if err := m.remap(q.Bytes); err != nil {
			return nil, err
		}
		return nil, imagefile.ReadInto(ctx, r, q.Window, m.data[:q.Bytes])
	case q.Op == opClose && r != nil:
		s.mu.Lock()
		s.reader = nil
		s.mu.Unlock()
		return nil, r.Close()
	}
	return nil, fmt.Errorf("request %q out of order", q.Op)
}

func (s *server) open(ctx context.Context, d Decoder, path string) (*imagefile.Info, error) {
	r, err := opener(ctx, d, path)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.reader = r
	s.mu.Unlock()
	i := r.Info()
	return &i, nil
}

// opener opens a file in this process; tests replace it by something that crashes.
var opener = InProcess
