package cli

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"explant/volume/parallel"
)

// refresh is how often a watched job speaks: ten times a second.
const refresh = 100 * time.Millisecond

// printer is a Progress that is told when the job is over.
type printer interface {
	parallel.Progress
	Close()
}

// newPrinter chooses how progress is shown: JSON lines on out, a bar on a terminal, or nothing.
func newPrinter(asJSON bool, out, errOut io.Writer) printer {
	switch {
	case asJSON:
		return &jsonProgress{enc: json.NewEncoder(out)}
	case isTerminal(errOut):
		return &barProgress{w: errOut}
	}
	return silent{}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

type silent struct{ parallel.Discard }

func (silent) Close() {}

// barProgress draws one bar a stage, with rate and time left, each in the place of the one before.
type barProgress struct {
	mu  sync.Mutex
	w   io.Writer
	bar *progressbar.ProgressBar
}

func (p *barProgress) Stage(name string, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finish()
	if total <= 0 {
		total = -1 // progressbar's word for an unknown length: a spinner
	}
	p.bar = progressbar.NewOptions(total,
		progressbar.OptionSetWriter(p.w),
		progressbar.OptionSetDescription(pad(name, 28)),
		progressbar.OptionSetWidth(24),
		progressbar.OptionThrottle(refresh),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetSpinnerChangeInterval(0), // no goroutine of its own: a finished stage must not draw
	)
}

func (p *barProgress) Add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Add(n) // a bar that cannot be drawn must not end the job
	}
}

// Close removes the last bar, so that what follows begins on an empty line.
func (p *barProgress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finish()
}

func (p *barProgress) finish() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
	p.bar = nil
}

func pad(s string, n int) string {
	for len(s) < n {
		s += " "
	}
	return s
}

// jsonProgress writes one JSON object a line: {"event":"stage",…} and {"event":"progress",…}.
type jsonProgress struct {
	mu          sync.Mutex
	enc         *json.Encoder
	stage       string
	done, total int
	start, last time.Time
}

type progressLine struct {
	Event    string   `json:"event"`
	Stage    string   `json:"stage"`
	Done     int      `json:"done"`
	Total    int      `json:"total"` // 0 when unknown
	PerS     *float64 `json:"per_s,omitempty"`
	TimeLeft *float64 `json:"time_left_s,omitempty"`
}

func (p *jsonProgress) Stage(name string, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage, p.done, p.total = name, 0, total
	p.start = time.Now()
	p.last = p.start
	_ = p.enc.Encode(progressLine{Event: "stage", Stage: name, Total: total})
}

func (p *jsonProgress) Add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	now := time.Now()
	if now.Sub(p.last) < refresh && p.done != p.total {
		return
	}
	p.last = now
	line := progressLine{Event: "progress", Stage: p.stage, Done: p.done, Total: p.total}
	if s := now.Sub(p.start).Seconds(); s > 0 && p.done > 0 {
		rate := float64(p.done) / s
		line.PerS = &rate
		if p.total >= p.done {
			left := float64(p.total-p.done) / rate
			line.TimeLeft = &left
		}
	}
	_ = p.enc.Encode(line)
}

func (p *jsonProgress) Close() {}
