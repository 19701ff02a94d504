package report

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"sync/atomic"
	"testing"

	"explant/analysis/result"
	"explant/volume"
)

// same reports whether two sets of pictures have the same files.
func same(a, b Pictures) bool {
	list := func(p Pictures) (out []File) {
		all := append(append([]Picture(nil), p.Maps...), p.Views...)
		for _, s := range p.Stacks {
			all = append(all, s.Slices...)
		}
		for _, p := range all {
			out = append(append(out, p.Base), p.Layers...)
		}
		return out
	}
	x, y := list(a), list(b)
	for i := range x {
		if len(x) != len(y) || !bytes.Equal(x[i].Data, y[i].Data) {
			return false
		}
	}
	return len(x) > 0
}

func TestVolumePicturesAreTheSameWithAnyWorkers(t *testing.T) {
	grey, labels := demoVolume(24, 0.06)
	var want Pictures
	for i, workers := range []int{1, 2, 8} {
		got, err := VolumePictures(t.Context(), grey, labels, volumeClasses, PictureOptions{Slices: 4, Views: 2, Workers: workers})
		fatal(t, err)
		if i == 0 {
			want = got
		} else if !same(want, got) {
			t.Errorf("%d workers give other pictures than 1", workers)
		}
	}
}

func TestVolumePicturesHoldWhatWasAsked(t *testing.T) {
	grey, labels := demoVolume(24, 0.06)
	var steps counter
	p, err := VolumePictures(t.Context(), grey, labels, volumeClasses, PictureOptions{Slices: 5, Views: 3, Progress: &steps})
	fatal(t, err)
	if len(p.Stacks) != 3 || len(p.Stacks[0].Slices) != 5 || len(p.Views) != 3 || len(p.Maps) != 3 || p.Scale.Unit != "µm" {
		t.Errorf("%d stacks, %d views, %d maps, scale in %s", len(p.Stacks), len(p.Views), len(p.Maps), p.Scale.Unit)
	}
	if len(p.Layers) != 3 || p.Layers[1].Name != "polymer" || p.Layers[1].Shown || !p.Layers[2].Shown {
		t.Errorf("layers %+v", p.Layers)
	}
	first := p.Stacks[0].Slices[2]
	if want := "z = 1.08 mm, slice 19 of 36"; first.Label != want || !first.Calibrated || first.Width != 24*0.06 {
		t.Errorf("slice %q, width %g", first.Label, first.Width)
	}
	if img, err := jpeg.Decode(bytes.NewReader(first.Base.Data)); err != nil || img.Bounds() != image.Rect(0, 0, 24, 24) {
		t.Errorf("slice: %v", err)
	}
	if steps.n.Load() == 0 {
		t.Error("no progress was reported")
	}
	if none, err := VolumePictures(t.Context(), grey, labels, volumeClasses, PictureOptions{Slices: 5, Views: -1}); err != nil || len(none.Views) != 0 || len(none.Stacks) != 3 {
		t.Errorf("without 3D views: %d views, %d stacks, %v", len(none.Views), len(none.Stacks), err)
	}
}

// counter counts progress.
type counter struct{ n atomic.Int64 }

func (c *counter) Stage(string, int) {}
func (c *counter) Add(n int)         { c.n.Add(int64(n)) }

// A stack starts at the slice with most deposit.
func TestStacksStartAtTheDeposit(t *testing.T) {
	g := volume.Grid{N: [3]int{12, 14, 16}, Spacing: [3]float64{1, 1, 1}}
	grey, labels := volume.New[uint8](g), volume.New[uint8](g)
	grey.Data[0] = 1
	labels.Data[labels.Offset(3, 10, 13)] = 3
	p, err := VolumePictures(t.Context(), grey, labels, volumeClasses, PictureOptions{Slices: 20, Views: 1})
	fatal(t, err)
	for k, want := range []int{13, 10, 3} {
		if got := p.Stacks[k].Start; got != want {
			t.Errorf("stack %s starts at %d, want %d", p.Stacks[k].Axis, got, want)
		}
	}
	layers := p.Stacks[0].Slices[13].Layers
	if len(layers) != 1 || len(layers[0].Data) == 0 || p.Layers[0].Name != "deposit" {
		t.Errorf("layers %+v: want the deposit and no class that is nowhere", p.Layers)
	}
	if other := p.Stacks[0].Slices[12].Layers[0]; len(other.Data) != 0 {
		t.Error("a slice without deposit has a layer of it")
	}
}

func TestPicturesFitTheirBudget(t *testing.T) {
	grey, labels := demoVolume(40, 0.06)
	free, err := VolumePictures(t.Context(), grey, labels, volumeClasses, PictureOptions{Slices: 6, Views: 1})
	fatal(t, err)
	if _, err := VolumePictures(t.Context(), grey, labels, volumeClasses, PictureOptions{Slices: 6, Views: 1, MaxBytes: free.Bytes() / 20}); err == nil || !strings.Contains(err.Error(), "do not fit") {
		t.Errorf("a twentieth of the bytes: %v", err)
	}
	img, slide := demoSlide(300, 0)
	whole, err := FieldPictures(t.Context(), img, slide, slideClasses, PictureOptions{})
	fatal(t, err)
	less, err := FieldPictures(t.Context(), img, slide, slideClasses, PictureOptions{MaxBytes: whole.Bytes()})
	fatal(t, err)
	big, bigSlide := demoSlide(700, 0)
	small, err := FieldPictures(t.Context(), big, bigSlide, slideClasses, PictureOptions{MaxBytes: 120_000})
	fatal(t, err)
	if less.Bytes() != whole.Bytes() || small.Bytes() > 120_000 || len(small.Notes) == 0 {
		t.Errorf("%d and %d bytes, then %d with notes %v", whole.Bytes(), less.Bytes(), small.Bytes(), small.Notes)
	}
}

// Volumes and slides of odd shapes give pictures, or an error; never a panic.
func TestPicturesOfExtremes(t *testing.T) {
	for name, n := range map[string][3]int{"one voxel": {1, 1, 1}, "one slice": {9, 7, 1}, "a needle": {1, 1, 30}, "a plate": {1, 20, 30}} {
		for _, class := range []uint8{0, 3, 200} {
			g := volume.Grid{N: n}
			grey, labels := volume.New[float32](g), volume.New[uint8](g)
			for i := range labels.Data {
				labels.Data[i] = class
			}
			p, err := VolumePictures(t.Context(), grey, labels, volumeClasses, PictureOptions{Views: 2})
			if err != nil || len(p.Stacks) == 0 {
				t.Errorf("%s of class %d: %v", name, class, err)
			}
			var b buffer
			if err := WriteHTML(&b, demoVolumeResult(0), p); err != nil {
				t.Errorf("%s of class %d: %v", name, class, err)
			}
		}
	}
	g := volume.Grid{N: [3]int{3, 3, 3}}
	if _, err := VolumePictures(t.Context(), volume.New[uint8](g), volume.New[uint8](volume.Grid{N: [3]int{3, 3, 2}}), nil, PictureOptions{}); err == nil {
		t.Error("grey and labels of different size: no error")
	}
	if _, err := FieldPictures(t.Context(), image.NewGray(image.Rect(0, 0, 4, 4)), volume.New[uint8](g), nil, PictureOptions{}); err == nil {
		t.Error("a field and a volume of labels: no error")
	}
}

func TestPicturesStopWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	grey, labels := demoVolume(12, 0.06)
	if _, err := VolumePictures(ctx, grey, labels, volumeClasses, PictureOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// The layer of a class covers exactly its pixels when nothing is reduced.
func TestFieldLayersCoverTheirClass(t *testing.T) {
	img, labels := demoSlide(120, 0.0005)
	p, err := FieldPictures(t.Context(), img, labels, slideClasses, PictureOptions{})
	fatal(t, err)
	layer, err := png.Decode(bytes.NewReader(p.Field.Layers[0].Data)) // fibrin, class 1
	fatal(t, err)
	for i, class := range labels.Data {
		_, _, _, a := layer.At(i%labels.N[0], i/labels.N[0]).RGBA()
		if (a > 0) != (class == 1) {
			t.Fatalf("pixel %d of class %d has opacity %d", i, class, a)
		}
	}
}

func TestClassColors(t *testing.T) {
	for _, c := range []struct {
		class result.Class
		want  string
	}{
		{result.Class{Name: "deposit"}, "#d55e00"}, {result.Class{Name: "deposit", Color: "#ABCDEF"}, "#abcdef"},
		{result.Class{Name: "deposit", Color: "red"}, "#d55e00"}, {result.Class{Name: "marker:dab"}, "#0072b2"}, {result.Class{Name: "??"}, "#cc79a7"},
	} {
		if got := colorOf(c.class); got != c.want {
			t.Errorf("%+v: %s, want %s", c.class, got, c.want)
		}
	}
}
