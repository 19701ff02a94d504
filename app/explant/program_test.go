package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// program is the built command line; phantoms is a folder with small phantoms made by it.
var program, phantoms string

func TestMain(m *testing.M) {
	code, err := withProgram(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withProgram(run func() int) (int, error) {
	dir, err := os.MkdirTemp("", "explant-test-")
	if err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program, phantoms = filepath.Join(dir, "explant"), filepath.Join(dir, "phantoms")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build: %w\n%s", err, out)
	}
	for _, p := range inputs {
		out, err := exec.Command(program, "phantom", p.kind, "--size", p.size, "--out", filepath.Join(phantoms, p.kind)).CombinedOutput()
		if err != nil {
			return 1, fmt.Errorf("phantom %s: %w\n%s", p.kind, err, out)
		}
	}
	return run(), nil
}

// inputs are the phantoms that the tests of the built program measure.
var inputs = []struct{ kind, size, image string }{
	{"oxygenator", "96", "volume.nrrd"},
	{"connector", "128", "volume.nrrd"},
	{"dab", "700", "slide.png"},
	{"psr", "700", "slide.png"},
	{"he", "700", "slide.png"},
	{"msb", "700", "slide.png"},
	{"carstairs", "700", "slide.png"},
	{"ptah", "500", "slide.png"},
}

// runs are the protocols and the phantoms they are tried on.
var runs = []struct{ protocol, kind string }{
	{"oxygenator-ct", "oxygenator"}, {"ct-panel", "oxygenator"}, {"volume-threshold", "oxygenator"}, {"connector-ct", "connector"},
	{"slide-dab", "dab"}, {"slide-psr", "psr"}, {"slide-he", "he"}, {"slide-msb", "msb"}, {"slide-carstairs", "carstairs"}, {"slide-ptah", "ptah"},
}

// same are the files whose bytes do not depend on threads, paths or time.
var same = []string{"result.json", "measurements.csv", "labels.nrrd", "labels.ome.tif", "report.html"}

func image(kind string) string {
	for _, p := range inputs {
		if p.kind == kind {
			return filepath.Join(phantoms, kind, p.image)
		}
	}
	panic("no phantom " + kind)
}

func analyze(ctx context.Context, kind, protocol, out string, more ...string) *exec.Cmd {
	args := append([]string{"analyze", image(kind), "--protocol", protocol, "--out", out}, more...)
	return exec.CommandContext(ctx, program, args...)
}

func mustAnalyze(t *testing.T, kind, protocol, out string, more ...string) {
	t.Helper()
	if text, err := analyze(t.Context(), kind, protocol, out, more...).CombinedOutput(); err != nil {
		t.Fatalf("analyze %s by %s: %v\n%s", kind, protocol, err, text)
	}
}

// differing lists the files of a that are absent from b or hold other bytes there.
func differing(t *testing.T, a, b string) []string {
	t.Helper()
	var diff []string
	for _, name := range same {
		x, errX := os.ReadFile(filepath.Join(a, name))
		y, errY := os.ReadFile(filepath.Join(b, name))
		if errors.Is(errX, os.ErrNotExist) && errors.Is(errY, os.ErrNotExist) {
			continue
		}
		if errX != nil || errY != nil || !bytes.Equal(x, y) {
			diff = append(diff, name)
		}
	}
	return diff
}

func TestBytesDoNotDependOnThreadsOrPaths(t *testing.T) {
	for _, r := range runs {
		t.Run(r.protocol, func(t *testing.T) {
			first := filepath.Join(t.TempDir(), "threads-1")
			mustAnalyze(t, r.kind, r.protocol, first, "--threads", "1")
			if _, err := os.Stat(filepath.Join(first, "result.json")); err != nil {
				t.Fatal(err)
			}
			for _, threads := range []string{"2", "8"} {
				next := filepath.Join(t.TempDir(), "elsewhere", "threads-"+threads)
				mustAnalyze(t, r.kind, r.protocol, next, "--threads", threads)
				if diff := differing(t, first, next); diff != nil {
					t.Errorf("1 and %s threads differ in %v", threads, diff)
				}
			}
		})
	}
}

func TestInterruptEndsWithinASecondAndLeavesNothing(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	cmd := analyze(t.Context(), "oxygenator", "oxygenator-ct", out)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(700 * time.Millisecond)
	sent := time.Now()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	took := time.Since(sent)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 130 {
		t.Fatalf("ended with %v, want exit code 130; it said %q", err, said.String())
	}
	// A tenth more than the promise: the clock here includes the start of a process on a busy machine.
	if took > 1100*time.Millisecond {
		t.Errorf("took %v to stop", took)
	}
	entries, _ := os.ReadDir(out)
	for _, e := range entries {
		if e.Name()[0] != '.' {
			t.Errorf("left behind: %s", e.Name())
		}
	}
}
