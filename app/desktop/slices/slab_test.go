package slices

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"explant/volume/render"
)

// TestSlabIsTheFoldOfItsSlices compares every sample of slabs in the three directions and of the three kinds
// with their slices one by one, at the border, too.
func TestSlabIsTheFoldOfItsSlices(t *testing.T) {
	n := [3]int{16, 12, 10}
	s := openStack(t, volumeFile(t, n), Options{})
	waitFor(t, "the volume", func() bool { return s.Progress() == 1 })
	for _, c := range []struct {
		axis        render.Axis
		index, many int
		from, to    int // the slices that count
	}{{render.Z, 5, 3, 4, 7}, {render.Z, 0, 5, 0, 3}, {render.Y, 11, 4, 10, 12}, {render.X, 8, 5, 6, 11}, {render.X, 1, 100, 0, 16}} {
		for _, mode := range []Projection{Mean, Max, Min} {
			p := s.Slab(c.axis, c.index, c.many, mode)
			for y := range p.H {
				for x := range p.W {
					sum, least, most := 0, 1<<30, 0
					for i := c.from; i < c.to; i++ {
						v := value(c.axis, i, x, y, n)
						sum, least, most = sum+v, min(least, v), max(most, v)
					}
					want := map[Projection]int{Mean: (2*sum + c.to - c.from) / 2 / (c.to - c.from), Max: most, Min: least}[mode]
					if got := int(p.Data[y*p.W+x]); got != want {
						t.Fatalf("%s of %d around %d across %s, (%d, %d): %d, want %d", mode, c.many, c.index, c.axis, x, y, got, want)
					}
				}
			}
		}
	}
	if first := s.Slab(render.X, 1, 100, Min); s.Slab(render.X, 1, 100, Min) != first {
		t.Error("the same slab is made twice")
	}
}

// TestReducedSlabCoversItsSlices takes a slab from a copy that is reduced by two.
func TestReducedSlabCoversItsSlices(t *testing.T) {
	n := [3]int{16, 12, 10}
	s := openStack(t, volumeFile(t, n), Options{Voxels: 300})
	waitFor(t, "the volume", func() bool { return s.Progress() == 1 })
	p := s.Slab(render.Z, 4, 4, Max) // slices 3 to 6 lie in 1 to 3 of the copy
	if want := uint16((1+20+400)/2 + 400*6); p.Fine || p.Data[0] < want || p.Data[0] > want+1 {
		t.Errorf("%d, want %d", p.Data[0], want)
	}
}

// TestPlanesPassedByAreNotRead asks for planes across x one after the other: none is due before it rested, a
// plane across z at once.
func TestPlanesPassedByAreNotRead(t *testing.T) {
	now := time.Now()
	s := &Stack{ctx: context.Background(), moved: now, want: map[render.Axis]wish{render.X: {place: place{render.X, 7}}}}
	if at, wait, ok := s.nextWish(now.Add(10 * time.Millisecond)); ok || wait != rest-10*time.Millisecond {
		t.Errorf("%v is read after 10 ms, or waited for %v", at, wait)
	}
	s.want[render.Z] = wish{place: place{render.Z, 3}}
	if at, _, ok := s.nextWish(now); !ok || at.place != (place{render.Z, 3}) {
		t.Errorf("across z: %v, %v", at, ok)
	}
	if at, _, ok := s.nextWish(now.Add(rest)); !ok || at.place != (place{render.X, 7}) {
		t.Errorf("rested: %v, %v", at, ok)
	}
	if _, wait, ok := s.nextWish(now.Add(rest)); ok || wait != 0 {
		t.Errorf("nothing is wanted, and yet %v", wait)
	}
}

// TestMovingEndsReadingAndHoldsTheLoadingBack moves from slice to slice: what is read across x ends, another
// look at the same slice ends nothing, and the loading takes breaks until nothing has moved for a while.
func TestMovingEndsReadingAndHoldsTheLoadingBack(t *testing.T) {
	stopped := 0
	s := &Stack{ctx: t.Context(), asked: map[render.Axis]int{}, stopRead: func() { stopped++ }}
	s.notice(place{render.Z, 3})
	s.notice(place{render.Z, 3})
	if stopped != 1 {
		t.Errorf("reading was ended %d times by one move", stopped)
	}
	began := time.Now()
	s.giveWay(10 * time.Millisecond)
	if took := time.Since(began); took < breaks*10*time.Millisecond {
		t.Errorf("the break was %v", took)
	}
	s.moved = time.Now().Add(-busy)
	began = time.Now()
	s.giveWay(time.Hour)
	if took := time.Since(began); took > time.Minute {
		t.Errorf("with nothing moving the break was %v", took)
	}
}

// TestSamePlaneIsTheSamePicture asks for planes twice: views draw anew what has another pointer.
func TestSamePlaneIsTheSamePicture(t *testing.T) {
	s := openStack(t, volumeFile(t, [3]int{16, 12, 10}), Options{})
	waitFor(t, "the volume", func() bool { return s.Progress() == 1 })
	for _, a := range []render.Axis{render.Z, render.Y, render.X} {
		first := s.Plane(a, 4)
		if s.Plane(a, 4) != first {
			t.Errorf("across %s it is made twice", a)
		}
		if s.Plane(a, 5) == first {
			t.Errorf("across %s two slices are one", a)
		}
	}
}

// BenchmarkSlab makes the brightest of 20 slices across x, the direction in which memory is scattered.
func BenchmarkSlab(b *testing.B) {
	const n = 256
	s := &Stack{n: [3]int{n, n, n}, f: [3]int{1, 1, 1}, m: [3]int{n, n, n}, data: make([]uint16, n*n*n), filled: make([]atomic.Bool, n)}
	for z := range s.filled {
		s.filled[z].Store(true)
	}
	for _, a := range []render.Axis{render.Z, render.X} {
		b.Run("n=256/slices=20/axis="+a.String(), func(b *testing.B) {
			b.SetBytes(2 * 20 * n * n)
			for b.Loop() {
				s.project(slab{place: place{a, n / 2}, n: 20, mode: Max})
			}
		})
	}
}
