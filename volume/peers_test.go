//go:build unix

package volume_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"explant/volume"
	"explant/volume/centreline"
	"explant/volume/denoise"
	"explant/volume/distance"
	"explant/volume/filter"
	"explant/volume/label"
	"explant/volume/mesh"
	"explant/volume/minkowski"
	"explant/volume/morph"
	"explant/volume/parallel"
	"explant/volume/resample"
	"explant/volume/reslice"
	"explant/volume/thickness"
	"explant/volume/threshold"
)

// BenchmarkPeers runs each kernel on the volume that docs/benchmarks/peers.py and peers.cxx run theirs on:
// EXPLANT_PEERS names the folder of volume.mha and truth.mha. Bytes are those read once and written once.
func BenchmarkPeers(b *testing.B) {
	dir := os.Getenv("EXPLANT_PEERS")
	if dir == "" {
		b.Skip("EXPLANT_PEERS names no folder; docs/benchmarks/kernels.md says how to make it")
	}
	grey, labels := readPeers(b, dir)
	deposit, solid, o := label.Of(4), label.Of(2, 3), parallel.Options{Workers: 2}
	ctx, n := b.Context(), grey.Len()
	run := func(name string, bytes int, f func() error) {
		b.Run("kernel="+name, func(b *testing.B) {
			b.SetBytes(int64(bytes))
			start := cpuTime(b)
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((cpuTime(b)-start)/float64(b.N), "cpu-s/op")
		})
	}
	spare := volume.New[uint16](grey.Grid)
	for threads := 1; threads <= 2; threads++ {
		run(fmt.Sprintf("copy/threads=%d", threads), 4*n, func() error { return copied(ctx, spare, grey, threads) })
	}
	run("median3", 4*n, func() error { _, err := filter.Median3(ctx, grey, o, nil); return err })
	run("median5", 4*n, func() error { _, err := filter.Median(ctx, grey, [3]int{2, 2, 2}, o, nil); return err })
	run("gaussian", 6*n, func() error { _, err := filter.Gaussian(ctx, grey, [3]float64{1.5, 1.5, 1.5}, o, nil); return err })
	run("histogram", 2*n, func() error { _, err := threshold.Of(ctx, grey, o, nil); return err })
	h, err := threshold.Of(ctx, grey, o, nil)
	if err != nil {
		b.Fatal(err)
	}
	run("otsu3", 2*n, func() error {
		if _, err := threshold.Of(ctx, grey, o, nil); err != nil {
			return err
		}
		_, err := threshold.MultiOtsu(h)
		return err
	})
	run("nlm", 4*n, func() error {
		_, _, err := denoise.NonLocalMeans(ctx, grey, denoise.Params{Noise: 2000}, o, nil)
		return err
	})
	run("components", n, func() error { _, err := label.Find(ctx, labels, deposit, 26, o, nil); return err })
	run("distance", 5*n, func() error { _, err := distance.Centers(ctx, labels, deposit, o, nil); return err })
	run("opening", 2*n, func() error { _, err := morph.Open(ctx, labels, solid, o, nil); return err })
	run("open-ball", 2*n, func() error { _, err := morph.OpenBall(ctx, labels, solid, 3*labels.Spacing[0], o, nil); return err })
	mask := maskOf(labels, 4)
	run("mesh", n, func() error { _, err := mesh.Isosurface(ctx, mask, 0.5, o, nil); return err })
	run("euler", n, func() error { _, err := minkowski.Of(ctx, labels, deposit, minkowski.Closed, o, nil); return err })
	run("thickness", 5*n, func() error { _, err := thickness.Local(ctx, labels, deposit, o, nil); return err })
	run("thickness-coarse", 5*n, func() error { _, err := thickness.Coarse(ctx, labels, deposit, 2, o, nil); return err })
	half := everyOther(grey)
	run("resample", 3*n, func() error { _, err := resample.Isotropic(ctx, half, 0, o, nil); return err })
	turned := grey.Grid
	turned.Axes = [3][3]float64{{0.8, 0.6, 0}, {-0.6, 0.8, 0}, {0, 0, 1}}
	run("reslice", 4*n, func() error { _, err := reslice.Onto(ctx, grey, turned, 0, o, nil); return err })
	corner := part(labels, 128)
	run("centreline", corner.Len(), func() error {
		_, err := centreline.Between(ctx, corner, label.Of(0, 1, 4), blood(corner, 0), blood(corner, 127), o, nil)
		return err
	})
}

// cpuTime is the time in s that all threads have worked: it says what a kernel costs also where other
// programs share the cores.
func cpuTime(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func readPeers(b *testing.B, dir string) (*volume.Volume[uint16], *volume.Labels) {
	g := volume.Grid{N: [3]int{256, 256, 256}, Spacing: [3]float64{0.02, 0.02, 0.02}}
	grey, labels := volume.New[uint16](g), volume.New[uint8](g)
	if _, err := binary.Decode(afterHeader(b, filepath.Join(dir, "volume.mha")), binary.LittleEndian, grey.Data); err != nil {
		b.Fatal(err)
	}
	copy(labels.Data, afterHeader(b, filepath.Join(dir, "truth.mha")))
	return grey, labels
}

func afterHeader(b *testing.B, path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	_, data, ok := bytes.Cut(data, []byte("ElementDataFile = LOCAL\n"))
	if !ok {
		b.Fatalf("%s is no MetaImage with its samples", path)
	}
	return data
}

// copied copies a volume into another by so many goroutines: the bandwidth that kernels are held against.
func copied(ctx context.Context, to, from *volume.Volume[uint16], threads int) error {
	return parallel.Each(ctx, threads, parallel.Options{Workers: threads}, nil, func(_ context.Context, i int) error {
		lo, hi := i*len(from.Data)/threads, (i+1)*len(from.Data)/threads
		copy(to.Data[lo:hi], from.Data[lo:hi])
		return nil
	})
}

// maskOf is 1 in the voxels of a class.
func maskOf(l *volume.Labels, class uint8) *volume.Labels {
	out := volume.New[uint8](l.Grid)
	for i, c := range l.Data {
		if c == class {
			out.Data[i] = 1
		}
	}
	return out
}

func everyOther(v *volume.Volume[uint16]) *volume.Volume[uint16] {
	g := v.Grid
	g.N[2], g.Spacing[2] = g.N[2]/2, 2*g.Spacing[2]
	out := volume.New[uint16](g)
	for z := range g.N[2] {
		copy(out.Slice(z), v.Slice(2*z))
	}
	return out
}

// part is the first corner of labels.
func part(l *volume.Labels, side int) *volume.Labels {
	g := l.Grid
	g.N = [3]int{side, side, side}
	out := volume.New[uint8](g)
	for i := range out.Data {
		p := out.Position(i)
		out.Data[i] = l.At(p[0], p[1], p[2])
	}
	return out
}

// blood is the first voxel of a slice that is no solid, from its middle on.
func blood(l *volume.Labels, z int) [3]int {
	for i := range l.N[0] * l.N[1] / 2 {
		p := [3]int{i % l.N[0], l.N[1]/2 + i/l.N[0], z}
		if c := l.At(p[0], p[1], p[2]); c == 0 {
			return p
		}
	}
	return [3]int{}
}
