package pipeline

import "testing"

func TestImageName(t *testing.T) {
	for path, want := range map[string]string{
		"a/b/scan.nrrd": "scan.nrrd", "slices/": "slices", "x/scan.h5:/entry/data": "scan.h5:/entry/data", "scan.h5": "scan.h5",
	} {
		if got := ImageName(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
