package pipeline

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/segment"
	"explant/io/nrrd"
	"explant/volume"
	"explant/volume/parallel"
)

// cubeOfDeposit is a label image of a cube of 10 voxels of 0.02 mm, and its path.
func cubeOfDeposit(t *testing.T) string {
	t.Helper()
	l := volume.New[uint8](volume.Grid{N: [3]int{16, 16, 16}, Spacing: [3]float64{0.02, 0.02, 0.02}})
	for i := range l.Data {
		if p := l.Position(i); min(p[0], p[1], p[2]) >= 3 && max(p[0], p[1], p[2]) < 13 {
			l.Data[i] = segment.Deposit
		}
	}
	path := filepath.Join(t.TempDir(), "labels.nrrd")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := nrrd.Write(t.Context(), f, l, segment.Classes()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMeshOfLabels(t *testing.T) {
	in, deposit := cubeOfDeposit(t), segment.Deposit
	out := filepath.Join(t.TempDir(), "deposit.stl")
	done, err := Mesh(t.Context(), Meshing{Input: in, Output: out, Label: &deposit}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	if side := 0.2; math.Abs(done.VolumeMM3/math.Pow(side, 3)-1) > 0.02 || math.Abs(done.AreaMM2/(6*side*side)-1) > 0.1 {
		t.Errorf("%+v", done)
	}
	b, err := os.ReadFile(out)
	if err != nil || len(b) != 84+50*done.Triangles || int(binary.LittleEndian.Uint32(b[80:])) != done.Triangles {
		t.Errorf("%d bytes for %d triangles, %v", len(b), done.Triangles, err)
	}
}

func TestMeshOfGreys(t *testing.T) {
	level := 128.
	out := filepath.Join(t.TempDir(), "sphere.ply")
	m := Meshing{Input: sample(t, "microct/sphere_r40_100.tif"), Output: out, Level: &level, Spacing: [3]float64{0.01, 0.01, 0.01}}
	done, err := Mesh(t.Context(), m, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	if r := 0.4; math.Abs(done.AreaMM2/(4*math.Pi*r*r)-1) > 0.01 || math.Abs(done.VolumeMM3/(4./3*math.Pi*r*r*r)-1) > 0.01 {
		t.Errorf("%+v", done)
	}
}

func TestMeshThatCannotBe(t *testing.T) {
	in, level, label, dir := cubeOfDeposit(t), 300., uint8(9), t.TempDir()
	for name, c := range map[string]struct {
		m    Meshing
		want string
	}{
		"no surface":  {Meshing{Input: in, Output: filepath.Join(dir, "a.stl"), Level: &level}, "no surface"},
		"no class":    {Meshing{Input: in, Output: filepath.Join(dir, "a.stl"), Label: &label}, "no surface"},
		"no place":    {Meshing{Input: in, Output: filepath.Join(dir, "a.stl")}, "--level GREY or --label CLASS"},
		"two places":  {Meshing{Input: in, Output: filepath.Join(dir, "a.stl"), Level: &level, Label: &label}, "--level GREY or --label CLASS"},
		"no format":   {Meshing{Input: in, Output: filepath.Join(dir, "a.obj"), Level: &level}, ".stl or .ply"},
		"too smooth":  {Meshing{Input: in, Output: filepath.Join(dir, "a.stl"), Level: &level, Smooth: 11}, "0 to 10 voxels"},
		"input again": {Meshing{Input: in, Output: in, Level: &level}, ".stl or .ply"},
	} {
		if _, err := Mesh(t.Context(), c.m, Limits{}, parallel.Discard{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	deposit := segment.Deposit
	if _, err := Mesh(ctx, Meshing{Input: in, Output: filepath.Join(dir, "b.stl"), Label: &deposit}, Limits{}, parallel.Discard{}); err == nil {
		t.Error("a cancelled mesh is no error")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
