package opencv

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

func noise(w, h, channels int, seed uint64) Image {
	r := rand.New(rand.NewPCG(seed, 1))
	m := Image{w, h, channels, make([]uint8, w*h*channels)}
	for i := range m.Pix {
		m.Pix[i] = uint8(r.UintN(256))
	}
	return m
}

func like(m Image) Image { return Image{m.W, m.H, m.Channels, make([]uint8, len(m.Pix))} }

// at repeats the border pixels outwards.
func (m Image) at(x, y, c int) int {
	x, y = min(max(x, 0), m.W-1), min(max(y, 0), m.H-1)
	return int(m.Pix[(y*m.W+x)*m.Channels+c])
}

// window applies f to the (2r+1)² samples around each sample, brute force.
func window(m Image, r int, f func([]int) int) Image {
	out := like(m)
	for y := range m.H {
		for x := range m.W {
			for c := range m.Channels {
				var v []int
				for dy := -r; dy <= r; dy++ {
					for dx := -r; dx <= r; dx++ {
						v = append(v, m.at(x+dx, y+dy, c))
					}
				}
				out.Pix[(y*m.W+x)*m.Channels+c] = uint8(f(v))
			}
		}
	}
	return out
}

func TestBinomialEqualsTheConvolution(t *testing.T) {
	kernels := [][]int{{1}, {1, 2, 1}, {1, 4, 6, 4, 1}}
	for _, size := range [][2]int{{1, 1}, {2, 5}, {37, 23}} {
		for r, k := range kernels {
			src := noise(size[0], size[1], 3, 7)
			want := window(src, r, func(v []int) int {
				sum, half := 0, 1<<(4*r)/2
				for i, x := range v {
					sum += x * k[i/len(k)] * k[i%len(k)]
				}
				return (sum + half) >> (4 * r)
			})
			got := like(src)
			if err := Binomial(got, src, r); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Pix, want.Pix) {
				t.Errorf("%v, radius %d: not the binomial convolution", size, r)
			}
		}
	}
}

// Tiles with a halo must join without a seam.
func TestBinomialOfATileWithHaloEqualsTheWhole(t *testing.T) {
	src := noise(40, 30, 3, 5)
	whole := like(src)
	if err := Binomial(whole, src, 2); err != nil {
		t.Fatal(err)
	}
	tile := Image{14, 30, 3, nil} // columns 8 to 22; 10 to 20 are wanted
	for y := range src.H {
		tile.Pix = append(tile.Pix, src.Pix[(y*40+8)*3:(y*40+22)*3]...)
	}
	if err := Binomial(tile, tile, 2); err != nil {
		t.Fatal(err)
	}
	for y := range src.H {
		if !bytes.Equal(tile.Pix[(y*14+2)*3:(y*14+12)*3], whole.Pix[(y*40+10)*3:(y*40+20)*3]) {
			t.Fatalf("row %d differs", y)
		}
	}
}

func TestBadInputIsAnError(t *testing.T) {
	bad, good := Image{4, 4, 3, make([]uint8, 5)}, noise(4, 4, 3, 1)
	for name, err := range map[string]error{
		"short":      Binomial(good, bad, 1),
		"empty":      Binomial(Image{}, Image{}, 1),
		"radius":     Binomial(good, good, 4),
		"other size": Binomial(noise(2, 2, 3, 1), good, 1),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkBinomial(b *testing.B) {
	for _, r := range []int{1, 2} {
		b.Run(fmt.Sprintf("radius=%d/px=1024x1024", r), func(b *testing.B) {
			src := noise(1024, 1024, 3, 1)
			dst := like(src)
			b.SetBytes(int64(len(src.Pix)))
			for b.Loop() {
				if err := Binomial(dst, src, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
