package measure

import (
	"math/rand/v2"
	"slices"
	"testing"

	"explant/analysis/segment"
	"explant/volume"
)

// The census looks at rows as a whole; voxel by voxel it is the same.
func TestCensusEqualsItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	g := volume.Grid{N: [3]int{45, 9, 8}}
	l, v := volume.New[uint8](g), volume.New[uint16](g)
	for i := range l.Data {
		v.Data[i] = uint16(r.IntN(900))
		if r.IntN(4) == 0 {
			l.Data[i] = uint8(r.IntN(3)) * 2
		}
	}
	s := &segment.Segmentation{Labels: l, VOI: segment.Box{Min: [3]int{2, 1, 1}, Max: [3]int{44, 8, 8}}}
	s.Levels = [segment.ClassCount]float64{100, 100, 400, 700, 800}
	for axis := range 3 {
		got := &census{box: s.VOI, axis: axis, planes: make([]plane, 45), slice: make([]float64, 45)}
		want := &census{box: s.VOI, axis: axis, planes: make([]plane, 45), slice: make([]float64, 45)}
		w := newWeigher(s)
		for z := s.VOI.Min[2]; z < s.VOI.Max[2]; z++ {
			countSlice(got, v, w, z)
			for y := s.VOI.Min[1]; y < s.VOI.Max[1]; y++ {
				for x := s.VOI.Min[0]; x < s.VOI.Max[0]; x++ {
					want.plane(x, y, z).n[l.At(x, y, z)]++
					weigh(want, v, w, x, y, z)
				}
			}
		}
		if got.faces != want.faces || !slices.Equal(got.planes, want.planes) {
			t.Errorf("axis %c: %d faces, want %d;\n%v, want\n%v", "xyz"[axis], got.faces, want.faces, got.planes, want.planes)
		}
	}
}
