package pipeline

import (
	"testing"

	"explant/volume"
)

func TestCalibrationTextSaysSizeAndSource(t *testing.T) {
	grid := func(x, y, z float64, nz int, c volume.Calibration) volume.Grid {
		return volume.Grid{N: [3]int{9, 9, nz}, Spacing: [3]float64{x, y, z}, Calibration: c}
	}
	header := volume.Calibration{Source: volume.Header, Field: "NRRD space directions"}
	for name, c := range map[string]struct {
		g    volume.Grid
		want string
	}{
		"cubes":       {grid(0.02, 0.02+1e-12, 0.02, 9, header), "20 µm a voxel (header: NRRD space directions)"},
		"anisotropic": {grid(0.02, 0.02, 0.05, 9, header), "20 x 20 x 50 µm a voxel (header: NRRD space directions)"},
		"pixels":      {grid(0.0005, 0.0005, 0, 1, volume.Calibration{Source: volume.Typed, Field: "--pixel-size"}), "0.5 µm a pixel (typed: --pixel-size)"},
		"withheld":    {grid(0, 0, 0, 9, volume.Calibration{Withheld: "72 dpi"}), "withheld: 72 dpi; state it with --spacing"},
		"no z":        {grid(0.02, 0.02, 0, 9, volume.Calibration{}), "unknown; state it with --spacing"},
		"unknown":     {grid(0, 0, 0, 1, volume.Calibration{}), "unknown; state it with --pixel-size"},
	} {
		if got := CalibrationText(c.g); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
