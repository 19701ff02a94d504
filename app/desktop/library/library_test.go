package library

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"explant/app/desktop/runner"
	"explant/app/pipeline"
)

// picture writes a picture of one colour.
func picture(t *testing.T, path string, grey uint8) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 300, 200))
	for i := range img.Pix {
		img.Pix[i] = grey
	}
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func names(items []Item) (all []string) {
	for _, i := range items {
		all = append(all, i.Name)
	}
	return all
}

func TestFolderListsImages(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.PNG", "a.png", ".hidden.png"} {
		picture(t, filepath.Join(dir, name), 9)
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	items, err := Folder(dir, t.TempDir())
	if err != nil || !slices.Equal(names(items), []string{"a.png", "b.PNG"}) || items[0].State != Fresh {
		t.Errorf("%v, %v", items, err)
	}
}

func TestManyTellsImagesFromSlices(t *testing.T) {
	for _, c := range []struct {
		names []string
		many  bool
	}{
		{[]string{"scan_0001.tif", "scan_0002.tif", "scan_0003.tif"}, false},
		{[]string{"he.tif", "msb.tif"}, true},
		{[]string{"a1.tif", "a2.png"}, true},
		{[]string{"one.tif"}, false},
		{nil, false},
	} {
		var items []Item
		for _, n := range c.names {
			items = append(items, Item{Name: n})
		}
		if Many(items) != c.many {
			t.Errorf("%v: many is %v", c.names, !c.many)
		}
	}
}

func TestPrintFollowsTheContent(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png")
	picture(t, a, 100)
	first, err := Print(a)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(a, b); err != nil {
		t.Fatal(err)
	}
	if moved, err := Print(b); err != nil || moved != first {
		t.Errorf("a moved image has another print: %v", err)
	}
	picture(t, b, 101)
	if other, err := Print(b); err != nil || other == first {
		t.Errorf("another content has the same print: %v", err)
	}
	if _, err := Print(a); err == nil {
		t.Error("a file that is not there has a print")
	}
}

func TestStateFollowsTheWork(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "a.png")
	picture(t, path, 100)
	journal, err := Journal(path, data)
	if err != nil {
		t.Fatal(err)
	}
	write := func(file, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	result := filepath.Join(runner.Results(path, data), pipeline.ResultFile)
	for _, c := range []struct {
		file, text string
		want       State
	}{
		{journal, "", Fresh}, {journal, "a step", Annotated}, {result, `{"flags":[]}`, Analysed}, {result, `{"flags":[{"id":"ink"}]}`, Flagged},
	} {
		write(c.file, c.text)
		if got := StateOf(path, data); got != c.want {
			t.Errorf("after %s %q the image is %s, want %s", filepath.Base(c.file), c.text, got, c.want)
		}
	}
}

func TestThumbnail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	picture(t, path, 100)
	small, err := Thumbnail(t.Context(), path)
	if err != nil || small.Rect.Max != image.Pt(96, 64) || small.NRGBAAt(50, 30) != (color.NRGBA{100, 100, 100, 255}) {
		t.Errorf("%v, %v", small, err)
	}
}
