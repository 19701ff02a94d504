package pin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/reslice"
)

// tilted is a place that no axis is parallel to.
func tilted(scale float64) Place {
	p := Place{Axes: [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, Scale: scale}
	p = p.moved([6]float64{0, 0, 0, 0.4, -0.3, 0.8}, [2]float64{}, 0, 1)
	p.Origin = [3]float64{0.35, 0.3, 0.75}
	return p
}

func TestPointsPlaceASlide(t *testing.T) {
	for _, scale := range []float64{1, 0.9} {
		want := tilted(scale)
		var pairs []Pair
		for _, at := range [][2]float64{{0.1, 0.2}, {0.9, 0.15}, {0.5, 0.8}, {0.3, 0.6}} {
			pairs = append(pairs, Pair{at, want.Map(at)})
		}
		got, distance, err := Fit(pairs, scale != 1)
		if err != nil || RMS(distance) > 1e-9 || apart(got, want, Slide{W: 1, H: 1, Edge: 1}) > 1e-9 || math.Abs(got.Scale-scale) > 1e-9 {
			t.Errorf("scale %v: %+v, %v, %v", scale, got, distance, err)
		}
		m := got.Affine()
		if at := want.Map([2]float64{0.5, 0.25}); math.Abs(m[1][0]*0.5+m[1][1]*0.25+m[1][3]-at[1]) > 1e-9 {
			t.Errorf("matrix %v", m)
		}
	}
	line := []Pair{{[2]float64{0, 0}, [3]float64{}}, {[2]float64{1, 1}, [3]float64{1, 1, 0}}, {[2]float64{2, 2}, [3]float64{2, 2, 0}}}
	if _, _, err := Fit(line, false); !errors.Is(err, ErrOnOneLine) {
		t.Errorf("a line: %v", err)
	}
	if _, _, err := Fit(line[:2], false); !errors.Is(err, ErrFew) {
		t.Errorf("two pairs: %v", err)
	}
}

// scan holds balls of three greys, as fibres and deposits lie in air.
func scan() *volume.Volume[uint16] {
	const n = 64
	v := volume.New[uint16](volume.Grid{N: [3]int{n, n, n}, Spacing: [3]float64{0.025, 0.025, 0.025}})
	for i := range v.Data {
		p := v.Position(i)
		v.Data[i] = 6000
		for k := range 60 {
			h := float64(k)
			c := [3]float64{math.Mod(h*37.7, n), math.Mod(h*h*11.3+5, n), math.Mod(h*23.9+h*h*3.1, n)}
			d := math.Sqrt(square(float64(p[0])-c[0]) + square(float64(p[1])-c[1]) + square(float64(p[2])-c[2]))
			if d < 5+3*math.Mod(h*0.37, 1) {
				v.Data[i] = 20000 + uint16(9000*(k%2))
			}
		}
	}
	return v
}

// TestPlacesAreRefined: a slide of which polymer is pale and deposit dark, cut from the scan, with points that are
// off by several voxels.
func TestPlacesAreRefined(t *testing.T) {
	const tolerance = 0.02 // mm, less than a voxel
	v, truth := scan(), tilted(1)
	s := Slide{W: 48, H: 48, Edge: 0.02}
	cut, err := reslice.Onto(t.Context(), v, truth.Grid(s), 6000, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Values = make([]float32, len(cut.Data))
	for i, g := range cut.Data {
		s.Values[i] = map[bool]float32{true: 180, false: 250}[g > 25000]
		if g > 15000 && g <= 25000 {
			s.Values[i] = 235
		}
	}
	start := truth.moved([6]float64{0.06, -0.05, 0.06, 0.05, -0.06, 0.05}, [2]float64{0.5, 0.5}, 1, 1)
	r, err := Refine(t.Context(), v, s, start, 0.2)
	if err != nil {
		t.Fatal(err)
	}
	before, after := apart(start, truth, s), apart(r.Place, truth, s)
	if !r.Kept || after > tolerance || after > before/4 || r.After <= r.Before {
		t.Errorf("%.3f mm off, before %.3f, information %.3f to %.3f, kept %v", after, before, r.Before, r.After, r.Kept)
	}
	blank := s
	blank.Values = make([]float32, len(s.Values))
	if r, err := Refine(t.Context(), v, blank, start, 0.2); err != nil || r.Kept {
		t.Errorf("an empty slide was placed: %+v, %v", r, err)
	}
	far := start
	far.Origin[2] += 9
	if _, err := Refine(t.Context(), v, s, far, 0.2); !errors.Is(err, ErrOutside) {
		t.Errorf("a slide beside the scan: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Refine(ctx, v, s, start, 0.2); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func ExampleFit() {
	pairs := []Pair{{[2]float64{0, 0}, [3]float64{1, 2, 3}}, {[2]float64{2, 0}, [3]float64{1, 4, 3}}, {[2]float64{0, 1}, [3]float64{1, 2, 4}}}
	p, _, _ := Fit(pairs, false)
	at := p.Map([2]float64{2, 1})
	fmt.Printf("%.3f %.3f %.3f\n", at[0], at[1], at[2])
	// Output: 1.000 4.000 4.000
}

func BenchmarkRefine(b *testing.B) {
	v, p := scan(), tilted(1)
	s := Slide{W: 48, H: 48, Edge: 0.02, Values: make([]float32, 48*48)}
	for i := range s.Values {
		s.Values[i] = float32(i % 97)
	}
	b.Run("slide=48/scan=64", func(b *testing.B) {
		b.SetBytes(int64(4 * len(s.Values)))
		for b.Loop() {
			if _, err := Refine(b.Context(), v, s, p, 0.2); err != nil {
				b.Fatal(err)
			}
		}
	})
}
