package runner

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/app/cli"
	"explant/app/pipeline"
	"explant/volume/parallel"
)

// phantomOf names a phantom that each protocol can measure, and its size.
var phantomOf = map[string]struct {
	kind string
	size int
}{
	"ct-panel": {"oxygenator", 64}, "volume-threshold": {"oxygenator", 64}, "oxygenator-ct": {"oxygenator", 96}, "connector-ct": {"connector", 128},
	"slide-he": {"he", 256}, "slide-msb": {"msb", 256}, "slide-carstairs": {"carstairs", 256}, "slide-psr": {"psr", 256}, "slide-dab": {"dab", 256},
	"if-net": {"if", 384}, "if-markers": {"if", 384},
}

func phantom(t *testing.T, kind string, size int) string {
	t.Helper()
	made, err := pipeline.MakePhantom(t.Context(), kind, t.TempDir(), pipeline.PhantomOptions{Size: size, Seed: 3}, pipeline.Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	return made.Image
}

// run runs an order to its end.
func run(t *testing.T, r *Runner, o Order) (res result.Result, err error) {
	t.Helper()
	done := make(chan struct{})
	start := r.Start(o, pipeline.Limits{}, func(got result.Result, ended error) { res, err = got, ended; close(done) })
	if start != nil {
		t.Fatal(start)
	}
	<-done
	return res, err
}

// TestSameBytesAsTheCommandLine runs each built-in protocol from both.
func TestSameBytesAsTheCommandLine(t *testing.T) {
	for _, name := range protocol.Builtin() {
		t.Run(name, func(t *testing.T) {
			made, ok := phantomOf[name]
			if !ok {
				t.Fatalf("no phantom is named for protocol %s", name)
			}
			image := phantom(t, made.kind, made.size)
			ours, theirs := t.TempDir(), t.TempDir()
			res, err := run(t, New(func(State) {}), Order{Image: image, Out: ours, Protocol: name, Views: -1})
			var text bytes.Buffer
			code := cli.Main(context.Background(), []string{"analyze", image, "--protocol", name, "--out", theirs, "--views", "0"}, io.Discard, &text)
			if (err == nil) != (code == 0) {
				t.Fatalf("the window's run: %v; the command line's: %d %s", err, code, text.String())
			}
			if err != nil {
				t.Fatalf("the phantom cannot be measured: %v", err)
			}
			labels := pipeline.VolumeLabels
			if res.Image.Size[2] == 1 {
				labels = pipeline.SlideLabels
			}
			for _, file := range []string{pipeline.ResultFile, pipeline.TableFile, labels} {
				a, errA := os.ReadFile(filepath.Join(ours, file))
				b, errB := os.ReadFile(filepath.Join(theirs, file))
				if errA != nil || errB != nil || len(a) == 0 || !bytes.Equal(a, b) {
					t.Errorf("%s: %d and %d bytes, %v %v", file, len(a), len(b), errA, errB)
				}
			}
			if rows := Rows(res); len(rows) < len(res.Measurements) || rows[0].Value == "" {
				t.Errorf("%d rows of %d measurements", len(rows), len(res.Measurements))
			}
		})
	}
}

func TestCancelledRunLeavesNothing(t *testing.T) {
	image, out := phantom(t, "oxygenator", 96), t.TempDir()
	var r *Runner
	var once sync.Once
	r = New(func(s State) {
		if s.Stage != "" {
			once.Do(func() { r.Cancel() })
		}
	})
	began := time.Now()
	if _, err := run(t, r, Order{Image: image, Out: out, Protocol: "oxygenator-ct"}); !errors.Is(err, context.Canceled) {
		t.Errorf("the run ended with %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the run ended %v after it was cancelled", took)
	}
	if left, _ := os.ReadDir(out); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestStartRefuses(t *testing.T) {
	r := New(func(State) {})
	if err := r.Start(Order{Protocol: "none-such"}, pipeline.Limits{}, nil); err == nil {
		t.Error("an unknown protocol was taken")
	}
	image := phantom(t, "dab", 128)
	done := make(chan struct{})
	o := Order{Image: image, Out: t.TempDir(), Protocol: "slide-dab"}
	if err := r.Start(o, pipeline.Limits{}, func(result.Result, error) { <-done }); err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	busy := r.cancel != nil
	r.mu.Unlock()
	if err := r.Start(o, pipeline.Limits{}, nil); busy && !errors.Is(err, ErrBusy) {
		t.Errorf("a second run: %v", err)
	}
	close(done)
	r.Close()
}

func TestProgressTellsRateAndTimeLeft(t *testing.T) {
	var last State
	p := newProgress(func(s State) { last = s })
	at := time.Now()
	p.now = func() time.Time { return at }
	p.began = at
	p.Stage("segment", 100)
	at = at.Add(2 * time.Second)
	p.Add(20)
	if last.PerS != 10 || last.Left != 8*time.Second || last.Share() != 0.2 || last.Elapsed != 2*time.Second {
		t.Errorf("%+v", last)
	}
	if got := last.String(); got != "segment   20 / 100   10 per s   8s left   (2s)" {
		t.Errorf("%q", got)
	}
	p.Stage("write", 0)
	if last.Share() != -1 || last.Left != 0 {
		t.Errorf("%+v", last)
	}
}
