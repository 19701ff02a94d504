// Package runner runs protocols for the window: the same jobs as the command line's, through the same
// app/pipeline, off the UI thread. It knows no window.
package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/app/pipeline"
)

// Order is what a person asks for: an image, rules, and what is typed in beside them.
type Order struct {
	Image    string
	Out      string     // the folder for the results
	Protocol string     // a built-in name, or a .yaml file
	Sets     []string   // "segment.threshold=90", over the rules
	Spacing  [3]float64 // mm, typed in; 0 where the header is believed
	Axis     string     // flow axis; "" is the command line's default, z
	Sample   string
	Views    int // 3D views in the report of a volume; 0 is the default, less than 0 none
}

// Job is the order as the pipeline takes it: what the command line makes of the same words.
func (o Order) Job() (pipeline.Job, error) {
	p, err := protocol.Resolve(o.Protocol, os.ReadFile, o.Sets)
	if err != nil {
		return pipeline.Job{}, err
	}
	if o.Axis == "" {
		o.Axis = "z"
	}
	job := pipeline.Job{Input: o.Image, Out: o.Out, Protocol: p, Spacing: o.Spacing, Axis: o.Axis, Sample: o.Sample, Views: o.Views}
	return job, job.Check()
}

// State is how far a run is.
type State struct {
	Running bool
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

// Runner runs one job at a time.
type Runner struct {
	tell   func(State) // at most ten times a second, from any goroutine
	mu     sync.Mutex
	cancel context.CancelFunc // nil while nothing runs
	done   sync.WaitGroup
}

// New returns a runner that tells its progress.
func New(tell func(State)) *Runner { return &Runner{tell: tell} }

// ErrBusy is returned while another run goes on.
var ErrBusy = errors.New("another run goes on: wait for it, or cancel it")

// Start runs a job in the background; finished is called from its goroutine when it has ended.
func (r *Runner) Start(o Order, l pipeline.Limits, finished func(result.Result, error)) error {
	job, err := o.Job()
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel != nil {
		return ErrBusy
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	p := newProgress(r.tell)
	r.done.Go(func() {
		res, err := pipeline.Analyze(ctx, job, l, p)
		cancel()
		p.end()
		r.mu.Lock()
		r.cancel = nil
		r.mu.Unlock()
		finished(res, err)
	})
	return nil
}

// Cancel stops the run; what it wrote is taken away. It does not wait.
func (r *Runner) Cancel() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel != nil {
		r.cancel()
	}
}

// Close stops the run and waits for its end.
func (r *Runner) Close() {
	r.Cancel()
	r.done.Wait()
}

// Results is the folder for the results of an image: the one beside it when that holds some or can be
// made, else one in data.
func Results(image, data string) string {
	name := strings.NewReplacer(":/", "-", "/", "-").Replace(pipeline.ImageName(image)) + ".explant"
	folder := filepath.Dir(filepath.Clean(image))
	beside := filepath.Join(folder, name)
	if _, err := os.Stat(filepath.Join(beside, pipeline.ResultFile)); err == nil || unix.Access(folder, unix.W_OK) == nil {
		return beside
	}
	return filepath.Join(data, "results", name)
}
