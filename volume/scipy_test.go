package volume_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"explant/volume"
	"explant/volume/distance"
	"explant/volume/filter"
	"explant/volume/label"
	"explant/volume/minkowski"
	"explant/volume/parallel"
)

// script computes what SciPy says of mask.raw and grey.raw, x fastest.
const script = `
import numpy as np, scipy.ndimage as nd
n = (70, 90, 110)
mask = np.fromfile("mask.raw", np.uint8).reshape(n)
grey = np.fromfile("grey.raw", np.uint16).reshape(n)
nd.distance_transform_edt(mask == 0, sampling=(0.05, 0.03, 0.02)).astype(np.float64).tofile("distance.raw")
for name, rank in (("6", 1), ("18", 2), ("26", 3)):
    nd.label(mask, nd.generate_binary_structure(3, rank))[0].astype(np.uint32).tofile(f"label{name}.raw")
nd.median_filter(grey, size=(3, 5, 5), mode="nearest").tofile("median.raw")
nd.gaussian_filter(grey.astype(np.float64), (0.8, 1.5, 2), mode="nearest").tofile("gaussian.raw")
`

// python runs the script in dir, or skips the test where there is no SciPy.
func python(t *testing.T, dir string) {
	t.Helper()
	const interpreter = "/usr/bin/python3"
	if err := exec.Command(interpreter, "-c", "import scipy.ndimage").Run(); err != nil {
		t.Skipf("no SciPy to compare with (%s -c 'import scipy.ndimage': %v)", interpreter, err)
	}
	cmd := exec.CommandContext(t.Context(), interpreter, "-c", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("SciPy: %v\n%s", err, out)
	}
}

func write(t *testing.T, dir, name string, data any) {
	t.Helper()
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, data); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read[T any](t *testing.T, dir, name string, n int) []T {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	out := make([]T, n)
	if _, err := binary.Decode(data, binary.LittleEndian, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestEqualToSciPy holds distances, labels and filters on a large grid of flat voxels against SciPy.
func TestEqualToSciPy(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 7))
	g := volume.Grid{N: [3]int{110, 90, 70}, Spacing: [3]float64{0.02, 0.03, 0.05}}
	mask, grey := volume.New[uint8](g), volume.New[uint16](g)
	for i := range mask.Data {
		if r.Float64() < 0.12 {
			mask.Data[i] = 1
		}
		grey.Data[i] = uint16(r.Uint32())
	}
	dir := t.TempDir()
	write(t, dir, "mask.raw", mask.Data)
	write(t, dir, "grey.raw", grey.Data)
	python(t, dir)

	d, err := distance.Centers(t.Context(), mask, label.Of(1), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range read[float64](t, dir, "distance.raw", g.Len()) {
		if math.Abs(float64(d.Data[i])-want) > 1e-6 {
			t.Fatalf("distance of voxel %v is %g, SciPy says %g", g.Position(i), d.Data[i], want)
		}
	}
	for c, name := range map[label.Connectivity]string{6: "label6.raw", 18: "label18.raw", 26: "label26.raw"} {
		ours, _, err := label.Components(t.Context(), mask, label.Of(1), c, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		sameUpToNames(t, c, ours.Data, read[uint32](t, dir, name, g.Len()))
	}
	m, err := filter.Median(t.Context(), grey, [3]int{2, 2, 1}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range read[uint16](t, dir, "median.raw", g.Len()) {
		if m.Data[i] != want {
			t.Fatalf("median of voxel %v is %d, SciPy says %d", g.Position(i), m.Data[i], want)
		}
	}
	s, err := filter.Gaussian(t.Context(), grey, [3]float64{2, 1.5, 0.8}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range read[float64](t, dir, "gaussian.raw", g.Len()) {
		if math.Abs(float64(s.Data[i])-want) > 0.01 {
			t.Fatalf("Gaussian of voxel %v is %g, SciPy says %g", g.Position(i), s.Data[i], want)
		}
	}
}

// sameUpToNames holds that two numberings part the voxels alike.
func sameUpToNames(t *testing.T, c label.Connectivity, ours, theirs []uint32) {
	t.Helper()
	there, here := map[uint32]uint32{0: 0}, map[uint32]uint32{0: 0}
	for i, a := range ours {
		b := theirs[i]
		if known, ok := there[a]; ok && known != b {
			t.Fatalf("%d neighbours: voxel %d is %d for SciPy, others of our %d are %d", c, i, b, a, known)
		}
		if known, ok := here[b]; ok && known != a {
			t.Fatalf("%d neighbours: voxel %d is our %d, others of SciPy's %d are %d", c, i, a, b, known)
		}
		there[a], here[b] = b, a
	}
}

// TestEulerAgainstLabels counts pieces and cavities of random labels whose tunnels are known: none, in
// slices of one voxel, where holes are tunnels and pieces are pieces.
func TestEulerAgainstLabels(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	l := volume.New[uint8](volume.Grid{N: [3]int{60, 50, 1}})
	for i := range l.Data {
		l.Data[i] = uint8(r.IntN(2))
		if p := l.Position(i); p[0] == 0 || p[1] == 0 || p[0] == 59 || p[1] == 49 {
			l.Data[i] = 0 // one background about all
		}
	}
	p, err := minkowski.Of(t.Context(), l, label.Of(1), minkowski.Closed, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for class, joined := range map[label.Connectivity]label.Connectivity{26: 6, 6: 26} { // of the class, of its complement
		_, pieces, err := label.Components(t.Context(), l, label.Of(1), class, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, voids, err := label.Components(t.Context(), l, label.Of(0), joined, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := float64(len(pieces) - (len(voids) - 1))
		if got, err := p.Euler(class); err != nil || got != want {
			t.Errorf("%d neighbours: Euler number %g (%v), %d pieces less %d holes", class, got, err, len(pieces), len(voids)-1)
		}
	}
}
