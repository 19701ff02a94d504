package pipeline

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"explant/io/imagefile"
	"explant/io/open"
	"explant/volume"
	"explant/volume/parallel"
)

// phantomOf makes an oxygenator phantom of n voxels along each side.
func phantomOf(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := MakePhantom(t.Context(), "oxygenator", dir, PhantomOptions{Size: n, Seed: 3}, Limits{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "volume.nrrd")
}

// tight is the smallest cap under which a job is done, and the plan of it.
func tight(t *testing.T, job Job) (Limits, Plan) {
	t.Helper()
	r, err := open.Path(t.Context(), job.Input, open.Options{})
	if err != nil {
		t.Fatal(err)
	}
	info := r.Info()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	w := needOf(job, info, 2)
	l := Limits{Workers: 2, Memory: w.rest + 1}
	p, err := planned(t.Context(), job, info, l)
	if err != nil {
		t.Fatal(err)
	}
	return l, p
}

// equalRuns compares the files of two runs that must be the same bytes.
func equalRuns(t *testing.T, what, a, b string) {
	t.Helper()
	for _, name := range []string{ResultFile, TableFile, VolumeLabels} {
		one, err := os.ReadFile(filepath.Join(a, name))
		if err != nil {
			t.Fatal(err)
		}
		two, err := os.ReadFile(filepath.Join(b, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one, two) {
			t.Errorf("%s: %s differs", what, name)
		}
	}
}

func TestStreamingChangesNothing(t *testing.T) {
	n := 72
	if os.Getenv("EXPLANT_SOAK") != "" {
		n = 320
	}
	input := phantomOf(t, n)
	for _, name := range []string{"ct-panel", "volume-threshold"} {
		job := Job{Input: input, Protocol: rules(t, name), Axis: "z", Out: t.TempDir(), Views: -1}
		if _, err := Analyze(t.Context(), job, Limits{Workers: 2}, parallel.Discard{}); err != nil {
			t.Fatal(err)
		}
		whole := job.Out
		job.Out = t.TempDir()
		l, p := tight(t, job)
		if !p.Streams || p.Disk < 3*int64(n*n*n) || p.Scratch != job.Out {
			t.Fatalf("%s: %+v", name, p)
		}
		var told Plan
		l.Tell = func(p Plan) { told = p }
		_, err := Analyze(t.Context(), job, l, parallel.Discard{})
		if errors.Is(err, volume.ErrScratch) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if told != p {
			t.Errorf("%s: told %v, not %v", name, told, p)
		}
		equalRuns(t, name, whole, job.Out)
		if left := names(t, job.Out); len(left) != len(names(t, whole)) {
			t.Errorf("%s: %v", name, left)
		}
	}
}

func TestWhatCannotStreamIsRefused(t *testing.T) {
	input := phantomOf(t, 48)
	for name, l := range map[string]Limits{
		"ct-panel":      {Workers: 2, Memory: 1 << 20},
		"oxygenator-ct": {Workers: 2, Memory: 100 << 20},
	} {
		job := Job{Input: input, Protocol: rules(t, name), Axis: "z", Out: t.TempDir()}
		if _, err := Analyze(t.Context(), job, l, parallel.Discard{}); !errors.Is(err, ErrMemory) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A reference and a zone map are held in memory, and counted.
func TestPlansCountWhatLiesBesideTheScan(t *testing.T) {
	made, err := MakePhantom(t.Context(), "sphere", t.TempDir(), PhantomOptions{Size: 64, Seed: 1}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	job := Job{Input: made.Image, Protocol: rules(t, "ct-panel")}
	info, ok := infoOf(t.Context(), made.Image)
	if !ok {
		t.Fatal("no info")
	}
	resident := func(j Job) int64 {
		p, err := planned(t.Context(), j, info, Limits{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		return p.Resident
	}
	alone := resident(job)
	job.Reference = made.Image
	if more := resident(job) - alone; more < 3*64*64*64 || more > 5*64*64*64 {
		t.Errorf("%d bytes for a reference", more)
	}
	job.Reference, job.Zones = "", filepath.Join(filepath.Dir(made.Image), "truth.nrrd")
	if more := resident(job) - alone; more != 64*64*64 {
		t.Errorf("%d bytes for a zone map", more)
	}
}

func TestScratchNeedsRoomOnTheDisk(t *testing.T) {
	job := Job{Input: "scan", Protocol: rules(t, "ct-panel"), Out: filepath.Join(t.TempDir(), "not", "there")}
	info := imagefile.Info{Type: imagefile.Uint16, Channels: 1, Grid: volume.Grid{N: [3]int{1 << 14, 1 << 14, 1 << 16}}}
	p, err := planned(t.Context(), job, info, Limits{Workers: 1, Memory: 16 << 40})
	if !errors.Is(err, ErrDisk) || p.Disk < 3<<44 {
		t.Errorf("%v, %v", p, err)
	}
	if p, err = planned(t.Context(), job, info, Limits{}); err != nil || p.Streams {
		t.Errorf("without a cap: %v, %v", p, err)
	}
}
