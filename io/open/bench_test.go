package open

import (
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"testing"

	"explant/io/imagefile"
	"explant/volume/parallel"
)

// writeStack writes n x n x n/8 voxels of 16 bits, uncompressed with one strip a page, as most
// reconstruction programs do; or, with several files, one page a file.
func writeStack(tb testing.TB, n int, files bool) string {
	tb.Helper()
	dir := tb.TempDir()
	px := make([]byte, 2*n*n)
	var whole []byte
	for z := range n / 8 {
		for i := range n * n {
			binary.LittleEndian.PutUint16(px[2*i:], uint16(i*7919+z*104729))
		}
		if files {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("slice%04d.tif", z)), page(nil, px, n, true), 0o600); err != nil {
				tb.Fatal(err)
			}
			continue
		}
		whole = page(whole, px, n, z == n/8-1)
	}
	if files {
		return dir
	}
	path := filepath.Join(dir, "stack.tif")
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// page appends one directory with its pixels behind it.
func page(b, px []byte, n int, last bool) []byte {
	if b == nil {
		b = []byte("II*\x00\x08\x00\x00\x00")
	}
	const fields = 8
	start := len(b) + 2 + 12*fields + 4
	b = binary.LittleEndian.AppendUint16(b, fields)
	for _, f := range [fields][3]int{{256, 4, n}, {257, 4, n}, {258, 3, 16}, {259, 3, 1}, {262, 3, 1}, {273, 4, start}, {278, 4, n}, {279, 4, len(px)}} {
		b = binary.LittleEndian.AppendUint16(b, uint16(f[0]))
		b = binary.LittleEndian.AppendUint16(b, uint16(f[1]))
		b = binary.LittleEndian.AppendUint32(b, 1)
		b = binary.LittleEndian.AppendUint32(b, uint32(f[2]))
	}
	next := start + len(px)
	if last {
		next = 0
	}
	return append(binary.LittleEndian.AppendUint32(b, uint32(next)), px...)
}

func BenchmarkRead(b *testing.B) {
	for _, c := range []struct {
		name      string
		files     bool
		inProcess bool
	}{{"stack/worker=on", false, false}, {"stack/worker=off", false, true}, {"folder/worker=on", true, false}, {"folder/worker=off", true, true}} {
		b.Run(c.name+"/n=512", func(b *testing.B) {
			path := writeStack(b, 512, c.files)
			b.SetBytes(512 * 512 * 64 * 2)
			for b.Loop() {
				readVolume(b, path, Options{InProcess: c.inProcess})
			}
		})
	}
}

// BenchmarkTiles reads slides as the slide engine does: windows of 512 x 512 pixels in row order,
// several at once.
func BenchmarkTiles(b *testing.B) {
	const side = 512
	for _, name := range []string{"wsi/grey_10kx5k_deflate.tif", "wsi/pyramid_10kx5k_zstd_bigtiff.tiff", "wsi/CMU-1-Small-Region.svs", "histology/psr_liver_tile02.jpg"} {
		for _, inProcess := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/worker=%v", name, !inProcess), func(b *testing.B) {
				path := sample(b, name)
				for b.Loop() {
					r, err := Path(b.Context(), path, Options{InProcess: inProcess})
					if err != nil {
						b.Fatal(err)
					}
					p, err := RGB(r)
					if err != nil {
						b.Fatal(err)
					}
					w, h := p.Size()
					across, down := (w+side-1)/side, (h+side-1)/side
					b.SetBytes(int64(3 * w * h))
					err = parallel.Each(b.Context(), across*down, parallel.Options{}, nil, func(ctx context.Context, i int) error {
						x, y := i%across*side, i/across*side
						t := image.Rect(x, y, min(x+side, w), min(y+side, h))
						return p.ReadRGB(ctx, t, make([]byte, 3*t.Dx()*t.Dy()))
					})
					if err != nil {
						b.Fatal(err)
					}
					r.Close()
				}
			})
		}
	}
}

// fiveChannels is one plane of five channels of 16 bits, in memory.
type fiveChannels struct {
	info imagefile.Info
	data []byte
}

func (f fiveChannels) Info() imagefile.Info { return f.info }
func (f fiveChannels) Close() error         { return nil }
func (f fiveChannels) Read(_ context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.Block{N: w.N(), Channels: f.info.Channels, Type: f.info.Type, Data: f.data}, nil
}

func BenchmarkPlanes_n2048x2048_channels5(b *testing.B) {
	const n, channels = 2048, 5
	f := fiveChannels{imagefile.Info{Channels: channels, Type: imagefile.Uint16}, make([]byte, 2*n*n*channels)}
	f.info.Grid.N = [3]int{n, n, 1}
	b.SetBytes(int64(len(f.data)))
	for b.Loop() {
		if _, _, err := Planes(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
}
