package serial

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	phantom "explant/analysis/phantom/serial"
	"explant/volume"
	"explant/volume/parallel"
)

// cut makes the sections of a small block, none lost, and their truth.
func cut(t testing.TB, size, sections int, seed uint64) ([]*Picture, phantom.Truth) {
	t.Helper()
	b := phantom.Default(size, size, seed)
	b.Sections, b.Lost = sections, 0
	all, _, truth, err := b.Make(context.Background(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]*Picture, len(all))
	for k, s := range all {
		if out[k], err = NewPicture((*image.NRGBA)(s), size, size, 1); err != nil {
			t.Fatal(err)
		}
	}
	return out, truth
}

// moved is a picture of a pattern as a map of its places shows it.
func moved(t *testing.T, size int, back func([2]float64) [2]float64) *Picture {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			p := back([2]float64{float64(x), float64(y)})
			var sum float64
			for k := 1.0; k <= 4; k++ { // waves of four lengths and directions, no two alike
				sum += math.Sin(p[0]*0.09*k*math.Cos(k)+p[1]*0.09*k*math.Sin(k)+k*k) / k
			}
			r := math.Hypot(p[0]-float64(size)/2.2, p[1]-float64(size)/1.9)
			v := uint8(math.Round(150 + 40*sum - 60/(1+math.Exp((r-float64(size)/3)/4))))
			m.SetNRGBA(x, y, color.NRGBA{v, uint8(255 - int(v)/2), 200 - v/3, 255})
		}
	}
	p, err := NewPicture(m, size, size, 1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestKnownMapsAreFound: the same pattern, turned, mirrored, stretched and bent, is found again.
func TestKnownMapsAreFound(t *testing.T) {
	const size, tolerance = 160, 0.6 // pixels: bilinear between nodes 14 pixels apart, and the picture's own sampling
	middle := [2]float64{size / 2, size / 2}
	bend := func(p [2]float64) [2]float64 {
		return [2]float64{p[0] + 1.5*math.Sin(p[1]/30), p[1] + 1.2*math.Cos(p[0]/33)}
	}
	fixed := moved(t, size, func(p [2]float64) [2]float64 { return p })
	for name, c := range map[string]struct {
		turn   float64
		mirror bool
	}{"small turn": {7, false}, "large turn": {131, false}, "mirrored": {-40, true}} {
		a := Affine{{1.01, 0.008, 0}, {-0.005, 0.99, 0}}.After(turned(c.turn, c.mirror, middle, [2]float64{middle[0] + 6, middle[1] - 4}))
		truth := func(p [2]float64) [2]float64 { return a.Apply(bend(p)) }
		moving := moved(t, size, func(q [2]float64) [2]float64 { // the inverse of truth
			p := a.Inverse().Apply(q)
			want := p
			for range 20 {
				d := bend(p)
				p = [2]float64{p[0] + want[0] - d[0], p[1] + want[1] - d[1]}
			}
			return p
		})
		pair, err := Register(t.Context(), fixed, moving)
		if err != nil {
			t.Fatal(err)
		}
		worst := 0.0
		for y := 50.0; y < size-50; y += 10 {
			for x := 50.0; x < size-50; x += 10 {
				p, q := pair.Map([2]float64{x, y}), truth([2]float64{x, y})
				worst = max(worst, math.Hypot(p[0]-q[0], p[1]-q[1]))
			}
		}
		if worst > tolerance || (pair.Affine.Det() < 0) != c.mirror || pair.Similarity < 0.97 {
			t.Errorf("%s: %.2f px off, mirrored %v, likeness %.3f", name, worst, pair.Affine.Det() < 0, pair.Similarity)
		}
	}
}

// TestWhatGoesOnIsNoDisplacement: a pattern that goes on by 2 pixels from section to section stays as it lies; what one
// section is displaced by beyond that is found.
func TestWhatGoesOnIsNoDisplacement(t *testing.T) {
	const size, goesOn, shift, tolerance = 128, 2.0, 3.0, 0.35 // pixels
	var pictures []*Picture
	var places []Placement
	for k := range 7 {
		x := goesOn * float64(k)
		if k == 3 {
			x += shift
		}
		pictures = append(pictures, moved(t, size, func(p [2]float64) [2]float64 { return [2]float64{p[0] + x, p[1]} }))
		places = append(places, Placement{Identity, newField(size, size)})
	}
	if err := settle(t.Context(), pictures, places, []float64{1, 1, 1, 1, 1, 1}, parallel.Options{}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	at := func(k int) float64 { return places[k].Map([2]float64{size / 2, size / 2})[0] }
	if got := at(3) - (at(2)+at(4))/2; math.Abs(got-shift) > tolerance {
		t.Errorf("a section displaced by %g px lies %.2f px beside its neighbours", shift, got)
	}
	if lean := at(6) - at(0); math.Abs(lean) > 0.25*6*goesOn {
		t.Errorf("%.1f of the %g px by which the pattern goes on were taken for displacement", lean, 6*goesOn)
	}
}

// TestPlacesShareWhatPairsGetWrong: maps of pairs that contradict each other by noise give places that are nearer to
// the truth than a chain of pairs.
func TestPlacesShareWhatPairsGetWrong(t *testing.T) {
	const n, size = 8, 100
	truth := make([]Affine, n)
	pictures := make([]*Picture, n)
	for k := range truth {
		pictures[k] = &Picture{W: size, H: size}
		truth[k] = turned(float64(3*k*k%17), k == 5, [2]float64{50, 50}, [2]float64{50 + float64(k%3), 50})
	}
	var pairs []Pair
	for d := 1; d <= span; d++ {
		for k := 0; k+d < n; k++ {
			wrong := Affine{{1, 0, 0.5 * math.Sin(float64(7*k+3*d))}, {0, 1, 0.5 * math.Cos(float64(5*k+d))}}
			pairs = append(pairs, Pair{Fixed: k, Moving: k + d, Affine: wrong.After(truth[k+d].Inverse().After(truth[k])), Field: newField(size, size), Similarity: 0.9})
		}
	}
	places, err := Place(pictures, pairs, []float64{1, 1, 1, 1, 1, 1, 1}, 3)
	if err != nil {
		t.Fatal(err)
	}
	for k := range n - 1 {
		p := [2]float64{70, 30}
		q := places[k+1].Unmap(places[k].Map(p))
		want := truth[k+1].Inverse().Apply(truth[k].Apply(p))
		if d := math.Hypot(q[0]-want[0], q[1]-want[1]); d > 0.5 {
			t.Errorf("sections %d and %d: %.2f px off, their pair by 0.5", k, k+1, d)
		}
		if r := places[k].Map(places[k].Unmap(p)); math.Hypot(r[0]-p[0], r[1]-p[1]) > 1e-6 {
			t.Errorf("section %d: %v and back is %v", k, p, r)
		}
	}
	if (places[5].Affine.Det() < 0) != true || places[4].Affine.Det() < 0 {
		t.Error("the mirrored section is not told")
	}
	if _, err := Place(pictures, pairs[:2], []float64{1, 1, 1, 1, 1, 1, 1}, 3); !errors.Is(err, ErrApart) {
		t.Errorf("sections that no pair joins: %v", err)
	}
}

// TestLostSectionsAreNoticed: unlikeness grows with the root of the distance; one or two sections are lost.
// (Behind the first section only two pairs tell, which is too few for one that is lost.)
func TestLostSectionsAreNoticed(t *testing.T) {
	for _, at := range []int{-1, 2, 4, 7} {
		for _, by := range []int{1, 2} {
			const n = 11
			steps := make([]float64, n-1)
			for i := range steps {
				steps[i] = 1
			}
			var pairs []Pair
			for d := 1; d <= span; d++ {
				for k := 0; k+d < n; k++ {
					far := float64(d)
					if k <= at && k+d > at {
						far += float64(by)
					}
					noise := 1 + 0.08*math.Sin(float64(13*k+5*d))
					pairs = append(pairs, Pair{Fixed: k, Moving: k + d, Similarity: 1 - 0.1*math.Sqrt(far)*noise})
				}
			}
			for k, lost := range Lost(n, pairs, steps) {
				if (lost > 0) != (k == at) {
					t.Errorf("%d lost behind section %d: %d told behind %d", by, at, lost, k)
				}
			}
		}
	}
	if got := Lost(3, nil, []float64{1, 1}); got[0] != 0 {
		t.Error("three sections told a loss")
	}
}

func TestLostSectionsCountAsTheirNeighbours(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{4, 1, 5}})
	copy(v.Data, []uint8{1, 1, 1, 1, 1, 1, 0, 0, Missing, Missing, Missing, Missing, 1, 1, 1, 1, 1, Outside, 0, 2})
	got := Contents(v)
	if got[1].Voxels != 4+2+3+4+1 || got[2].Voxels != 1 {
		t.Errorf("%v and %v voxels", got[1], got[2])
	}
}

func TestThreadsDoNotMatter(t *testing.T) {
	pictures, _ := cut(t, 128, 3, 4)
	var first *Block
	for _, workers := range []int{1, 3} {
		b, err := Align(t.Context(), pictures, []float64{1, 1}, parallel.Options{Workers: workers}, parallel.Discard{})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b
		}
		for k := range b.Placed {
			if b.Placed[k].Affine != first.Placed[k].Affine || b.Placed[k].Field.Move[7] != first.Placed[k].Field.Move[7] {
				t.Errorf("section %d lies elsewhere with %d workers", k, workers)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Align(ctx, pictures, []float64{1, 1}, parallel.Options{}, parallel.Discard{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := NewPicture(image.NewNRGBA(image.Rect(0, 0, 20, 20)), 20, 20, 1); !errors.Is(err, ErrPicture) {
		t.Errorf("a tiny picture: %v", err)
	}
}

func ExampleAffine_After() {
	shift, twice := Affine{{1, 0, 3}, {0, 1, 0}}, Affine{{2, 0, 0}, {0, 2, 0}}
	fmt.Println(twice.After(shift).Apply([2]float64{1, 1}))
	// Output: [8 2]
}

func BenchmarkRegister(b *testing.B) {
	pictures, _ := cut(b, 256, 2, 1)
	b.Run("px=256", func(b *testing.B) {
		b.SetBytes(2 * 3 * 256 * 256)
		for b.Loop() {
			if _, err := Register(b.Context(), pictures[0], pictures[1]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
