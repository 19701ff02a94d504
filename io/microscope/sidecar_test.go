package microscope

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const hitachiText = "[SemImageFile]\r\nInstructName=SU3500\r\nUserName=somebody\r\nImageName=K1.tif\r\nDirectory=\r\nDataSize=1280x960\r\nPixelSize=28.3\r\n"

const jeolText = "$CM_FORMAT JEOL-SEM\r\n$CM_OPERATOR somebody\r\n$CM_MAG 1000\r\n$CM_FULL_SIZE 1280 960\r\n$$SM_MICRON_BAR 106\r\n$$SM_MICRON_MARKER 10um\r\n"

func TestSidecar(t *testing.T) {
	without := func(text, line string) string { return strings.Replace(text, line, "", 1) }
	for name, c := range map[string]struct {
		picture, file, text string
		size                [2]int
		nm                  float64
		note                string
		personal            []string
	}{
		"Hitachi":               {"K1.jpg", "K1.txt", hitachiText, [2]int{1280, 960}, 28.3, "", []string{"Hitachi UserName", "Hitachi ImageName"}},
		"Hitachi, upper case":   {"k1.TIF", "k1.TXT", hitachiText, [2]int{1280, 960}, 28.3, "", []string{"Hitachi UserName", "Hitachi ImageName"}},
		"Hitachi, UTF-16":       {"K1.bmp", "K1.txt", utf16le(hitachiText), [2]int{1280, 960}, 28.3, "", []string{"Hitachi UserName", "Hitachi ImageName"}},
		"Hitachi, scaled":       {"K1.jpg", "K1.txt", hitachiText, [2]int{640, 480}, 0, "28.3 nm is the pixel size of a picture of 1280 x 960 pixels and this one has 640 x 480", nil},
		"Hitachi, another name": {"K2.jpg", "K2.txt", hitachiText, [2]int{1280, 960}, 0, "another name", nil},
		"Hitachi without size":  {"K1.jpg", "K1.txt", without(hitachiText, "PixelSize=28.3"), [2]int{1280, 960}, 0, "no pixel size is stated", nil},
		"JEOL":                  {"a.tif", "a.txt", jeolText, [2]int{1280, 1024}, 10000. / 106, "scale bar of 106 pixels: it is uncertain by 0.5 %", []string{"JEOL CM_OPERATOR"}},
		"JEOL, mu":              {"a.tif", "a.txt", strings.Replace(jeolText, "10um", "10\xb5m", 1), [2]int{1280, 960}, 10000. / 106, "uncertain", nil},
		"JEOL, scaled":          {"a.tif", "a.txt", jeolText, [2]int{640, 480}, 0, "1280 pixels wide and this one has 640", nil},
		"JEOL by magnification": {"a.tif", "a.txt", without(jeolText, "$CM_FULL_SIZE 1280 960\r\n"), [2]int{1280, 960}, 10000. / 106, "uncertain", nil},
		"JEOL, doubtful":        {"a.tif", "a.txt", without(jeolText, "$CM_FULL_SIZE 1280 960\r\n"), [2]int{640, 480}, 0, "cannot be checked", nil},
		"JEOL without length":   {"a.tif", "a.txt", strings.Replace(jeolText, "10um", "10", 1), [2]int{1280, 960}, 0, "its length is not stated", nil},
		"TESCAN":                {"a.tif", "a.hdr", "[MAIN]\nPixelSizeX=2.5e-008\nPixelSizeY=2.5e-008\nUserName=somebody\n", [2]int{9, 9}, 25, "", []string{"TESCAN [MAIN] UserName"}},
		"TESCAN, png":           {"a.png", "a-png.hdr", "[MAIN]\nPixelSizeX=2.5e-008\n", [2]int{9, 9}, 25, "", nil},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, ok := Sidecar(filepath.Join(dir, c.picture), c.size)
		nm, note := spacing(f, c.size)
		if !ok || !near(nm[0], c.nm) || !near(nm[1], c.nm) || !strings.Contains(note, c.note) || c.note == "" && note != "" {
			t.Errorf("%s: %v, %v nm, %q", name, ok, nm, note)
		}
		if c.personal != nil && !slices.Equal(f.Personal, c.personal) || strings.Contains(fmt.Sprint(f), "somebody") {
			t.Errorf("%s: personal %q in %v", name, f.Personal, f)
		}
	}
}

func TestOtherTextsAreNoSidecars(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "d.txt"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a.txt": "shopping list", "b.hdr": "ENVI\nsamples = 3\n", "c.txt": strings.Repeat("[SemImageFile]\n", maxText/10)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, picture := range []string{"a.tif", "b.tif", "c.tif", "d.tif", "none.tif"} {
		if f, ok := Sidecar(filepath.Join(dir, picture), [2]int{9, 9}); ok {
			t.Errorf("%s: %+v", picture, f)
		}
	}
}

func FuzzSidecar(f *testing.F) {
	f.Add([]byte(hitachiText), "K1.txt", 1280, 960)
	f.Add([]byte(jeolText), "a.txt", 1280, 960)
	f.Add([]byte(utf16le(hitachiText)), "K1.txt", 1280, 960)
	f.Add([]byte("[MAIN]\nPixelSizeX=nan\n"), "a.hdr", 1, 1)
	f.Fuzz(func(t *testing.T, text []byte, name string, w, h int) {
		found, _ := sidecar(decode(text), name, "K1", [2]int{w, h})
		nm, _ := spacing(found, [2]int{4, 4})
		if !(nm[0] >= 0 && nm[1] >= 0) {
			t.Errorf("%v nm from %+v", nm, found)
		}
	})
}

func ExampleSidecar() {
	dir, err := os.MkdirTemp("", "sem")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "fibrin.txt"), []byte("[SemImageFile]\nDataSize=1280x960\nPixelSize=28.3\n"), 0o600); err != nil {
		panic(err)
	}
	f, ok := Sidecar(filepath.Join(dir, "fibrin.jpg"), [2]int{1280, 960})
	fmt.Println(ok, f.Statement.Size, f.Statement.Unit, f.Statement.Field)
	// Output: true [28.3 28.3 0] nm Hitachi PixelSize in fibrin.txt
}
