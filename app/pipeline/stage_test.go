package pipeline

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func put(text string) func(*os.File) error {
	return func(f *os.File) error { _, err := f.WriteString(text); return err }
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestStageCommitsWholeFilesAndNothingElse(t *testing.T) {
	out := filepath.Join(t.TempDir(), "deep", "out")
	s, err := newStage(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"result.json", "a.csv"} {
		if err := s.write(n, put(n)); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, out); len(got) != 1 {
		t.Fatalf("before commit the folder holds %v, want the staging folder alone", got)
	}
	if err := errors.Join(s.commit("result.json"), s.close()); err != nil {
		t.Fatal(err)
	}
	if got := names(t, out); len(got) != 2 || got[0] != "a.csv" || got[1] != "result.json" {
		t.Fatalf("after commit: %v", got)
	}
}

func TestStageOfAFailedRunKeepsTheOlderResult(t *testing.T) {
	out := t.TempDir()
	if err := os.WriteFile(filepath.Join(out, "result.json"), []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := newStage(out)
	if err != nil {
		t.Fatal(err)
	}
	boom := errors.New("disk full")
	if err := s.write("result.json", func(*os.File) error { return boom }); !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, out); len(got) != 1 {
		t.Fatalf("left behind: %v", got)
	}
	if b, _ := os.ReadFile(filepath.Join(out, "result.json")); string(b) != "old" {
		t.Fatalf("the older result became %q", b)
	}
}

func TestStageRemovesOnlyFoldersOfRunsThatAreGone(t *testing.T) {
	out := t.TempDir()
	alive, err := newStage(out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = alive.close() }()
	stale := filepath.Join(out, stagingPrefix+"dead")
	if err := os.Mkdir(stale, 0o755); err != nil {
		t.Fatal(err)
	}
	next, err := newStage(out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = next.close() }()
	if _, err := os.Stat(stale); !errors.Is(err, os.ErrNotExist) {
		t.Error("the stale folder is still there")
	}
	if _, err := os.Stat(alive.dir); err != nil {
		t.Errorf("the folder of a live run was removed: %v", err)
	}
}

func TestStagePutsFilesInSubfolders(t *testing.T) {
	out := t.TempDir()
	s, err := newStage(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"truth.json", "sections/2.png", "sections/1.png", "b/c/d.png"} {
		if err := s.write(n, put(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.commit("truth.json"), s.close()); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"truth.json", "sections/1.png", "sections/2.png", "b/c/d.png"} {
		if b, err := os.ReadFile(filepath.Join(out, n)); err != nil || string(b) != n {
			t.Errorf("%s holds %q, %v", n, b, err)
		}
	}
	if got := names(t, out); len(got) != 3 {
		t.Errorf("the folder holds %v", got)
	}
}
