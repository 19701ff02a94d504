package open

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// writeSet writes a set of two OME-TIFF files of one channel each and their companion.
func writeSet(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	put := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	description := `<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint16" SizeX="8" SizeY="8" SizeC="2" SizeZ="1" SizeT="1" PhysicalSizeX="0.5" PhysicalSizeY="0.5">`
	for c := range 2 {
		description += fmt.Sprintf(`<TiffData FirstC="%d" IFD="0" PlaneCount="1"><UUID FileName="c%d.ome.tif">urn:uuid:0000000%d-0000-4000-8000-000000000000</UUID></TiffData>`, c, c, c)
		put(fmt.Sprintf("c%d.ome.tif", c), page(nil, bytes.Repeat([]byte{byte(c + 1), 0}, 64), 8, true))
	}
	put("set.companion.ome", []byte(description+"</Pixels></Image></OME>"))
	return dir
}

func TestCompanionOpensItsSet(t *testing.T) {
	dir := writeSet(t)
	info, data, err := read(t, filepath.Join(dir, "set.companion.ome"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if info.Channels != 2 || info.Grid.N != [3]int{8, 8, 1} || info.Grid.Spacing[0] != 0.0005 || !bytes.Equal(data[:4], []byte{1, 0, 2, 0}) {
		t.Errorf("%+v, %v", info, data[:4])
	}
	if want := []string{"c0.ome.tif", "c1.ome.tif"}; !slices.Equal(info.Beside, want) {
		t.Errorf("beside %v", info.Beside)
	}
}

// TestHashCoversWhatIsBeside changes the second file of a set, and the text of a microscope: the image is
// another one.
func TestHashCoversWhatIsBeside(t *testing.T) {
	dir := writeSet(t)
	if err := os.WriteFile(filepath.Join(dir, "sem.tif"), page(nil, make([]byte, 128), 8, true), 0o600); err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(dir, "sem.txt")
	if err := os.WriteFile(text, []byte("[SemImageFile]\r\nImageName=sem.tif\r\nDataSize=8x8\r\nPixelSize=20\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]string{"set.companion.ome": "c1.ome.tif", "sem.tif": "sem.txt"} {
		before := hashed(t, filepath.Join(dir, name))
		f, err := os.OpenFile(filepath.Join(dir, other), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("\n"); err != nil {
			t.Fatal(err)
		}
		f.Close()
		if after := hashed(t, filepath.Join(dir, name)); after == before {
			t.Errorf("%s: a change of %s leaves the hash as it is", name, other)
		}
	}
}

func hashed(t *testing.T, path string) string {
	t.Helper()
	r, err := Path(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	h, err := Hash(t.Context(), path, r.Info().Beside...)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
