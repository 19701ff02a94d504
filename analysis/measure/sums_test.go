package measure

import (
	"bytes"
	"encoding/gob"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// crossing is deposit whose pieces cross every face between shards, noise that makes single voxels of it, and
// polymer beside it; greys are not whole, so that no sum of them is exact.
func crossing() (*volume.Volume[float32], *segment.Segmentation) {
	g := volume.Grid{N: [3]int{41, 37, 53}, Spacing: [3]float64{0.02, 0.03, 0.025}}
	v, l := volume.New[float32](g), volume.New[uint8](g)
	r := rand.New(rand.NewPCG(5, 11))
	level := [segment.ClassCount]float64{100, 100, 400, 400, 700, 0}
	for i := range l.Data {
		p := g.Position(i)
		x, y, z := float64(p[0]), float64(p[1]), float64(p[2])
		switch {
		case p[0]%14 < 4:
			l.Data[i] = segment.Polymer
		case (x-20-z/9)*(x-20-z/9)+(y-12)*(y-12) < 30, (x-8)*(x-8)+(y-25)*(y-25)+(z-26)*(z-26) < 200, r.Float64() < 0.01:
			l.Data[i] = segment.Deposit
		}
		v.Data[i] = float32(level[l.Data[i]] + 30*r.NormFloat64())
	}
	s := &segment.Segmentation{Labels: l, Levels: level, Rule: segment.ByOccupancy, LumensInVoid: true, VOI: segment.Box{Min: [3]int{1, 2, 3}, Max: [3]int{40, 37, 51}}}
	return v, s
}

// TestShardsJoinToTheSingleRun also cuts into single slices, and passes sums through their file form.
func TestShardsJoinToTheSingleRun(t *testing.T) {
	v, s := crossing()
	par := Params{Surface: true, Thickness: true}
	for _, axis := range []string{"x", "-y", "z"} {
		in := Input{Axis: axis}
		want, err := Volume(t.Context(), v, s, par, in, parallel.Options{Workers: 1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{1, 2, 5, 53} {
			var parts []*Sums
			for i := range n {
				sums, err := Collect(t.Context(), v, s, par, in, i*53/n, (i+1)*53/n, parallel.Options{Workers: 3, Depth: 1 + 63*(i%2)}, nil)
				if err != nil {
					t.Fatal(err)
				}
				parts = append(parts, copied(t, sums))
			}
			in := in
			if in.Sums, err = Join(parts); err != nil {
				t.Fatal(err)
			}
			got, err := Volume(t.Context(), v, s, par, in, parallel.Options{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got.Measurements, want.Measurements) || !reflect.DeepEqual(got.Flags, want.Flags) {
				for i := range want.Measurements {
					if !reflect.DeepEqual(got.Measurements[i], want.Measurements[i]) {
						t.Errorf("axis %s, %d shards: %+v, want %+v", axis, n, got.Measurements[i], want.Measurements[i])
					}
				}
			}
		}
	}
}

func copied(t *testing.T, s *Sums) (out *Sums) {
	t.Helper()
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(s); err != nil {
		t.Fatal(err)
	}
	if err := gob.NewDecoder(&b).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSlabsAndThreadsDoNotMatter(t *testing.T) {
	v, s := crossing()
	par, in := Params{Surface: true, Thickness: true}, Input{Axis: "x"}
	want, err := Volume(t.Context(), v, s, par, in, parallel.Options{Workers: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []parallel.Options{{Workers: 2, Depth: 64}, {Workers: 8}, {Workers: 2, Depth: 1}} {
		got, err := Volume(t.Context(), v, s, par, in, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Measurements, want.Measurements) {
			t.Errorf("%+v changes the measurements", o)
		}
	}
}

func TestWrongShardsAreNotJoined(t *testing.T) {
	v, s := crossing()
	part := func(z0, z1 int, axis string) *Sums {
		sums, err := Collect(t.Context(), v, s, Params{}, Input{Axis: axis}, z0, z1, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return sums
	}
	low, high := part(0, 20, "z"), part(20, 53, "z")
	torn := *high
	torn.Objects = &Pieces{}
	for name, parts := range map[string][]*Sums{
		"none": {}, "one missing": {high}, "twice": {low, low}, "a gap": {low, part(21, 53, "z")},
		"another axis": {low, part(20, 53, "x")}, "pieces of another": {low, &torn}, "empty": {{}},
	} {
		if _, err := Join(parts); !errors.Is(err, ErrShards) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Collect(t.Context(), v, s, Params{}, Input{}, 40, 60, parallel.Options{}, nil); err == nil {
		t.Error("slices beyond the volume were summed")
	}
}
