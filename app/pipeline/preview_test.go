package pipeline

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"explant/analysis/protocol"
	"explant/io/imagefile"
	"explant/io/open"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/resample"
)

// TestPreviewOfTheWholeIsTheRun holds the preview of a window that is the image against the labels of a run.
func TestPreviewOfTheWholeIsTheRun(t *testing.T) {
	for _, c := range []struct {
		kind, protocol, labels string
		size                   int
	}{{"oxygenator", "volume-threshold", VolumeLabels, 48}, {"dab", "slide-dab", SlideLabels, 200}, {"if", "if-markers", SlideLabels, 128}} {
		t.Run(c.protocol, func(t *testing.T) {
			made, err := MakePhantom(t.Context(), c.kind, t.TempDir(), PhantomOptions{Size: c.size, Seed: 5}, Limits{}, parallel.Discard{})
			if err != nil {
				t.Fatal(err)
			}
			rules, err := protocol.Resolve(c.protocol, os.ReadFile, nil)
			if err != nil {
				t.Fatal(err)
			}
			job := Job{Input: made.Image, Out: t.TempDir(), Protocol: rules, Axis: "z", Views: -1}
			if _, err := Analyze(t.Context(), job, Limits{}, parallel.Discard{}); err != nil {
				t.Fatal(err)
			}
			whole := labelsOf(t, filepath.Join(job.Out, c.labels))
			in, err := open.Path(t.Context(), made.Image, open.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			p, err := PreviewPart(t.Context(), job, in, imagefile.Whole(in.Info(), 0), 1, Limits{}, parallel.Discard{})
			if err != nil {
				t.Fatal(err)
			}
			if p.N != whole.N || !bytes.Equal(p.Labels, whole.Data) || len(p.Classes) == 0 {
				t.Errorf("%v labels, the run has %v", p.N, whole.N)
			}
			n := in.Info().Grid.N
			w := imagefile.Window{Min: [3]int{n[0] / 4, n[1] / 4, 0}, Max: [3]int{n[0] / 2, n[1]/2 + 3, n[2]}}
			p, err = PreviewPart(t.Context(), job, in, w, 1, Limits{}, parallel.Discard{})
			if err != nil || len(p.Labels) != p.N[0]*p.N[1]*p.N[2] || p.N[0] != w.N()[0] || p.N[1] != w.N()[1] {
				t.Errorf("a part: %v of %v, %v", p.N, w.N(), err)
			}
			w.Max[0] = n[0] + 1
			if _, err := PreviewPart(t.Context(), job, in, w, 1, Limits{}, parallel.Discard{}); err == nil {
				t.Error("a window outside the image was taken")
			}
		})
	}
}

// TestPreviewOfCubesLiesOnTheImage previews a protocol that resamples to cubes: the labels are those of the run, put
// back on the voxels of the image.
func TestPreviewOfCubesLiesOnTheImage(t *testing.T) {
	made, err := MakePhantom(t.Context(), "oxygenator", t.TempDir(), PhantomOptions{Size: 40, Seed: 5}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	rules, err := protocol.Resolve("volume-threshold", os.ReadFile, []string{"prepare={isotropic: {}}"})
	if err != nil {
		t.Fatal(err)
	}
	job := Job{Input: made.Image, Out: t.TempDir(), Protocol: rules, Axis: "z", Views: -1, Spacing: [3]float64{0.02, 0.02, 0.031}}
	if _, err := Analyze(t.Context(), job, Limits{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	whole := labelsOf(t, filepath.Join(job.Out, VolumeLabels))
	in, err := open.Path(t.Context(), made.Image, open.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	p, err := PreviewPart(t.Context(), job, in, imagefile.Whole(in.Info(), 0), 1, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	if p.N != in.Info().Grid.N || p.N == whole.N {
		t.Fatalf("%v labels on an image of %v and a run on cubes of %v", p.N, in.Info().Grid.N, whole.N)
	}
	g := in.Info().Grid
	g.Spacing = job.Spacing
	cubes := volume.New[uint8](volume.Grid{N: whole.N, Spacing: [3]float64{0.02, 0.02, 0.02}})
	copy(cubes.Data, whole.Data)
	if want := resample.Labels(cubes, g); !bytes.Equal(p.Labels, want.Data) {
		t.Error("other labels than those of the run")
	}
}

// TestPreviewTakesMeansOfBlocks holds a reduced picture against means made pixel by pixel, and its labels'
// size against the window.
func TestPreviewTakesMeansOfBlocks(t *testing.T) {
	made, err := MakePhantom(t.Context(), "dab", t.TempDir(), PhantomOptions{Size: 200, Seed: 5}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	in, err := open.Path(t.Context(), made.Image, open.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	w := imagefile.Window{Min: [3]int{11, 20, 0}, Max: [3]int{111, 81, 1}}
	whole, err := in.Read(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	cut := newCutout(in, in.Info(), w, 3)
	got, err := cut.Read(t.Context(), imagefile.Window{Min: [3]int{1, 2, 0}, Max: [3]int{33, 20, 1}})
	if err != nil || got.N != [3]int{32, 18, 1} || cut.info.Grid.Spacing[0] != 3*in.Info().Grid.Spacing[0] {
		t.Fatalf("%v %v", got.N, err)
	}
	for y := range 18 {
		for x := range 32 {
			for c := range 3 {
				sum := 0
				for k := range 9 {
					sum += int(whole.Data[(((y+2)*3+k/3)*100+(x+1)*3+k%3)*3+c])
				}
				if v := int(got.Data[(y*32+x)*3+c]); v != (sum+4)/9 {
					t.Fatalf("(%d, %d) %d: %d, want %d", x, y, c, v, (sum+4)/9)
				}
			}
		}
	}
	rules, err := protocol.Resolve("slide-dab", os.ReadFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := PreviewPart(t.Context(), Job{Input: made.Image, Protocol: rules}, in, w, 3, Limits{}, parallel.Discard{})
	if err != nil || p.N != [3]int{33, 20, 1} || p.Step != 3 {
		t.Errorf("%v at %d, %v", p.N, p.Step, err)
	}
}

func labelsOf(t *testing.T, path string) imagefile.Block {
	t.Helper()
	r, err := open.Path(t.Context(), path, open.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPreviewStops(t *testing.T) {
	made, err := MakePhantom(t.Context(), "oxygenator", t.TempDir(), PhantomOptions{Size: 48, Seed: 5}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	rules, err := protocol.Resolve("oxygenator-ct", os.ReadFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	in, err := open.Path(t.Context(), made.Image, open.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	job := Job{Input: made.Image, Protocol: rules, Axis: "z"}
	if _, err := PreviewPart(ctx, job, in, imagefile.Whole(in.Info(), 0), 1, Limits{}, parallel.Discard{}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}
