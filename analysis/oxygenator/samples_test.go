package oxygenator

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// samples is the folder of real scans, reached only through the environment.
func samples() string {
	if dir := os.Getenv("EXPLANT_SAMPLES"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "shared", "data")
}

// contiguousCube reads an 8-bit stack of n³ voxels whose first strip is followed by all the others.
func contiguousCube(t *testing.T, name string, n int) *volume.Volume[uint8] {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(samples(), "microct", name))
	if err != nil {
		t.Skipf("sample not there (set EXPLANT_SAMPLES): %v", err)
	}
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	ifd := int(order.Uint32(b[4:]))
	start := 0
	for k := range int(order.Uint16(b[ifd:])) {
		if tag := b[ifd+2+12*k:]; order.Uint16(tag) == 273 {
			start = int(order.Uint32(tag[8:]))
		}
	}
	if start == 0 || start+n*n*n > len(b) {
		t.Fatalf("%s is not a contiguous stack: first strip at %d", name, start)
	}
	v, err := volume.From(volume.Grid{N: [3]int{n, n, n}}, b[start:start+n*n*n])
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Scans of other things must give a flagged result or a clear error.
func TestOtherScansAreFlagged(t *testing.T) {
	for name, diameters := range map[string][]float64{"hollow_tubes_nt_128.tif": {19}, "bone_128.tif": {12}} {
		for _, diameter := range diameters {
			v := contiguousCube(t, name, 128)
			got, err := Segment(t.Context(), v, Params{FibreOuterDiameterVoxels: diameter}, parallel.Options{}, nil)
			if err != nil {
				t.Logf("%s at %g voxels: %v", name, diameter, err)
				continue
			}
			if len(got.Flags) == 0 {
				t.Errorf("%s at %g voxels: no flag", name, diameter)
			}
			t.Logf("%s at %g voxels: %v", name, diameter, got.Diagnostics)
			for _, f := range got.Flags {
				t.Logf("  %s: %s", f.ID, f.Text)
			}
		}
	}
}
