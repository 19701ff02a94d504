package pipeline

import (
	"math"
	"testing"

	"explant/io/open"
	"explant/volume"
	"explant/volume/label"
	"explant/volume/minkowski"
	"explant/volume/moments"
	"explant/volume/parallel"
)

// mask reads a sample as a mask of its greys from low on, in voxels of 1 mm.
func mask(t *testing.T, name string, low float64) *volume.Labels {
	t.Helper()
	r, err := open.Path(t.Context(), sample(t, name), open.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	v, _, err := open.Volume(t.Context(), r, open.Load{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	switch v := v.(type) {
	case *volume.Volume[uint8]:
		return above(v, low)
	case *volume.Volume[uint16]:
		return above(v, low)
	}
	t.Fatalf("%s is a volume of %T", name, v)
	return nil
}

func above[T volume.Voxel](v *volume.Volume[T], low float64) *volume.Labels {
	l := volume.New[uint8](volume.Grid{N: v.N, Spacing: [3]float64{1, 1, 1}})
	for i, g := range v.Data {
		if float64(g) >= low {
			l.Data[i] = 1
		}
	}
	return l
}

// TestReferenceEllipsoid: the half axes that a unit test of MorphoLibJ states for its own file.
func TestReferenceEllipsoid(t *testing.T) {
	l := mask(t, "microct/ellipsoid_a30_b20_c10_rot.tif", 1)
	objects, err := label.Find(t.Context(), l, label.Of(1), 26, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := moments.Of(l.Grid, objects)
	if err != nil || len(m) != 1 || m[0].Count != 25139 {
		t.Fatalf("%d objects (%v): %+v", len(m), err, m)
	}
	got := m[0].Ellipsoid().Radii
	t.Logf("half axes %.3f, %.3f, %.3f voxels of %d voxels", got[0], got[1], got[2], m[0].Count)
	for k, want := range []float64{30, 20, 10} {
		if math.Abs(got[k]-want) > 0.1 {
			t.Errorf("half axis %g, want %g", got[k], want)
		}
	}
}

// TestReferenceMicrostructure: the densities that unit tests of MorphoLibJ state for its own file, by 13
// directions and with 8 neighbours in the plane.
func TestReferenceMicrostructure(t *testing.T) {
	l := mask(t, "microct/microstructure_10.tif", 1)
	p, err := minkowski.Of(t.Context(), l, label.Of(1), minkowski.Open, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, v := range l.Data {
		n += int(v)
	}
	w, errW := p.Window()
	a, errA := p.Area()
	b, errB := p.Breadth(26)
	if errW != nil || errA != nil || errB != nil {
		t.Fatal(errW, errA, errB)
	}
	t.Logf("volume %d of 1000, surface density %.4f, mean breadth density %.4f", n, a/w, b/w)
	if n != 363 || math.Abs(a/w-0.56) > 0.001 || math.Abs(b/w+0.014) > 0.001 {
		t.Errorf("volume %d, surface density %.4f, mean breadth density %.4f; want 363, 0.56, -0.014", n, a/w, b/w)
	}
}

// TestReferenceCounts: voxels, pieces and label values that the sources, or SciPy and scikit-image, count.
func TestReferenceCounts(t *testing.T) {
	for _, c := range []struct {
		file           string
		low            float64
		voxels, pieces int // pieces of 26 neighbours; 0 where nobody counted them
	}{
		{"microct/sphere_r40_100.tif", 128, 267731, 1},
		{"microct/bat_cochlea_sub25.tif", 1, 1578, 1},
		{"microct/fiberform_100.tif", 90, 167140, 0},
		{"microct/weave_150_labels.tif", 1, 2358850, 0},
	} {
		l := mask(t, c.file, c.low)
		_, pieces, err := label.Components(t.Context(), l, label.Of(1), 26, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, r := range pieces {
			n += int(r.Count)
		}
		t.Logf("%s: %d voxels in %d pieces", c.file, n, len(pieces))
		if n != c.voxels || c.pieces > 0 && len(pieces) != c.pieces {
			t.Errorf("%s: %d voxels in %d pieces, want %d in %d", c.file, n, len(pieces), c.voxels, c.pieces)
		}
	}
}

// TestReferenceLabels counts the numbered objects of label images.
func TestReferenceLabels(t *testing.T) {
	for file, want := range map[string]int{"microct/stardist_nuclei3d_labels.tif": 51, "microct/blobs_labels2d.tif": 64} {
		r, err := open.Path(t.Context(), sample(t, file), open.Options{})
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := open.Volume(t.Context(), r, open.Load{}, parallel.Discard{})
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		values := map[int]bool{}
		switch v := v.(type) {
		case *volume.Volume[uint8]:
			for _, g := range v.Data {
				values[int(g)] = true
			}
		case *volume.Volume[uint16]:
			for _, g := range v.Data {
				values[int(g)] = true
			}
		}
		delete(values, 0)
		t.Logf("%s: %d labels", file, len(values))
		if len(values) != want {
			t.Errorf("%s: %d labels, want %d", file, len(values), want)
		}
	}
}

// TestReferenceForm holds what the command line gives against the same published values.
func TestReferenceForm(t *testing.T) {
	for _, c := range []struct {
		file, metric, part string
		want, tolerance    float64
	}{
		{"microstructure_10.tif", "cls.vf", "deposit", 36.3, 1e-9},
		{"microstructure_10.tif", "dep.sv", "", 0.56, 0.001},
		{"microstructure_10.tif", "dep.breadth", "", -0.014, 0.001},
		{"ellipsoid_a30_b20_c10_rot.tif", "dep.radii", "longest", 30000, 100},
		{"ellipsoid_a30_b20_c10_rot.tif", "dep.radii", "middle", 20000, 100},
		{"ellipsoid_a30_b20_c10_rot.tif", "dep.radii", "shortest", 10000, 100},
		{"bat_cochlea_sub25.tif", "dep.n", "", 1, 0},
		{"bat_cochlea_sub25.tif", "dep.max", "", 1578, 0},
	} {
		p := rules(t, "volume-threshold", "segment.classes=[{class: deposit, min_grey: 1, max_grey: 255}]", "measure.structure=true", "measure.thickness=false")
		res := analyzed(t, Job{Input: sample(t, "microct/"+c.file), Protocol: p, Axis: "z", Spacing: [3]float64{1, 1, 1}})
		if got := value(t, res, c.metric, c.part, ""); math.Abs(got-c.want) > c.tolerance {
			t.Errorf("%s: %s %s is %.6g, want %g within %g", c.file, c.metric, c.part, got, c.want, c.tolerance)
		}
	}
}
