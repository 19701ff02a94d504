package reslice

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/render"
)

var turned = [3][3]float64{{0.6, 0.8, 0}, {-0.8, 0.6, 0}, {0, 0, 1}}

// linear is a volume whose grey is linear in the place, mm.
func linear(axes [3][3]float64) *volume.Volume[float64] {
	v := volume.New[float64](volume.Grid{N: [3]int{20, 16, 12}, Spacing: [3]float64{0.02, 0.03, 0.05}, Origin: [3]float64{1, -2, 3}, Axes: axes})
	for i := range v.Data {
		p := v.Position(i)
		at := v.Origin
		for a, axis := range axesOf(axes) {
			for b := range 3 {
				at[b] += float64(p[a]) * v.Spacing[a] * axis[b]
			}
		}
		v.Data[i] = value(at)
	}
	return v
}

func axesOf(a [3][3]float64) [3][3]float64 { return axes(volume.Grid{Axes: a}) }

func value(p [3]float64) float64 { return 4 + 3*p[0] - 2*p[1] + 5*p[2] }

// TestObliquePlanesOfLinearGreys: trilinear greys are exact where the volume is linear, at every slope.
func TestObliquePlanesOfLinearGreys(t *testing.T) {
	for _, own := range [][3][3]float64{{}, turned} {
		v := linear(own)
		middle := corner(v.Grid, 0)
		for b, c := range corner(v.Grid, 7) {
			middle[b] = (middle[b] + c) / 2
		}
		for _, n := range [][3]float64{{0, 0, 1}, {1, 0, 0}, {0, 2, 0}, {1, 1, 0}, {1, -2, 3}, {-0.3, 0.2, 0.1}} {
			g, err := Frame(v.Grid, Plane{middle, n})
			if err != nil {
				t.Fatal(err)
			}
			s, err := Onto(t.Context(), v, g, math.NaN(), parallel.Options{Workers: 2}, nil)
			if err != nil {
				t.Fatal(err)
			}
			checkPlane(t, v.Grid, s, n)
		}
	}
}

// checkPlane looks at the pixels that lie between the outermost centres of g.
func checkPlane(t *testing.T, g volume.Grid, s *volume.Volume[float64], normal [3]float64) {
	t.Helper()
	m, inner := placed(g, s.Grid), 0
	for i, got := range s.Data {
		p := s.Position(i)
		at, between := s.Origin, true
		for a := range 3 {
			index := m.at[a] + float64(p[0])*m.step[0][a] + float64(p[1])*m.step[1][a]
			between = between && index >= 0 && index <= float64(g.N[a]-1)
			at[a] += float64(p[0])*s.Spacing[0]*s.Axes[0][a] + float64(p[1])*s.Spacing[1]*s.Axes[1][a]
		}
		if !between {
			continue
		}
		inner++
		if want := value(at); !(math.Abs(got-want) < 1e-9) {
			t.Fatalf("normal %v: pixel %v at %v mm is %g, want %g", normal, p, at, got, want)
		}
	}
	if inner < s.Len()/3 {
		t.Errorf("normal %v: only %d of %d pixels in the volume", normal, inner, s.Len())
	}
}

func TestAcrossEqualsThePicturesPlanes(t *testing.T) {
	v := linear(turned)
	for axis := range 3 {
		got, err := Across(t.Context(), v, axis, 7)
		if err != nil {
			t.Fatal(err)
		}
		want, err := render.Plane(v, render.Axis(axis), 7)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			p := got.Position(i)
			at := got.Origin
			for b := range 3 {
				at[b] += float64(p[0])*got.Spacing[0]*got.Axes[0][b] + float64(p[1])*got.Spacing[1]*got.Axes[1][b]
			}
			if got.Data[i] != want[i] || math.Abs(value(at)-want[i]) > 1e-9 {
				t.Fatalf("axis %d, pixel %v: %g, want %g; its place has %g", axis, p, got.Data[i], want[i], value(at))
			}
		}
	}
}

func TestOutside(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{3, 3, 3}, Spacing: [3]float64{1, 1, 1}})
	g := volume.Grid{N: [3]int{7, 1, 1}, Spacing: [3]float64{1, 1, 0}, Origin: [3]float64{-2, 1, 1}}
	s, err := Onto(t.Context(), v, g, 9, parallel.Options{}, nil)
	if err != nil || fmt.Sprint(s.Data) != "[9 9 0 0 0 9 9]" {
		t.Errorf("%v, %v", s, err)
	}
}

func TestRefused(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{3, 3, 3}})
	if _, err := Frame(v.Grid, Plane{Normal: [3]float64{1, 0, 0}}); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("unknown spacing: %v", err)
	}
	if s, err := Across(t.Context(), v, 2, 1); err != nil || s.Calibrated() {
		t.Errorf("a slice of unknown spacing: %v", err)
	}
	if _, err := Across(t.Context(), v, 2, 3); !errors.Is(err, ErrMissed) {
		t.Errorf("a slice beyond the last: %v", err)
	}
	v.Spacing = [3]float64{1, 1, 1}
	if _, err := Frame(v.Grid, Plane{Point: [3]float64{9, 9, 9}, Normal: [3]float64{1, 0, 0}}); !errors.Is(err, ErrMissed) {
		t.Errorf("a plane beyond the volume: %v", err)
	}
	if _, err := Frame(v.Grid, Plane{}); err == nil {
		t.Error("a normal without length was taken")
	}
}

func ExampleFrame() {
	v := volume.New[uint8](volume.Grid{N: [3]int{10, 10, 10}, Spacing: [3]float64{0.1, 0.1, 0.1}})
	g, _ := Frame(v.Grid, Plane{Point: [3]float64{0.45, 0.45, 0.45}, Normal: [3]float64{0, 1, 1}})
	s, _ := Onto(context.Background(), v, g, 0, parallel.Options{}, nil)
	fmt.Println(s.N)
	// Output: [10 15 1]
}

func BenchmarkOnto(b *testing.B) {
	v := volume.New[uint16](volume.Grid{N: [3]int{256, 256, 256}, Spacing: [3]float64{1, 1, 1}})
	g := v.Grid
	g.Axes = turned
	b.Run("n=256", func(b *testing.B) {
		b.SetBytes(int64(2 * g.Len()))
		for b.Loop() {
			if _, err := Onto(b.Context(), v, g, 0, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
