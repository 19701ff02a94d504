package skyscan

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/volume"
)

const log = "[System]\r\nScanner=SkyScan1272\r\nCamera Pixel Size (um)=7.4\r\n[User]\r\nUser Name=somebody\r\n[Acquisition]\r\n" +
	"Image Pixel Size (um)=9\r\n[Reconstruction]\r\nSection to Section Step=2\r\nSections Count=30\r\n" +
	"Result Image Width (pixels)=640\r\nResult Image Height (pixels)=480\r\nPixel Size (um)=8.55949\r\n" +
	"[File name convention]\r\nFilename Prefix=tooth_rec\r\n"

func save(t testing.TB, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRead(t *testing.T) {
	path := save(t, filepath.Join(t.TempDir(), "a.log"), "\ufeff"+log)
	l, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if l.PixelSize != 8.55949 || l.Step != 2 || l.Size != [2]int{640, 480} || l.Slices != 30 || l.Prefix != "tooth_rec" || !slices.Equal(l.Identifiers, []string{"SkyScan log User Name"}) {
		t.Errorf("%+v", l)
	}
	g := volume.Grid{N: [3]int{640, 480, 30}}
	l.Statement().Apply(&g)
	const ulps = 1e-15 // of the conversion from µm
	if math.Abs(g.Spacing[0]-0.00855949) > ulps || math.Abs(g.Spacing[2]-0.01711898) > ulps || g.Calibration.Field != "SkyScan log a.log: Pixel Size (um)" {
		t.Errorf("%+v", g)
	}
	if why := l.Contradicts(640, 480); why != "" {
		t.Error(why)
	}
	if why := l.Contradicts(320, 240); !strings.Contains(why, "640 x 480 pixels, but these have 320 x 240") {
		t.Error(why)
	}
}

func TestMalformed(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		noLog bool
	}{
		"empty":         {"", true},
		"another":       {"started\n" + log, true},
		"no pixel size": {strings.Replace(log, "\r\nPixel Size", "\r\nPixels", 1), true},
		"long line":     {"[System]\n" + strings.Repeat("x", 1<<17) + "\n" + log, true},
		"a word":        {strings.Replace(log, "8.55949", "small", 1), false},
		"zero":          {strings.Replace(log, "8.55949", "0", 1), false},
		"not a number":  {strings.Replace(log, "8.55949", "nan", 1), false},
		"huge":          {strings.Replace(log, "8.55949", "1e300", 1), false},
		"step":          {strings.Replace(log, "Step=2", "Step=0", 1), false},
		"width":         {strings.Replace(log, "=640", "=wide", 1), false},
	} {
		_, err := Read(save(t, filepath.Join(t.TempDir(), "bad.log"), c.text))
		if err == nil || errors.Is(err, ErrNoLog) != c.noLog || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "bad.log") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFind(t *testing.T) {
	other := strings.Replace(log, "8.55949", "20", 1)
	for name, c := range map[string]struct {
		files map[string]string
		want  string // "" for none, "!" for an error
	}{
		"none":                {map[string]string{"scan/notes.log": "hello", "scan/a.txt": log}, ""},
		"inside":              {map[string]string{"scan/any.log": log, "scan.log": other}, "scan/any.log"},
		"upper case":          {map[string]string{"scan/ANY.LOG": log}, "scan/ANY.LOG"},
		"two that agree":      {map[string]string{"scan/a.log": strings.Replace(log, "Prefix=tooth_rec", "", 1), "scan/b.log": log}, "scan/b.log"},
		"two that differ":     {map[string]string{"scan/a.log": log, "scan/b.log": other}, "!"},
		"damaged":             {map[string]string{"scan/a.log": strings.Replace(log, "8.55949", "x", 1)}, "!"},
		"beside, by prefix":   {map[string]string{"x.log": log, "scan/notes.txt": ""}, "x.log"},
		"beside, by folder":   {map[string]string{"scan.log": strings.Replace(log, "tooth_rec", "z", 1), "scan/notes.txt": ""}, "scan.log"},
		"beside, by rec":      {map[string]string{"scan_rec.log": strings.Replace(log, "tooth_rec", "z", 1), "scan/notes.txt": ""}, "scan_rec.log"},
		"beside, of others":   {map[string]string{"x.log": strings.Replace(log, "tooth_rec", "z", 1), "scan/notes.txt": ""}, ""},
		"beside, and damaged": {map[string]string{"x.log": strings.Replace(log, "8.55949", "x", 1), "scan.log": log, "scan/notes.txt": ""}, "scan.log"},
	} {
		dir := t.TempDir()
		for file, text := range c.files {
			save(t, filepath.Join(dir, filepath.FromSlash(file)), text)
		}
		l, err := Find(filepath.Join(dir, "scan"), "tooth_rec0001.png")
		got := ""
		switch {
		case err != nil:
			got = "!"
		case l != nil:
			rel, _ := filepath.Rel(dir, l.Path)
			got = filepath.ToSlash(rel)
		}
		if got != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestSampleLogs(t *testing.T) {
	root := os.Getenv("EXPLANT_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	for _, name := range []string{"Tooth001_rec.log", "Tooth001.log"} {
		path := filepath.Join(root, "skyscan_logs", name)
		if _, err := os.Stat(path); err != nil {
			t.Skip("no sample data: set EXPLANT_SAMPLES")
		}
		l, err := Read(path)
		// Values of the collection's documentation.
		if err != nil || l.PixelSize != 8.55949 || l.Step != 1 || l.Size != [2]int{1632, 1632} || l.Slices != 2028 {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
	}
}

func FuzzLog(f *testing.F) {
	f.Add(log)
	f.Add("[System]\n[Reconstruction]\nPixel Size (um)=1e-7\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := parse(strings.NewReader(text))
		if err == nil && !(l.PixelSize > 0 && l.Step >= 1) {
			t.Errorf("%+v from %q", l, text)
		}
	})
}
