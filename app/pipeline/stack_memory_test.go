package pipeline

import (
	"errors"
	"path/filepath"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// A stack above the cap is refused before any section is measured, and otherwise tells what it will need.
func TestStackKeepsToItsMemory(t *testing.T) {
	dir := t.TempDir()
	if _, err := MakePhantom(t.Context(), "serial", dir, PhantomOptions{Size: 64, Seed: 1, Sections: 3}, Limits{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	job := Stacking{Inputs: []string{filepath.Join(dir, "sections")}, Out: filepath.Join(dir, "out"), Protocol: rules(t, "slide-msb"), Between: 0.005}
	if _, err := Stack(t.Context(), job, Limits{Memory: 64 << 20}, parallel.Discard{}); !errors.Is(err, ErrMemory) {
		t.Errorf("64 MiB: %v", err)
	}
	files, numbers, err := sectionFiles(job.Inputs)
	if err != nil {
		t.Fatal(err)
	}
	var told Plan
	r := stackRun{Stacking: job, limits: Limits{Tell: func(p Plan) { told = p }}, files: files, steps: stepsOf(len(files), numbers)}
	if err := r.plan(t.Context()); err != nil || told.Resident < idle {
		t.Errorf("told %v, %v", told, err)
	}
	few := stackNeed(volume.Grid{N: [3]int{50000, 40000, 1}}, 10, 10, 2)
	if many := stackNeed(volume.Grid{N: [3]int{50000, 40000, 1}}, 100, 100, 2); few < 600<<20 || many < few+90*20<<20 {
		t.Errorf("10 sections need %d bytes, 100 sections %d", few, many)
	}
}
