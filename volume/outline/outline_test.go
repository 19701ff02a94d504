package outline

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

func picture(w int, px string) *volume.Labels {
	l := volume.New[uint8](volume.Grid{N: [3]int{w, len(px) / w, 1}})
	for i, c := range px {
		if c == '#' {
			l.Data[i] = 1
		}
	}
	return l
}

func TestOutlinesOfDrawnRegions(t *testing.T) {
	for name, c := range map[string]struct {
		w    int
		px   string
		want []Polygon
	}{
		"one pixel": {3, "    #    ", []Polygon{{[]Point{{1, 1}, {2, 1}, {2, 2}, {1, 2}}, nil, 1}}},
		"a hole":    {3, "#### ####", []Polygon{{[]Point{{0, 0}, {3, 0}, {3, 3}, {0, 3}}, [][]Point{{{1, 2}, {2, 2}, {2, 1}, {1, 1}}}, 8}}},
		"corners":   {2, "# " + " #", []Polygon{{[]Point{{0, 0}, {1, 0}, {1, 1}, {0, 1}}, nil, 1}, {[]Point{{1, 1}, {2, 1}, {2, 2}, {1, 2}}, nil, 1}}},
		"an L":      {2, "# " + "##", []Polygon{{[]Point{{0, 0}, {1, 0}, {1, 1}, {2, 1}, {2, 2}, {0, 2}}, nil, 3}}},
		"nothing":   {2, "    ", nil},
	} {
		got, err := Trace(t.Context(), picture(c.w, c.px), 1, 1, parallel.Options{})
		if err != nil || !reflect.DeepEqual(got, c.want) && len(got)+len(c.want) > 0 {
			t.Errorf("%s: %v, want %v, error %v", name, got, c.want, err)
		}
	}
	if got, _ := Trace(t.Context(), picture(2, "# ##"), 1, 4, parallel.Options{}); len(got) != 0 {
		t.Errorf("a small piece is traced: %v", got)
	}
}

// The area within the outlines is that of the pixels, whatever is drawn.
func TestAreasOfRandomRegions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for range 40 {
		l := volume.New[uint8](volume.Grid{N: [3]int{1 + r.IntN(30), 1 + r.IntN(30), 1}})
		n := 0
		for i := range l.Data {
			if r.IntN(5) < 3 {
				l.Data[i] = 1
				n++
			}
		}
		got, err := Trace(t.Context(), l, 1, 1, parallel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		twice, pixels := 0, int64(0)
		for _, p := range got {
			twice += turned(p.Outer)
			pixels += p.Area
			for _, h := range p.Holes {
				if turned(h) >= 0 {
					t.Errorf("hole %v runs clockwise", h)
				}
				twice += turned(h)
			}
		}
		if twice != 2*n || pixels != int64(n) {
			t.Fatalf("%v: %d half pixels within outlines, %d drawn, %d counted", l.N, twice, 2*n, pixels)
		}
	}
}

func BenchmarkTrace(b *testing.B) {
	l := volume.New[uint8](volume.Grid{N: [3]int{1024, 1024, 1}})
	for i := range l.Data {
		if x, y := i%1024/7, i/1024/5; (x*y+x+y)%3 == 0 {
			l.Data[i] = 1
		}
	}
	b.Run("classes=1/px=1048576", func(b *testing.B) {
		b.SetBytes(int64(len(l.Data)))
		for b.Loop() {
			if _, err := Trace(b.Context(), l, 1, 1, parallel.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
