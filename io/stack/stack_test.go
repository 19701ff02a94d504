package stack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/io/raster"
	"explant/volume"
)

func openPNG(_ context.Context, path string) (imagefile.Reader, error) { return raster.Open(path) }

// put writes a grey w x 2 slice whose first pixel is v.
func put(t *testing.T, dir, name string, w int, v uint8) {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, w, 2))
	m.Pix[0] = v
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestNaturalOrder(t *testing.T) {
	want := []string{"img1", "img2", "img2b", "img9_1", "img9_2", "img9_10", "img010", "img10", "img11", "img100", "imh", "scan 1 (2)", "scan 1 (10)"}
	got := slices.Clone(want)
	slices.Reverse(got)
	if slices.SortFunc(got, natural); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestNumbering(t *testing.T) {
	for name, c := range map[string]struct {
		names []string
		want  []string // parts of the warnings
	}{
		"whole":      {[]string{"a_0001", "a_0002", "a_0003"}, nil},
		"every 2nd":  {[]string{"a2", "a4", "a6", "a8"}, nil},
		"a gap":      {[]string{"a1", "a2", "a3", "a6", "a7"}, []string{`2 slices are missing from the numbering, the first between "a3" and "a6"`}},
		"two gaps":   {[]string{"a1", "a2", "a4", "a5", "a9"}, []string{"4 slices are missing"}},
		"twice":      {[]string{"a1", "a01", "a2"}, []string{"occurs twice"}},
		"no numbers": {[]string{"top", "bottom"}, []string{"carry no numbers"}},
		"two series": {[]string{"a1", "b2"}, []string{"not one numbered series"}},
		"one":        {[]string{"a1"}, nil},
	} {
		got := numbering(c.names)
		if len(got) != len(c.want) {
			t.Errorf("%s: %q", name, got)
			continue
		}
		for i, part := range c.want {
			if !strings.Contains(got[i], part) {
				t.Errorf("%s: %q", name, got[i])
			}
		}
	}
}

func TestFolderIsAVolume(t *testing.T) {
	dir := t.TempDir()
	for z := range 12 {
		put(t, dir, fmt.Sprintf("rec_%d.png", z+1), 3, uint8(z))
	}
	for _, name := range []string{"rec_.log", ".DS_Store", "notes.md"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(t, dir, "rec_spr.png", 7, 0)
	r, err := Open(t.Context(), dir, openPNG)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	i := r.Info()
	if i.Grid.N != [3]int{3, 2, 12} || i.Format != "PNG slices" {
		t.Errorf("%+v", i)
	}
	want := []string{"beside the slices lies rec_.log, which is not read", "left out, as no slices of this stack: notes.md, rec_spr.png"}
	if !slices.Equal(i.Warnings, want) {
		t.Errorf("warnings %q", i.Warnings)
	}
	b, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{0, 0, 2}, Max: [3]int{1, 1, 12}})
	if err != nil || !slices.Equal(b.Data, []byte{2, 3, 4, 5, 6, 7, 8, 9, 10, 11}) {
		t.Errorf("%v %v", b.Data, err)
	}
}

func TestSlicesThatDifferAreNamed(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a1.png", 3, 0)
	put(t, dir, "a2.png", 3, 0)
	put(t, dir, "a3.png", 4, 0)
	_, err := Open(t.Context(), dir, openPNG)
	if err == nil || !strings.Contains(err.Error(), "a1.png is 3 x 2") || !strings.Contains(err.Error(), "a3.png is 4 x 2") {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a3.png"), []byte("\x89PNG\r\n\x1a\nbroken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, openPNG); err == nil || !strings.Contains(err.Error(), "a3.png") {
		t.Errorf("error %v", err)
	}
	if _, err := Open(t.Context(), t.TempDir(), openPNG); !errors.Is(err, ErrNoSlices) {
		t.Errorf("error %v", err)
	}
}

// sized describes slices of one pixel of that many µm.
func sized(um ...float64) (out []imagefile.Info) {
	for _, v := range um {
		out = append(out, imagefile.Info{Grid: volume.Grid{N: [3]int{1, 1, 1}, Spacing: [3]float64{v / 1000, v / 1000, 0},
			Calibration: volume.Calibration{Source: volume.Header}}, Levels: make([]imagefile.Level, 1)})
	}
	return out
}

func TestPixelSizeOfSlices(t *testing.T) {
	for name, c := range map[string]struct {
		um       []float64
		known    bool
		withheld string
	}{
		"agree":    {[]float64{20, 20, 20}, true, "the distance between slices is not stated"},
		"disagree": {[]float64{20, 20, 10}, false, "different pixel sizes: a 20 µm, c 10 µm"},
	} {
		r := &Reader{folder: t.TempDir(), names: []string{"a", "b", "c"}}
		r.describe(sized(c.um...), nil)
		g := r.Info().Grid
		if (g.Spacing[0] > 0) != c.known || g.Spacing[2] != 0 || !strings.Contains(g.Calibration.Withheld, c.withheld) {
			t.Errorf("%s: %+v", name, g)
		}
	}
}

func TestReadingStopsWhenCancelled(t *testing.T) {
	dir := t.TempDir()
	for z := range 3 {
		put(t, dir, fmt.Sprintf("a%d.png", z), 3, 0)
	}
	r, err := Open(t.Context(), dir, openPNG)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Read(ctx, imagefile.Whole(r.Info(), 0)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func FuzzStackNames(f *testing.F) {
	f.Add("img2.tif", "img10.tif", "img02.tif")
	f.Add("a99999999999999999999", "a", "1")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if natural(a, a) != 0 || natural(a, b) != -natural(b, a) {
			t.Errorf("order of %q and %q", a, b)
		}
		if natural(a, b) <= 0 && natural(b, c) <= 0 && natural(a, c) > 0 {
			t.Errorf("order of %q, %q, %q", a, b, c)
		}
		if natural(a, b) == 0 && a != b {
			t.Errorf("%q and %q are not told apart", a, b)
		}
		names := []string{a, b, c}
		slices.SortFunc(names, natural)
		numbering(names)
	})
}
