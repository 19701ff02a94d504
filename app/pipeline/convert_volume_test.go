package pipeline

import (
	"errors"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/volume/parallel"
	"explant/volume/reslice"
)

func converted(t *testing.T, c Conversion) Converted {
	t.Helper()
	done, err := Convert(t.Context(), c, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func cut(t *testing.T, s string) *Cut {
	t.Helper()
	c, err := ParseCut(s)
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

func TestConvertToCubesAndPlanes(t *testing.T) {
	in, dir := phantomVolume(t), t.TempDir()
	whole := load[uint16](t, in)
	flat := filepath.Join(dir, "flat.nrrd")
	converted(t, Conversion{Input: in, Output: flat, Spacing: [3]float64{0.02, 0.02, 0.04}})

	edge := 0.0
	cubes := filepath.Join(dir, "cubes.nrrd")
	converted(t, Conversion{Input: flat, Output: cubes, Isotropic: &edge})
	if v := load[uint16](t, cubes); v.N != [3]int{48, 48, 96} || v.Spacing != [3]float64{0.02, 0.02, 0.02} {
		t.Errorf("cubes of %v, %v voxels", v.Spacing, v.N)
	}

	slice := filepath.Join(dir, "slice.nrrd")
	converted(t, Conversion{Input: in, Output: slice, Plane: cut(t, "z=20")})
	got := load[uint16](t, slice)
	for i, g := range whole.Slice(20) {
		if got.Data[i] != g {
			t.Fatalf("pixel %d of slice 20 is %d, want %d", i, got.Data[i], g)
		}
	}
	if want := whole.Origin[2] + 20*whole.Spacing[2]; math.Abs(got.Origin[2]-want) > 1e-9 {
		t.Errorf("slice at z = %g mm, want %g", got.Origin[2], want)
	}

	across := filepath.Join(dir, "across.png")
	done := converted(t, Conversion{Input: in, Output: across, Plane: cut(t, "0.5mm,0.5mm,480um:0,1,1")})
	f, err := os.Open(across)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil || img.Bounds().Dx() != 48 || img.Bounds().Dy() < 60 || done.Format != "PNG" {
		t.Errorf("%s of %v, %v", done.Format, img.Bounds(), err)
	}
}

func TestConvertRefusesWhatCannotBeCut(t *testing.T) {
	in, dir := phantomVolume(t), t.TempDir()
	edge := 0.03
	for want, c := range map[string]Conversion{
		"is made of a plane": {Output: "a.png"},
		"exclude each other": {Output: "a.nrrd", Isotropic: &edge, Plane: cut(t, "x=3")},
		"volume with 48":     {Output: "a.nrrd", Plane: cut(t, "y=48")},
		"does not meet":      {Output: "a.nrrd", Plane: cut(t, "9mm,9mm,9mm:1,0,0")},
	} {
		c.Input, c.Output = in, filepath.Join(dir, c.Output)
		if _, err := Convert(t.Context(), c, parallel.Discard{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	out := filepath.Join(dir, "a.nrrd")
	if _, err := Convert(t.Context(), Conversion{Input: in, Output: out, Plane: cut(t, "z=99")}, parallel.Discard{}); !errors.Is(err, reslice.ErrMissed) {
		t.Errorf("a slice beyond the last: %v", err)
	}
}

func TestPlanesAsTyped(t *testing.T) {
	if c := cut(t, " y=7"); c.Axis != 1 || c.Index != 7 || c.Oblique {
		t.Errorf("%+v", c)
	}
	if c := cut(t, "-4mm,500um,1cm:0,-1,2.5"); !c.Oblique || c.At.Point != [3]float64{-4, 0.5, 10} || c.At.Normal != [3]float64{0, -1, 2.5} {
		t.Errorf("%+v", c)
	}
	for _, s := range []string{"", "z", "w=3", "zz=3", "z=-1", "z=1.5", "1,2,3:0,0,1", "1mm,2mm:0,0,1", "1mm,2mm,3mm:0,0", "1mm,2mm,3mm:a,b,c", "1mm,2mm,3furlong:0,0,1"} {
		if c, err := ParseCut(s); err == nil {
			t.Errorf("%q was read as %+v", s, c)
		}
	}
}
