package morph

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

var four = label.Of(4)

func random(n [3]int, share float64) *volume.Labels {
	r := rand.New(rand.NewPCG(6, 1))
	l := volume.New[uint8](volume.Grid{N: n})
	for i := range l.Data {
		if r.Float64() < share {
			l.Data[i] = 4
		}
	}
	return l
}

func must(t *testing.T) func(*volume.Labels, error) *volume.Labels {
	return func(l *volume.Labels, err error) *volume.Labels {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
}

// cube is the cube of voxels within r steps of the middle.
func cube(n, r int) *volume.Labels {
	l := volume.New[uint8](volume.Grid{N: [3]int{n, n, n}})
	for i := range l.Data {
		d := 0
		for _, c := range [3]int{i % n, i / n % n, i / n / n} {
			d = max(d, c-n/2, n/2-c)
		}
		if d <= r {
			l.Data[i] = 4
		}
	}
	return l
}

func count(l *volume.Labels) (n int) {
	for _, c := range l.Data {
		if c != 0 {
			n++
		}
	}
	return n
}

func TestCubesShrinkAndGrowByOneStep(t *testing.T) {
	b := cube(15, 4)
	if got, want := count(must(t)(Erode(t.Context(), b, four, parallel.Options{}, nil))), count(cube(15, 3)); got != want {
		t.Errorf("eroded to %d voxels, want %d", got, want)
	}
	if got, want := count(must(t)(Dilate(t.Context(), b, four, parallel.Options{}, nil))), count(cube(15, 5)); got != want {
		t.Errorf("dilated to %d voxels, want %d", got, want)
	}
	if got := count(must(t)(Open(t.Context(), b, four, parallel.Options{}, nil))); got != count(b) {
		t.Errorf("opened to %d voxels, want the %d of the cube", got, count(b))
	}
}

func TestOpeningIsIdempotentAndOnlyTakesAway(t *testing.T) {
	l := random([3]int{17, 15, 19}, 0.97)
	once := must(t)(Open(t.Context(), l, four, parallel.Options{}, nil))
	twice := must(t)(Open(t.Context(), once, label.Of(1), parallel.Options{}, nil))
	if !slices.Equal(once.Data, twice.Data) {
		t.Error("a second opening changes the first")
	}
	if n := count(once); n == 0 || n >= count(l) {
		t.Errorf("opened %d voxels to %d", count(l), n)
	}
	for i, c := range once.Data {
		if c != 0 && l.Data[i] != 4 {
			t.Fatalf("voxel %d was added", i)
		}
	}
}

func TestOpeningIsErosionAndThenDilation(t *testing.T) {
	for _, n := range [][3]int{{37, 20, 21}, {1, 30, 9}, {40, 1, 1}, {9, 8, 1}} {
		l := volume.New[uint8](volume.Grid{N: n})
		r := rand.New(rand.NewPCG(2, 8))
		for i := range l.Data {
			if r.Float64() < 0.9 {
				l.Data[i] = 4
			}
		}
		core := must(t)(Erode(t.Context(), l, label.Of(4), parallel.Options{}, nil))
		want := must(t)(Dilate(t.Context(), core, label.Of(1), parallel.Options{}, nil))
		got := must(t)(Open(t.Context(), l, label.Of(4), parallel.Options{Depth: 3}, nil))
		if !slices.Equal(got.Data, want.Data) {
			t.Errorf("%v: %d voxels, want %d", n, count(got), count(want))
		}
	}
}

func TestErosionIsDualToDilation(t *testing.T) {
	l := random([3]int{9, 8, 11}, 0.6)
	eroded := must(t)(Erode(t.Context(), l, four, parallel.Options{Workers: 8, Depth: 1}, nil))
	grown := must(t)(Dilate(t.Context(), l, label.Of(0), parallel.Options{Workers: 1}, nil))
	for i := range l.Data {
		if eroded.Data[i]+grown.Data[i] != 1 {
			t.Fatalf("voxel %d", i)
		}
	}
}

func TestFullVolumeStays(t *testing.T) {
	l := random([3]int{5, 4, 3}, 1)
	if n := count(must(t)(Open(t.Context(), l, four, parallel.Options{}, nil))); n != 60 {
		t.Errorf("%d of 60 voxels left", n)
	}
}

func ExampleOpen() {
	l := volume.New[uint8](volume.Grid{N: [3]int{7, 3, 1}})
	copy(l.Data, []uint8{
		4, 4, 4, 0, 4, 4, 4,
		4, 4, 4, 4, 4, 4, 4, // one voxel bridges two pieces
		4, 4, 4, 0, 4, 4, 4,
	})
	o, _ := Open(context.Background(), l, label.Of(4), parallel.Options{}, nil)
	fmt.Println(o.Data[7:14])
	// Output: [1 1 1 0 1 1 1]
}

func BenchmarkOpen(b *testing.B) {
	l := random([3]int{256, 256, 64}, 0.9)
	b.Run("n=256x256x64", func(b *testing.B) {
		b.SetBytes(int64(l.Len()))
		for b.Loop() {
			if _, err := Open(b.Context(), l, four, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
