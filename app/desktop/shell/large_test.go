package shell

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"explant/io/imagefile"
	"explant/io/ometiff"
	"explant/volume"
	"explant/volume/parallel"
)

// pattern is a slide like tissue, made as it is read: waves of colour with grain.
type pattern struct{ n int }

func (p pattern) Close() error { return nil }

func (p pattern) Info() imagefile.Info {
	n := [3]int{p.n, p.n, 1}
	g := volume.Grid{N: n, Spacing: [3]float64{0.0005, 0.0005, 0}, Calibration: volume.Calibration{Source: volume.Header}}
	return imagefile.Info{Grid: g, Type: imagefile.Uint8, Channels: 3, Levels: []imagefile.Level{{N: n, Downsample: 1}}}
}

func (p pattern) Read(_ context.Context, w imagefile.Window) (imagefile.Block, error) {
	n := w.N()
	b := imagefile.Block{N: n, Channels: 3, Type: imagefile.Uint8, Data: make([]byte, 3*n[0]*n[1])}
	columns := make([]float64, n[0])
	for x := range columns {
		columns[x] = 40 * math.Sin(float64(w.Min[0]+x)/90)
	}
	grain := uint32(w.Min[1]*7919 + w.Min[0])
	for y := range n[1] {
		row := 30 * math.Cos(float64(w.Min[1]+y)/70)
		for x := range n[0] {
			grain = grain*1664525 + 1013904223
			v := 170 + columns[x] + row + float64(grain>>28)
			px := b.Data[3*(y*n[0]+x):]
			px[0], px[1], px[2] = uint8(v), uint8(v*0.7), uint8(v*0.85)
		}
	}
	return b, nil
}

// bigSlide makes a pyramid of n x n pixels, unless it is there.
func bigSlide(t *testing.T, dir string, n int) string {
	t.Helper()
	path := filepath.Join(dir, fmt.Sprintf("slide-%d.ome.tif", n))
	if exists(path) {
		return path
	}
	f, err := os.Create(path + ".part")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ometiff.WriteImage(t.Context(), f, pattern{n}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".part", path); err != nil {
		t.Fatal(err)
	}
	return path
}

// bigVolume makes a raw volume of n³ voxels of 16 bits, unless it is there: a slice of waves with grain,
// which moves from slice to slice.
func bigVolume(t *testing.T, dir string, n int) string {
	t.Helper()
	path := filepath.Join(dir, fmt.Sprintf("volume-%d.nrrd", n))
	if exists(path) {
		return path
	}
	f, err := os.Create(path + ".part")
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintf(w, "NRRD0004\ntype: uint16\ndimension: 3\nsizes: %d %d %d\nspacings: 0.01 0.01 0.01\nunits: \"mm\" \"mm\" \"mm\"\nendian: little\nencoding: raw\n\n", n, n, n)
	slice := make([]byte, 2*(n*n+n))
	grain := uint32(1)
	for i := range n*n + n {
		grain = grain*1664525 + 1013904223
		v := 20000 + 9000*math.Sin(float64(i%n)/17) + float64(grain>>20)
		slice[2*i], slice[2*i+1] = uint8(int(v)), uint8(int(v)>>8)
	}
	for z := range n {
		if _, err := w.Write(slice[2*z:][:2*n*n]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".part", path); err != nil {
		t.Fatal(err)
	}
	return path
}
