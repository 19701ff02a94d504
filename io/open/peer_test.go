package open

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

// tifffile reads the slices of a folder one by one and prints the time in seconds, its own start not
// counted. With "keep" it keeps them, as whoever wants a volume must, otherwise it drops each.
const tifffile = `
import glob, sys, time, tifffile
files = sorted(glob.glob(sys.argv[1] + '/*.tif'))
kept = []
start = time.perf_counter()
for f in files:
    slice = tifffile.imread(f)
    if sys.argv[2] == 'keep':
        kept.append(slice)
print(time.perf_counter() - start)
`

// BenchmarkSlices reads 512 slices of 512 x 512 pixels of 16 bits, beside tifffile where Python has it.
func BenchmarkSlices(b *testing.B) {
	const n = 512
	dir := b.TempDir()
	px := make([]byte, 2*n*n)
	for z := range n {
		for i := range n * n {
			binary.LittleEndian.PutUint16(px[2*i:], uint16(i*7919+z*104729))
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("slice%04d.tif", z)), page(nil, px, n, true), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("explant/n=512/bits=16", func(b *testing.B) {
		b.SetBytes(2 * n * n * n)
		for b.Loop() {
			b.StopTimer()
			debug.FreeOSMemory() // memory that is new to the program, as it is when a program has just started
			b.StartTimer()
			readVolume(b, dir, Options{})
		}
	})
	for _, mode := range []string{"keep", "drop"} {
		b.Run("tifffile-"+mode+"/n=512/bits=16", func(b *testing.B) {
			seconds := 0.0
			for b.Loop() {
				out, err := exec.Command("/usr/bin/python3", "-c", tifffile, dir, mode).Output()
				if err != nil {
					b.Skip("no Python with tifffile (Debian: python3-tifffile)")
				}
				s, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
				if err != nil {
					b.Fatal(err)
				}
				seconds += s
			}
			b.ReportMetric(seconds/float64(b.N)*1e9, "ns/op")
			b.ReportMetric(2*n*n*n/seconds*float64(b.N)/1e6, "MB/s")
		})
	}
}

func readVolume(b *testing.B, path string, o Options) {
	r, err := Path(b.Context(), path, o)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	if _, _, err := Volume(b.Context(), r, Load{}, nil); err != nil {
		b.Fatal(err)
	}
}
