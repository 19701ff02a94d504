package label

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

var connectivities = []Connectivity{6, 18, 26}

func random(n [3]int, share float64, seed uint64) *volume.Labels {
	r := rand.New(rand.NewPCG(seed, 3))
	l := volume.New[uint8](volume.Grid{N: n})
	for i := range l.Data {
		if r.Float64() < share {
			l.Data[i] = 4
		} else if r.IntN(2) == 0 {
			l.Data[i] = 1
		}
	}
	return l
}

func components(t *testing.T, l *volume.Labels, c Connectivity, o parallel.Options) (*volume.Regions, []Region) {
	t.Helper()
	m, r, err := Components(t.Context(), l, Of(4), c, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m, r
}

// flood numbers components in scan order by flooding from every voxel that has no number.
func flood(l *volume.Labels, c Connectivity) []uint32 {
	out := make([]uint32, l.Len())
	next := uint32(0)
	for start := range out {
		if l.Data[start] != 4 || out[start] != 0 {
			continue
		}
		next++
		out[start] = next
		for stack := []int{start}; len(stack) > 0; {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, n := range neighbours(l.N, at, c) {
				if l.Data[n] == 4 && out[n] == 0 {
					out[n] = next
					stack = append(stack, n)
				}
			}
		}
	}
	return out
}

func neighbours(n [3]int, at int, c Connectivity) []int {
	x, y, z := at%n[0], at/n[0]%n[1], at/n[0]/n[1]
	most := map[Connectivity]int{6: 1, 18: 2, 26: 3}[c]
	var out []int
	for dz := -1; dz <= 1; dz++ {
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				i, j, k := x+dx, y+dy, z+dz
				inside := i >= 0 && j >= 0 && k >= 0 && i < n[0] && j < n[1] && k < n[2]
				if inside && dx*dx+dy*dy+dz*dz <= most {
					out = append(out, i+n[0]*(j+n[1]*k))
				}
			}
		}
	}
	return out
}

func TestComponentsEqualFloodFill(t *testing.T) {
	for seed, n := range [][3]int{{9, 8, 21}, {1, 1, 1}, {30, 1, 1}, {1, 7, 19}, {16, 16, 16}} {
		for _, c := range connectivities {
			for _, share := range []float64{0.05, 0.2, 0.35, 0.6} {
				l := random(n, share, uint64(seed))
				m, regions := components(t, l, c, parallel.Options{Workers: 2, Depth: 3})
				want := flood(l, c)
				if !slices.Equal(m.Data, want) {
					t.Fatalf("size %v, connectivity %d, share %g, seed %d: differs from flooding", n, c, share, seed)
				}
				checkTable(t, m, regions)
			}
		}
	}
}

// checkTable compares the region table with sums over the numbered voxels.
func checkTable(t *testing.T, m *volume.Regions, regions []Region) {
	t.Helper()
	want := make([]Region, len(regions))
	for i := range want {
		want[i].Min = m.N
	}
	for i, k := range m.Data {
		if k == 0 {
			continue
		}
		r := &want[k-1]
		r.Count++
		for a, c := range [3]int{i % m.N[0], i / m.N[0] % m.N[1], i / m.N[0] / m.N[1]} {
			r.Min[a], r.Max[a] = min(r.Min[a], c), max(r.Max[a], c+1)
			r.Centroid[a] += float64(c)
			if c == 0 {
				r.Touches |= 1 << (2 * a)
			}
			if c == m.N[a]-1 {
				r.Touches |= 2 << (2 * a)
			}
		}
	}
	for i := range want {
		for a := range 3 {
			want[i].Centroid[a] /= float64(want[i].Count)
		}
		if want[i] != regions[i] {
			t.Fatalf("region %d: %+v, want %+v", i+1, regions[i], want[i])
		}
	}
}

func TestWorkersAndSlabsDoNotMatter(t *testing.T) {
	l := random([3]int{17, 13, 40}, 0.25, 7)
	m1, r1 := components(t, l, 26, parallel.Options{Workers: 1})
	for _, o := range []parallel.Options{{Workers: 2}, {Workers: 8, Depth: 1}, {Workers: 3, Depth: 40}} {
		m, r := components(t, l, 26, o)
		if !slices.Equal(m.Data, m1.Data) || !slices.Equal(r, r1) {
			t.Errorf("%+v: differs from one worker", o)
		}
	}
}

func TestFlipsOnlyRenameComponents(t *testing.T) {
	l := random([3]int{15, 14, 13}, 0.3, 11)
	for _, c := range connectivities {
		_, whole := components(t, l, c, parallel.Options{})
		for a := range 3 {
			_, flipped := components(t, flip(l, a), c, parallel.Options{})
			if !slices.Equal(sizes(whole), sizes(flipped)) {
				t.Errorf("connectivity %d: flipped along %c, the sizes differ", c, "xyz"[a])
			}
		}
	}
}

func flip(l *volume.Labels, axis int) *volume.Labels {
	out := volume.New[uint8](l.Grid)
	for i, v := range l.Data {
		c := [3]int{i % l.N[0], i / l.N[0] % l.N[1], i / l.N[0] / l.N[1]}
		c[axis] = l.N[axis] - 1 - c[axis]
		out.Data[out.Offset(c[0], c[1], c[2])] = v
	}
	return out
}

func sizes(r []Region) []int64 {
	out := make([]int64, len(r))
	for i := range r {
		out[i] = r[i].Count
	}
	slices.Sort(out)
	return out
}

func TestExtremes(t *testing.T) {
	n := [3]int{6, 6, 20}
	empty := volume.New[uint8](volume.Grid{N: n})
	full := volume.New[uint8](volume.Grid{N: n})
	board := volume.New[uint8](volume.Grid{N: n})
	for i := range full.Data {
		full.Data[i] = 4
		x, y, z := i%6, i/6%6, i/36
		board.Data[i] = uint8(4 * ((x + y + z) % 2))
	}
	for _, c := range connectivities {
		if _, r := components(t, empty, c, parallel.Options{}); len(r) != 0 {
			t.Errorf("connectivity %d: %d components of nothing", c, len(r))
		}
		_, r := components(t, full, c, parallel.Options{})
		if len(r) != 1 || r[0].Count != 720 || r[0].Touches != 63 || r[0].Centroid != [3]float64{2.5, 2.5, 9.5} {
			t.Errorf("connectivity %d: full volume gave %+v", c, r)
		}
		want := map[Connectivity]int{6: 360, 18: 1, 26: 1}[c]
		if _, r := components(t, board, c, parallel.Options{}); len(r) != want {
			t.Errorf("connectivity %d: checkerboard has %d components, want %d", c, len(r), want)
		}
	}
}

func TestErrors(t *testing.T) {
	l := random([3]int{4, 4, 4}, 0.3, 1)
	if _, _, err := Components(t.Context(), l, Of(4), 8, parallel.Options{}, nil); err == nil {
		t.Error("connectivity 8 was accepted")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Components(ctx, l, Of(4), 26, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func ExampleComponents() {
	l := volume.New[uint8](volume.Grid{N: [3]int{3, 3, 1}})
	copy(l.Data, []uint8{
		4, 0, 4,
		0, 4, 0,
		0, 0, 0,
	})
	for _, c := range []Connectivity{6, 26} {
		_, regions, _ := Components(context.Background(), l, Of(4), c, parallel.Options{}, nil)
		fmt.Println(c, len(regions), regions[0].Count)
	}
	// Output:
	// 6 3 1
	// 26 1 3
}

func BenchmarkComponents(b *testing.B) {
	for _, n := range []int{128, 256} {
		l := volume.New[uint8](volume.Grid{N: [3]int{n, n, n}})
		for i := range l.Data { // blobs about 20 voxels wide, and noise
			x, y, z := float64(i%n), float64(i/n%n), float64(i/n/n)
			if math.Sin(x/6)+math.Sin(y/7)+math.Sin(z/8) > 1.2 || i*2654435761%97 == 0 {
				l.Data[i] = 4
			}
		}
		for _, c := range connectivities {
			b.Run(fmt.Sprintf("conn=%d/n=%d", c, n), func(b *testing.B) {
				b.SetBytes(int64(l.Len()))
				for b.Loop() {
					if _, _, err := Components(b.Context(), l, Of(4), c, parallel.Options{}, nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
