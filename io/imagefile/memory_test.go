package imagefile

import (
	"slices"
	"testing"

	"explant/volume"
)

func checkMemory[T volume.Voxel](t *testing.T, want Type) {
	t.Helper()
	v := volume.New[T](volume.Grid{N: [3]int{4, 3, 2}, Spacing: [3]float64{1, 2, 3}, Origin: [3]float64{10, 20, 30}, Axes: [3][3]float64{{0, 1, 0}, {1, 0, 0}, {0, 0, 1}}})
	for i := range v.Data {
		v.Data[i] = T(i * 5)
	}
	r := Memory(v, "memory")
	if r.Info().Type != want {
		t.Fatalf("%T is %s", T(0), r.Info().Type)
	}
	p, err := Part(r, Window{Min: [3]int{1, 1, 0}, Max: [3]int{4, 3, 2}})
	if err != nil {
		t.Fatal(err)
	}
	if i := p.Info(); i.Grid.N != [3]int{3, 2, 2} || i.Grid.Origin != [3]float64{12, 21, 30} {
		t.Errorf("part of %v at %v", i.Grid.N, i.Grid.Origin)
	}
	b, err := p.Read(t.Context(), Window{Min: [3]int{1, 0, 1}, Max: [3]int{3, 2, 2}})
	if err != nil {
		t.Fatal(err)
	}
	if got := Values(b.Data, b.Type); !slices.Equal(got, []float64{5 * 18, 5 * 19, 5 * 22, 5 * 23}) {
		t.Errorf("%T: %v", T(0), got)
	}
	if _, err := p.Read(t.Context(), Window{Max: [3]int{4, 1, 1}}); err == nil {
		t.Error("a window beyond the part was read")
	}
	if _, err := Part(r, Window{Max: [3]int{5, 1, 1}}); err == nil {
		t.Error("a part beyond the image was made")
	}
}

func TestPartsOfMemory(t *testing.T) {
	checkMemory[uint8](t, Uint8)
	checkMemory[int8](t, Int8)
	checkMemory[uint16](t, Uint16)
	checkMemory[int16](t, Int16)
	checkMemory[uint32](t, Uint32)
	checkMemory[int32](t, Int32)
	checkMemory[float32](t, Float32)
	checkMemory[float64](t, Float64)
}
