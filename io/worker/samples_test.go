package worker

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"explant/io/imagefile"
)

// maxResident is what a worker may hold at its worst, whatever the file.
const maxResident = 1 << 30

// samples are the TIFF files of a folder of the sample collection.
func samples(t *testing.T, folder string) (paths []string) {
	t.Helper()
	root := os.Getenv("EXPLANT_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	for _, ext := range []string{"*.tif", "*.tiff", "*.svs"} {
		more, _ := filepath.Glob(filepath.Join(root, folder, ext))
		paths = append(paths, more...)
	}
	if len(paths) == 0 {
		t.Skip("no sample data: set EXPLANT_SAMPLES")
	}
	return paths
}

// resident is the peak of the memory of a process in bytes.
func resident(t *testing.T, pid int) int64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		var kB int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kB); n == 1 {
			return kB << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}

// Every TIFF of the collection is opened and decoded by one worker that stays alive and below its memory;
// the damaged ones, which are small, within 5 s.
func TestSamplesStayWithinTheLimits(t *testing.T) {
	for _, folder := range []string{"malformed", "tiff_variants", "wsi", "microct", "sem"} {
		t.Run(folder, func(t *testing.T) {
			shutdown()
			for _, path := range samples(t, folder) {
				begin := time.Now()
				r, err := Open(t.Context(), TIFF, path, Limits{})
				if err == nil {
					_, err = r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
					if r.err != nil {
						t.Errorf("%s ended its worker: %v", filepath.Base(path), r.err)
					}
					r.Close()
				}
				if err != nil && folder != "malformed" && filepath.Base(path) != "multipage.tiff" {
					t.Error(err)
				}
				if took := time.Since(begin); folder == "malformed" && took > 5*time.Second {
					t.Errorf("%s took %v", filepath.Base(path), took)
				}
			}
			p, err := get(t.Context(), Limits{}.orDefault(0).Memory)
			if err != nil {
				t.Fatal(err)
			}
			if n := resident(t, p.cmd.Process.Pid); n > maxResident {
				t.Errorf("%d MiB resident", n>>20)
			} else {
				t.Logf("%d MiB resident", n>>20)
			}
			put(p)
		})
	}
}
