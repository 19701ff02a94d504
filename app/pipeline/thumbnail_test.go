package pipeline

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/io/nrrd"
	"explant/volume"
	"explant/volume/parallel"
)

// drawn is the thumbnail of an image.
func drawn(t *testing.T, in string) image.Image {
	t.Helper()
	out := filepath.Join(t.TempDir(), "small.png")
	if err := Thumbnail(t.Context(), in, out, Limits{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// volumeFile holds v as NRRD.
func volumeFile(t *testing.T, v *volume.Volume[int16]) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "volume.nrrd")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := nrrd.Write(t.Context(), f, v, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// A volume of 40 x 20 x 600 voxels, bright where x, y or z is in the upper half, with voxels four times as
// wide as high: panels of 160 and 160 and 80 by 600, the height of 600 reduced to 512.
func TestThumbnailOfAVolumeShowsItsMiddle(t *testing.T) {
	v := volume.New[int16](volume.Grid{N: [3]int{40, 20, 600}, Spacing: [3]float64{0.04, 0.04, 0.01}})
	for i := range v.Data {
		x, z := i%40, i/800
		v.Data[i] = -1000
		if x >= 20 || z >= 300 {
			v.Data[i] = 2000
		}
	}
	img := drawn(t, volumeFile(t, v))
	if got, want := img.Bounds().Size(), image.Pt(136+136+68+8, 512); got != want {
		t.Fatalf("%v, not %v", got, want)
	}
	for name, c := range map[string]struct{ x, y, want int }{
		"across z, all above the middle": {30, 30, 255}, "below the panel across z": {30, 200, 0},
		"gap": {138, 20, 0}, "across y, left and up": {150, 100, 255}, "across y, left and down": {150, 400, 0}, "across y, right and down": {260, 400, 255},
		"across x, down": {300, 500, 255},
	} {
		if got, _, _, _ := img.At(c.x, c.y).RGBA(); int(got>>8) != c.want {
			t.Errorf("%s: %d, not %d", name, got>>8, c.want)
		}
	}
}

func TestThumbnailOfASlide(t *testing.T) {
	made, err := MakePhantom(t.Context(), "psr", t.TempDir(), PhantomOptions{Size: 700, Seed: 1}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	img := drawn(t, made.Image)
	if img.Bounds().Size() != image.Pt(512, 512) {
		t.Errorf("%v", img.Bounds())
	}
	if r, g, b, _ := img.At(2, 2).RGBA(); r == g && g == b {
		t.Errorf("no colour: %d %d %d", r, g, b)
	}
}

func TestThumbnailRefuses(t *testing.T) {
	v := volume.New[int16](volume.Grid{N: [3]int{4, 3, 2}})
	in, there := volumeFile(t, v), filepath.Join(t.TempDir(), "there.png")
	if err := os.WriteFile(there, []byte("older"), 0o600); err != nil {
		t.Fatal(err)
	}
	for out, want := range map[string]string{there: "exists", "small.jpg": "name small.jpg .png"} {
		if err := Thumbnail(t.Context(), in, out, Limits{}, parallel.Discard{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", out, err)
		}
	}
	if size := drawn(t, in).Bounds().Size(); size.X > ThumbnailSide || size.Y > ThumbnailSide {
		t.Errorf("a flat volume: %v", size)
	}
}
