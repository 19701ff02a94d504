package open

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dicomHead is how a DICOM file begins; what stands before DICM may be anything, also a TIFF.
func dicomHead(before string) string {
	return before + strings.Repeat("\x00", 128-len(before)) + "DICM"
}

// Slides of makers whose formats OpenSlide knows go to it, though some begin as a TIFF or a JPEG does; DICOM
// never does, whatever it is called.
func TestSlidesAreToldFromTheirLookalikes(t *testing.T) {
	const tiff, ndpi = "II*\x00\x08\x00\x00\x00\x01\x00\xfe\x00", "II*\x00\x08\x00\x00\x00\x01\x00\x8c\xff"
	rest := strings.Repeat("\x00", 64)
	for _, c := range []struct{ head, name, want string }{
		{ndpi + rest, "a.tif", "slide"},
		{tiff + rest, "a.tif", "tiff"},
		{tiff + rest, "a.scn", "tiff"},
		{"\xff\xd8\xff\xe0", "a.mrxs", "slide"},
		{"\xff\xd8\xff\xe0", "a.jpg", "picture"},
		{"[Virtual Microscope Specimen]", "a.vms", "slide"},
		{"ZISRAWFILE", "a.czi", "slide"},
		{"damaged", "a.ndpi", "slide"},
		{dicomHead(""), "a.dcm", "dicom"},
		{dicomHead(""), "a.mrxs", "dicom"},
		{dicomHead(ndpi), "a.ndpi", "dicom"},
		{dicomHead(tiff), "a.svslide", "dicom"},
		{"damaged", "a.dcm", "dicom"},
	} {
		if got := format([]byte(c.head), filepath.Join(t.TempDir(), c.name)); got != c.want {
			t.Errorf("%.12q in %s is %q, not %q", c.head, c.name, got, c.want)
		}
	}
}

func TestSlidesThatAreNotWhole(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"a.mrxs": "\xff\xd8\xff", "a.vms": "[Virtual Microscope Specimen]\nImageFile=b.jpg\n", "a.czi": "ZISRAWFILE", "a.zvi": "\xd0\xcf\x11\xe0", "a.ndpi": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"a.mrxs": "its folder a, which holds the pixels, is missing", "a.vms": "b.jpg is missing", "a.czi": "CZI", "a.zvi": "OME-TIFF", "a.ndpi": "does not know it",
	} {
		_, err := Path(t.Context(), filepath.Join(dir, name), Options{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %q without %q", name, err, want)
		}
	}
}

// The hash of a slide is one of all its files, and of nothing else in their folder.
func TestHashOfASlideInManyFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hash := func(name string) string {
		t.Helper()
		sum, err := Hash(t.Context(), filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	write("a.mrxs", "\xff\xd8\xff")
	write("a/Slidedat.ini", "[HIERARCHICAL]\nINDEXFILE = Index.dat\n[DATAFILE]\nFILE_COUNT = 1\nFILE_0 = Data0000.dat\n")
	write("b.vms", "[Virtual Microscope Specimen]\nImageFile=b.jpg\nMapFile=map.jpg\n")
	for _, name := range []string{"a/Index.dat", "a/Data0000.dat", "b.jpg", "map.jpg"} {
		write(name, name)
	}
	for slide, files := range map[string][]string{"a.mrxs": {"a/Index.dat", "a/Data0000.dat"}, "b.vms": {"b.jpg", "map.jpg"}} {
		before := hash(slide)
		write("a/notes.txt", "another file")
		if hash(slide) != before {
			t.Errorf("%s: a file that does not belong to it changes its hash", slide)
		}
		for _, name := range files {
			write(name, "changed")
			after := hash(slide)
			if after == before {
				t.Errorf("%s: its hash does not depend on %s", slide, name)
			}
			before = after
		}
	}
}
