package fluorescence

import (
	"context"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/volume"
)

// Pieces of a bitset are those that flooding finds, for masks of any density.
func TestPiecesOfBitsAreThoseOfFlooding(t *testing.T) {
	const w, h = 131, 40
	all := image.Rect(0, 0, w, h)
	for _, density := range []float64{0, 0.3, 0.55, 1} {
		r := rand.New(rand.NewPCG(3, 7))
		mask := make([]bool, w*h)
		for i := range mask {
			mask[i] = r.Float64() < density
		}
		b := newBitset(w, h)
		b.put(all, all, mask)
		if !slices.Equal(b.cut(all), mask) || b.count() != count(mask) {
			t.Fatalf("density %v: bits are not those of the mask", density)
		}
		if got, want := b.border(), interfaceLength(mask, w, h); got != want {
			t.Errorf("density %v: border %v, want %v", density, got, want)
		}
		for _, wide := range []bool{false, true} {
			got, _, _ := b.pieces(wide)
			want := flooded(mask, w, h, wide)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("density %v, wide %v: %d pieces, want %d", density, wide, len(got), len(want))
			}
		}
	}
}

// flooded are the sizes of the pieces of a mask, one pixel after the other.
func flooded(mask []bool, w, h int, wide bool) (sizes []int) {
	seen := make([]bool, len(mask))
	for i := range mask {
		if !mask[i] || seen[i] {
			continue
		}
		seen[i] = true
		n, todo := 0, []int{i}
		for len(todo) > 0 {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			n++
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					x, y := at%w+dx, at/w+dy
					if x < 0 || y < 0 || x >= w || y >= h || !wide && dx*dy != 0 || seen[y*w+x] || !mask[y*w+x] {
						continue
					}
					seen[y*w+x] = true
					todo = append(todo, y*w+x)
				}
			}
		}
		sizes = append(sizes, n)
	}
	return sizes
}

// sloped is a slide of nothing but a plane of background and noise.
type sloped struct{ w, h int }

func (s sloped) Grid() volume.Grid {
	return volume.Grid{N: [3]int{s.w, s.h, 1}, Spacing: [3]float64{um / 1000, um / 1000, 0}}
}

func (s sloped) Channels() []Channel { return []Channel{{Marker: "mpo", Full: math.MaxUint16}} }

func (s sloped) Read(_ context.Context, r image.Rectangle) ([][]float32, error) {
	g := rand.New(rand.NewPCG(uint64(r.Min.X), uint64(r.Min.Y)))
	out := make([]float32, 0, r.Dx()*r.Dy())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			out = append(out, float32(500+200*float64(x)/float64(s.w)-100*float64(y)/float64(s.h)+10*g.NormFloat64()))
		}
	}
	return [][]float32{out}, nil
}

// A slide that is learnt on parts shows the background of the whole.
func TestPartsOfASlideTellItsBackground(t *testing.T) {
	src := sloped{3400, 2700}
	f, of, err := sample(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	if len(of) != patches*patches || f.Grid.N != [3]int{patches * patchSide, patches * patchSide, 1} {
		t.Fatalf("%d parts on %v pixels", len(of), f.Grid.N)
	}
	c, err := cleaner{Field: f, p: plain(), um: um, of: of}.clean(&f.Channels[0])
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(c.plane[1]-200) > 2 || math.Abs(c.plane[2]+100) > 2 || math.Abs(c.plane[0]+c.level-500) > 2 {
		t.Errorf("the background is %v with a level of %v, want 500, 200 and -100", c.plane, c.level)
	}
}
