package micrograph

import (
	"math"
	"testing"
)

// The samples that a shape covers add up to its closed-form area within 0.5 %, wherever it lies, and its
// reported depth is never more than the true distance from the outline.
func TestShapesCoverTheirArea(t *testing.T) {
	for name, c := range map[string]struct {
		shape shape
		area  float64
	}{
		"disc":     {newBlob(point{20.3, 19.6}, 8, 8, 0), math.Pi * 64},
		"ellipse":  {newBlob(point{30.1, 28.7}, 14, 6, 0.7), math.Pi * 84},
		"capsule":  {&link{point{10.2, 12.7}, point{48.9, 40.1}, 1.3, 1.3}, 2.6*math.Hypot(38.7, 27.4) + math.Pi*1.69},
		"annulus":  {&annulus{point{30, 30}, 15, 20}, math.Pi * (400 - 225)},
		"wavy":     {wavy(), math.Pi * 144 * (1 + 0.5*(0.1*0.1+0.05*0.05))}, // of r(1 + w cos) over the angle
		"off left": {newBlob(point{0, 30}, 10, 10, 0), math.Pi * 50},
	} {
		var st stamp
		if !st.cut([]shape{c.shape}, c.shape.bounds(), 64, 0, 64) {
			t.Fatalf("%s: nothing painted", name)
		}
		n := 0
		for _, s := range st.covers {
			n += count(s)
		}
		if got := float64(n) / allSamples; math.Abs(got-c.area) > 0.005*c.area {
			t.Errorf("%s: %v px², want %v", name, got, c.area)
		}
	}
}

func wavy() *blob {
	b := newBlob(point{30, 30}, 12, 12, 0.3)
	b.wave, b.phase = []float64{0.1, 0.05}, []float64{1, 2}
	return b
}

func TestInsideIsNoMoreThanTheDistanceToTheOutline(t *testing.T) {
	for name, s := range map[string]shape{
		"ellipse": newBlob(point{30, 30}, 16, 6, 0.4), "wavy": wavy(), "link": &link{point{15, 20}, point{45, 35}, 2, 6},
	} {
		for k := range 4000 {
			p := point{60 * float64(k%63) / 62, 60 * float64(k/63) / 62}
			in, thick := s.at(p)
			if (in > 0) != (thick > 0) || thick > 1 {
				t.Fatalf("%s: inside %v, thick %v at %v", name, in, thick, p)
			}
			for a := range 24 { // no point within |in| of p lies on the other side
				q := p.along(float64(a)*math.Pi/12, 0.98*math.Abs(in))
				if other, _ := s.at(q); other*in < 0 {
					t.Fatalf("%s: %v is %v from the outline, but %v lies across", name, p, in, q)
				}
			}
		}
	}
}
