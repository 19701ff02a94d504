package open

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
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

// BenchmarkSlices reads 512 slices of 512 x 512 pixels of 16 bits, beside tifffile where Python has it, each in
// a process that has just started; the start is not counted.
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
	for name, command := range map[string][]string{
		"explant":       {os.Args[0], "-test.run", "^$"},
		"tifffile-keep": {"/usr/bin/python3", "-c", tifffile, dir, "keep"},
		"tifffile-drop": {"/usr/bin/python3", "-c", tifffile, dir, "drop"},
	} {
		b.Run(name+"/n=512/bits=16", func(b *testing.B) {
			var seconds []float64
			for b.Loop() {
				c := exec.Command(command[0], command[1:]...)
				c.Env = append(os.Environ(), readOnce+"="+dir)
				out, err := c.Output()
				if err != nil {
					b.Skip("no Python with tifffile (Debian: python3-tifffile)")
				}
				s, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
				if err != nil {
					b.Fatal(err)
				}
				seconds = append(seconds, s)
			}
			slices.Sort(seconds) // the median: the first process after a pause may wait for memory of the host
			median := seconds[len(seconds)/2]
			b.ReportMetric(median*1e9, "ns/op")
			b.ReportMetric(2*n*n*n/median/1e6, "MB/s")
		})
	}
}

// readOnce names a folder that a process of this test reads once, as it reads it when it has just started.
const readOnce = "EXPLANT_READ_ONCE"

func init() {
	dir := os.Getenv(readOnce)
	if dir == "" {
		return
	}
	begin := time.Now()
	r, err := Path(context.Background(), dir, Options{})
	if err == nil {
		_, _, err = Volume(context.Background(), r, Load{}, nil)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(time.Since(begin).Seconds())
	os.Exit(0)
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
