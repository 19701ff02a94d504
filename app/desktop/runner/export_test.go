package runner

import (
	"os"
	"path/filepath"
	"testing"
)

func TestExportCopiesEveryFile(t *testing.T) {
	run := filepath.Join(t.TempDir(), "scan.nrrd.explant")
	files := map[string]string{"result.json": "{}", "views/a.png": "picture", "labels.nrrd": "labels"}
	for name, text := range files {
		path := filepath.Join(run, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	into := t.TempDir()
	folder, err := Export(run, into)
	if err != nil || folder != filepath.Join(into, "scan.nrrd.explant") {
		t.Fatal(folder, err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	if _, err := Export(run, into); err == nil {
		t.Error("an older export was written over")
	}
	if _, err := Export(filepath.Join(run, "none"), into); err == nil {
		t.Error("what is not there was exported")
	}
	if left, _ := os.ReadDir(into); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}
