package slices

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"explant/app/desktop/source"
	"explant/volume/render"
)

// volumeFile writes a raw volume whose voxels are x + 20*y + 400*z, as uint16.
func volumeFile(t *testing.T, n [3]int) *source.Image {
	t.Helper()
	dir := t.TempDir()
	head := fmt.Sprintf("NRRD0004\ntype: uint16\ndimension: 3\nsizes: %d %d %d\nspacings: 0.01 0.01 0.02\nunits: \"mm\" \"mm\" \"mm\"\nendian: little\nencoding: raw\n\n", n[0], n[1], n[2])
	data := []byte(head)
	for z := range n[2] {
		for y := range n[1] {
			for x := range n[0] {
				data = binary.LittleEndian.AppendUint16(data, uint16(x+20*y+400*z))
			}
		}
	}
	path := filepath.Join(dir, "v.nrrd")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := source.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

func openStack(t *testing.T, m *source.Image, o Options) *Stack {
	t.Helper()
	s, err := Open(t.Context(), m, o, func() {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// waitFor waits until a condition holds.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not come", what)
		}
	}
}

// value is the voxel that a place of a plane shows, z upwards where it is upright.
func value(a render.Axis, index, x, y int, n [3]int) int {
	at := [3]int{x, y, index}
	switch a {
	case render.X:
		at = [3]int{index, x, n[2] - 1 - y}
	case render.Y:
		at = [3]int{x, index, n[2] - 1 - y}
	}
	return at[0] + 20*at[1] + 400*at[2]
}

// TestPlanesShowTheirVoxels compares every sample of planes in the three directions, from the copy alone
// and, where the copy is reduced, from the file.
func TestPlanesShowTheirVoxels(t *testing.T) {
	n := [3]int{16, 12, 10}
	for _, o := range []Options{{}, {Voxels: 300}} {
		s := openStack(t, volumeFile(t, n), o)
		waitFor(t, "the volume", func() bool { return s.Progress() == 1 })
		for a, index := range map[render.Axis]int{render.Z: 3, render.Y: 7, render.X: 5} {
			waitFor(t, "the fine plane", func() bool { return s.Plane(a, index).Fine })
			p := s.Plane(a, index)
			for y := range p.H {
				for x := range p.W {
					if got, want := int(p.Data[y*p.W+x]), value(a, index, x, y, n); got != want {
						t.Fatalf("%+v, across %v, (%d, %d): %d, want %d", o, a, x, y, got, want)
					}
				}
			}
		}
	}
}

// TestReducedCopyIsTheMean holds the copy against the mean of the voxels behind each of its own.
func TestReducedCopyIsTheMean(t *testing.T) {
	n := [3]int{16, 12, 10}
	s := openStack(t, volumeFile(t, n), Options{Voxels: 300})
	waitFor(t, "the volume", func() bool { return s.Progress() == 1 })
	if s.f != [3]int{2, 2, 2} || s.m != [3]int{8, 6, 5} {
		t.Fatalf("reduced by %v to %v", s.f, s.m)
	}
	for z := range s.m[2] {
		for y := range s.m[1] {
			for x := range s.m[0] {
				// The mean of a linear ramp is its value in the middle, half a voxel further on each axis.
				want := 2*x + 20*2*y + 400*2*z + (1+20+400)/2
				if got := int(s.data[(z*6+y)*8+x]); got != want && got != want+1 {
					t.Fatalf("(%d, %d, %d): %d, want %d", x, y, z, got, want)
				}
			}
		}
	}
}

func TestMiddleComesBeforeTheVolume(t *testing.T) {
	s := openStack(t, volumeFile(t, [3]int{16, 12, 10}), Options{})
	p, err := s.Middle()
	if err != nil || !p.Fine || int(p.Data[0]) != 400*5 {
		t.Fatalf("%v, %v", p, err)
	}
	w := s.Window(p, 0, 100)
	if w.Low != 2000 || w.High != 2000+15+20*11 {
		t.Errorf("window %v", w)
	}
}

func TestValuesAndSamplesAreInverse(t *testing.T) {
	s := &Stack{scale: scale{low: -1000, step: 0.25}}
	for _, v := range []float64{-1000, -3.25, 0, 15000} {
		if got := s.Value(s.Sample(v)); got != v {
			t.Errorf("%v became %v", v, got)
		}
	}
	if s.Sample(-1e9) != 0 || s.Sample(1e9) != 65535 {
		t.Error("values beyond the range are not held")
	}
}
