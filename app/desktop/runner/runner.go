// Package runner runs protocols for the window: the same jobs as the command line's, through the same
// app/pipeline, one after the other, off the UI thread. It knows no window.
package runner

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"explant/analysis/result"
	"explant/app/pipeline"
)

// Stand is how far a task is.
type Stand string

// The stands of a task.
const (
	Waiting   Stand = "waiting"
	Running   Stand = "running"
	Done      Stand = "done"
	Failed    Stand = "failed"
	Cancelled Stand = "cancelled"
)

// Over reports a task to which nothing more happens.
func (s Stand) Over() bool { return s == Done || s == Failed || s == Cancelled }

// Task is an order in the queue, as it stood when it was told.
type Task struct {
	ID     int // rising from 1
	Order  Order
	Stand  Stand
	State  State         // while it runs
	Result result.Result // when it is done
	Err    error         // when it failed
}

// task is a Task with what runs it; job and limits do not change.
type task struct {
	Task
	job    pipeline.Job
	limits pipeline.Limits
	cancel context.CancelFunc // nil while it waits, and when it is over
}

// Runner runs the tasks of its queue, one at a time.
type Runner struct {
	tell  func(Task) // of every change, at most ten times a second while a task runs, from any goroutine
	mu    sync.Mutex
	all   []*task
	busy  bool
	ended bool
	done  sync.WaitGroup
}

// New returns a runner that tells how its tasks go.
func New(tell func(Task)) *Runner { return &Runner{tell: tell} }

// Start puts an order behind those that wait. What is wrong with it is an error at once; what happens later
// is told.
func (r *Runner) Start(o Order, l pipeline.Limits) (Task, error) {
	job, err := o.Job()
	if err != nil {
		return Task{}, err
	}
	if l, err = o.limits(l); err != nil {
		return Task{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return Task{}, errors.New("the program is closing")
	}
	t := &task{Task: Task{ID: len(r.all) + 1, Order: o, Stand: Waiting}, job: job, limits: l}
	r.all = append(r.all, t)
	if !r.busy {
		r.busy = true
		r.done.Go(r.work)
	}
	return t.Task, nil
}

// work runs what waits, until nothing does.
func (r *Runner) work() {
	for {
		t, ctx := r.next()
		if t == nil {
			return
		}
		p := newProgress(func(s State) { r.change(t, func() { t.State = s }) })
		res, err := pipeline.Analyze(ctx, t.job, t.limits, p)
		r.change(t, func() {
			t.cancel()
			t.cancel = nil
			switch {
			case errors.Is(err, context.Canceled):
				t.Stand = Cancelled
			case err != nil:
				t.Stand, t.Err = Failed, err
			default:
				t.Stand, t.Result = Done, res
			}
		})
	}
}

// next takes the task that waits longest; nil when none does.
func (r *Runner) next() (*task, context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.all {
		if t.Stand == Waiting {
			ctx, cancel := context.WithCancel(context.Background())
			t.Stand, t.cancel = Running, cancel
			return t, ctx
		}
	}
	r.busy = false
	return nil, nil
}

// change alters a task and tells it.
func (r *Runner) change(t *task, do func()) {
	r.mu.Lock()
	do()
	told := t.Task
	r.mu.Unlock()
	r.tell(told)
}

// Cancel stops a task, and takes one that waits out of the queue. What it wrote is taken away. It does not
// wait.
func (r *Runner) Cancel(id int) {
	r.mu.Lock()
	var told []Task
	for _, t := range r.all {
		switch {
		case t.ID != id:
		case t.Stand == Waiting:
			t.Stand = Cancelled
			told = append(told, t.Task)
		case t.cancel != nil:
			t.cancel()
		}
	}
	r.mu.Unlock()
	for _, t := range told {
		r.tell(t)
	}
}

// Tasks are all that were started, the oldest first.
func (r *Runner) Tasks() []Task {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Task, len(r.all))
	for i, t := range r.all {
		all[i] = t.Task
	}
	return all
}

// Close stops everything and waits for its end.
func (r *Runner) Close() {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	for _, t := range r.Tasks() {
		r.Cancel(t.ID)
	}
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
