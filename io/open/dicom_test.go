package open

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/io/dicom"
	"explant/io/imagefile"
	"explant/io/worker"
)

// Compressed DICOM is decoded in a worker, a file as well as a folder; all other is read here.
func TestCompressedDICOMGoesToAWorker(t *testing.T) {
	for _, c := range []struct {
		name   string
		worker bool
	}{
		{"dicom/MR_small.dcm", false}, {"dicom/MR_small_RLE.dcm", false}, {"wsi/dicom_sm_image_numbers.dcm", false},
		{"dicom/MR_small_jp2klossless.dcm", true}, {"dicom/JPEG-lossy.dcm", true}, {"wsi/dicom_sm_image_jpegls.dcm", true},
	} {
		file := sample(t, c.name)
		folder := t.TempDir()
		copyFile(t, file, filepath.Join(folder, "1"))
		for _, path := range []string{file, folder} {
			r, err := Path(t.Context(), path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			here, err := Path(t.Context(), path, Options{InProcess: true})
			if err != nil {
				t.Fatal(err)
			}
			defer here.Close()
			if _, in := r.(*worker.Reader); in != c.worker {
				t.Errorf("%s is read by %T", path, r)
			}
			if _, ok := here.(*dicom.Reader); !ok {
				t.Errorf("%s is read here by %T", path, here)
			}
			a, errA := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
			b, errB := here.Read(t.Context(), imagefile.Whole(here.Info(), 0))
			if errA != nil || errB != nil || !bytes.Equal(a.Data, b.Data) {
				t.Errorf("%s: %v, %v, or other values", path, errA, errB)
			}
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A slide is hashed with the other files of its series, a slice alone.
func TestHashOfASlideInSeveralFiles(t *testing.T) {
	for name, whole := range map[string]bool{"wsi/dicom_sm_image_numbers.dcm": true, "dicom/MR_small.dcm": false} {
		dir := t.TempDir()
		copyFile(t, sample(t, name), filepath.Join(dir, "a.dcm"))
		alone, err := Hash(t.Context(), filepath.Join(dir, "a.dcm"))
		if err != nil {
			t.Fatal(err)
		}
		copyFile(t, sample(t, name), filepath.Join(dir, "b.dcm"))
		both, err := Hash(t.Context(), filepath.Join(dir, "a.dcm"))
		if err != nil || (alone != both) != whole {
			t.Errorf("%s: %s, %s, %v", name, alone, both, err)
		}
	}
}

// A sample that no decoder can finish is one line.
func TestDamagedFrameIsAnError(t *testing.T) {
	b, err := os.ReadFile(sample(t, "dicom/JPEG-lossy.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	for i := len(b) / 2; i < len(b)-40; i += 2 {
		b[i], b[i+1] = 0xff, 0xd5 // restart marks
	}
	path := filepath.Join(t.TempDir(), "f.dcm")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Path(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, err = r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "f.dcm: its compressed pixels cannot be decoded") {
		t.Errorf("%v", err)
	}
}
