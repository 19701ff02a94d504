package measure

import (
	"math"
	"testing"

	"explant/analysis/segment"
	"explant/volume/shape"
)

func TestSurfaceOfSpheres(t *testing.T) {
	for _, spacing := range [][3]float64{{0.02, 0.02, 0.02}, {0.02, 0.03, 0.025}} {
		s, _ := pitted(t, spacing)
		f := s.measure(t, Params{Surface: true}, Input{})
		want := 4 * math.Pi * (0.27*0.27 + 0.21*0.21)
		near1(t, "surface", row(t, f, "dep.area", "").Value, want, 0.02)
		near1(t, "surface by Crofton", row(t, f, "dep.area", "crofton").Value, want, 0.04)
	}
}

// A film on a wall: one of its two faces touches, the other is farther off than 1.5 voxels. Its cut edges are
// no surface.
func TestContactOfAFilm(t *testing.T) {
	s := newScene([3]int{24, 20, 60}, [3]float64{0.02, 0.02, 0.02})
	s.add(t, segment.Deposit, shape.Box{Min: shape.Point{-9, -9, -9}, Max: shape.Point{9, 9, 0.496}})
	s.add(t, segment.Polymer, shape.Box{Min: shape.Point{-9, -9, -9}, Max: shape.Point{9, 9, 0.396}})
	f := s.measure(t, Params{Surface: true}, Input{})
	face := 23 * 19 * 0.0004
	near1(t, "surface", row(t, f, "dep.area", "").Value, 2*face, 1e-3)
	near1(t, "contact", row(t, f, "dep.contact", "within 30 um of polymer or housing").Value, face, 1e-3)
	near1(t, "share", row(t, f, "dep.contact", "share, within 30 um of polymer or housing").Value, 50, 1e-3)
	f = s.measure(t, Params{Surface: true, ContactUM: 120}, Input{})
	near1(t, "share", row(t, f, "dep.contact", "share, within 120 um of polymer or housing").Value, 100, 1e-3)
}

func TestVicinityEqualsBruteForce(t *testing.T) {
	s := newScene([3]int{9, 8, 10}, [3]float64{0.02, 0.03, 0.05})
	s.seg.Labels.Data[s.grey.Offset(4, 4, 5)] = segment.Housing
	const reach = 0.06
	v := newVicinity(s.seg.Labels, s.seg.Box(), reach)
	for i := range s.seg.Labels.Data {
		at := s.grey.Position(i)
		place := [3]float64{0.013, 0.02, 0.04}
		d := 0.0
		for a, p := range [3]int{4, 4, 5} {
			spacing := s.grey.Spacing[a]
			d += square(max(math.Abs(float64(p-at[a])*spacing-place[a])-spacing/2, 0))
		}
		if got, want := v.touches(at, place), math.Sqrt(d) <= reach; got != want {
			t.Errorf("cell %v at %g mm: %v", at, math.Sqrt(d), got)
		}
	}
}

func TestContactIsWithheldWhereBordersLookLikePolymer(t *testing.T) {
	s, _ := pitted(t, [3]float64{0.02, 0.02, 0.02})
	s.seg.LumensInVoid = true
	if f := s.measure(t, Params{Surface: true}, Input{}); !withheld(f, "dep.contact") || len(rows(f, "dep.contact")) > 0 {
		t.Error("contact with what may be the border of deposit itself")
	}
}
