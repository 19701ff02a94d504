package features

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// picture is greys in a box, repeated beyond its border.
type picture struct {
	n    [3]int
	data []float32
}

func (p picture) at(x, y, z int) float64 {
	x, y, z = min(max(x, 0), p.n[0]-1), min(max(y, 0), p.n[1]-1), min(max(z, 0), p.n[2]-1)
	return float64(p.data[x+p.n[0]*(y+p.n[1]*z)])
}

func grainy(n [3]int, seed uint64) picture {
	r := rand.New(rand.NewPCG(seed, 1))
	p := picture{n, make([]float32, n[0]*n[1]*n[2])}
	for i := range p.data {
		p.data[i] = float32(r.IntN(65536))
	}
	return p
}

// window cuts [lo, lo+n) with the halo of b.
func (p picture) window(b Bank, lo, n [3]int) []float32 {
	h := b.Halo()
	var out []float32
	for z := lo[2] - h[2]; z < lo[2]+n[2]+h[2]; z++ {
		for y := lo[1] - h[1]; y < lo[1]+n[1]+h[1]; y++ {
			for x := lo[0] - h[0]; x < lo[0]+n[0]+h[0]; x++ {
				out = append(out, float32(p.at(x, y, z)))
			}
		}
	}
	return out
}

func computed(t testing.TB, b Bank, src []float32, n [3]int) [][]uint16 {
	t.Helper()
	dst := make([][]uint16, b.Len())
	for k := range dst {
		dst[k] = make([]uint16, n[0]*n[1]*n[2])
	}
	if err := b.Compute(dst, [][]float32{src}, n, new(Work)); err != nil {
		t.Fatal(err)
	}
	return dst
}

// smoothedAt is the smoothing by definition: the binomials of all levels one after the other, in doubles.
func (p picture) smoothedAt(level, axes int, x, y, z int) float64 {
	if level < 0 {
		return p.at(x, y, z)
	}
	w := [5]float64{1, 4, 6, 4, 1}
	h, sum := step(level), 0.0
	zs := []int{-2, -1, 0, 1, 2}
	if axes == 2 {
		zs = []int{0}
	}
	for _, dz := range zs {
		wz := 1.0
		if axes == 3 {
			wz = w[dz+2] / 16
		}
		for dy := -2; dy <= 2; dy++ {
			for dx := -2; dx <= 2; dx++ {
				sum += wz * w[dy+2] * w[dx+2] / 256 * p.smoothedAt(level-1, axes, x+dx*h, y+dy*h, z+dz*h)
			}
		}
	}
	return sum
}

// TestFeaturesEqualTheirDefinition computes every feature of some pixels without separating or sharing sums.
func TestFeaturesEqualTheirDefinition(t *testing.T) {
	const rounding = 1.01 // half a unit, and that of floats before it
	for _, c := range []struct {
		bank Bank
		n    [3]int
		at   [][3]int
	}{
		{Bank{1, 2, false}, [3]int{9, 7, 1}, [][3]int{{0, 0, 0}, {4, 3, 0}, {8, 6, 0}, {2, 5, 0}}},
		{Bank{1, 1, true}, [3]int{6, 5, 4}, [][3]int{{0, 0, 0}, {3, 2, 1}, {5, 4, 3}}},
	} {
		p := grainy(c.n, 3)
		got := computed(t, c.bank, p.window(c.bank, [3]int{}, c.n), c.n)
		for _, at := range c.at {
			want := p.defined(c.bank, at)
			for k, name := range c.bank.Names([]string{"grey"}) {
				v := float64(got[k][at[0]+c.n[0]*(at[1]+c.n[1]*at[2])])
				if math.Abs(v-min(max(want[k], 0), 65535)) > rounding {
					t.Errorf("%s at %v: %v, by definition %v", name, at, v, want[k])
				}
			}
		}
	}
}

func (p picture) defined(b Bank, at [3]int) []float64 {
	x, y, z := at[0], at[1], at[2]
	axes := b.axes()
	out := []float64{p.at(x, y, z), p.at(x, y, z) - p.smoothedAt(b.Levels-1, axes, x, y, z) + 32768}
	for level := range b.Levels {
		h := step(level)
		s := func(i, j, k int) float64 { return p.smoothedAt(level, axes, x+i, y+j, z+k) }
		d := func(a, i, j, k int) float64 {
			e := [3]int{}
			e[a] = h
			return (s(i+e[0], j+e[1], k+e[2]) - s(i-e[0], j-e[1], k-e[2])) / 2
		}
		length, laplacian := 0.0, 0.0
		hessian, tensor := make([]float64, 9), make([]float64, 9)
		for a := range axes {
			length += d(a, 0, 0, 0) * d(a, 0, 0, 0)
			for c := range axes {
				e, f := [3]int{}, [3]int{}
				e[a], f[c] = h, h
				if a == c {
					hessian[4*a] = s(e[0], e[1], e[2]) + s(-e[0], -e[1], -e[2]) - 2*s(0, 0, 0)
					laplacian += hessian[4*a]
				} else {
					g := func(u, v int) float64 { return s(u*e[0]+v*f[0], u*e[1]+v*f[1], u*e[2]+v*f[2]) }
					hessian[3*a+c] = (g(1, 1) + g(-1, -1) - g(1, -1) - g(-1, 1)) / 4
				}
				w := [5]float64{1, 4, 6, 4, 1}
				for k := -2; k <= 2; k++ {
					wz := w[k+2] / 16
					if axes == 2 {
						wz = 0
						if k == 0 {
							wz = 1
						}
					}
					for j := -2; wz > 0 && j <= 2; j++ {
						for i := -2; i <= 2; i++ {
							tensor[3*a+c] += wz * w[j+2] * w[i+2] / 256 * d(a, i*h, j*h, k*h) * d(c, i*h, j*h, k*h)
						}
					}
				}
			}
		}
		out = append(out, s(0, 0, 0), math.Sqrt(length), laplacian+32768)
		for _, v := range eigenvalues(tensor, axes) {
			out = append(out, math.Sqrt(max(v, 0)))
		}
		for _, v := range eigenvalues(hessian, axes) {
			out = append(out, v+32768)
		}
	}
	return out
}

// eigenvalues finds the roots by Jacobi rotations until nothing is left off the diagonal.
func eigenvalues(m []float64, axes int) []float64 {
	m = slices.Clone(m)
	for range 50 {
		for p := range axes {
			for q := p + 1; q < axes; q++ {
				if m[3*p+q] == 0 {
					continue
				}
				v := 0.5 * math.Atan2(2*m[3*p+q], m[4*q]-m[4*p])
				c, s := math.Cos(v), math.Sin(v)
				for k := range axes {
					a, b := m[3*k+p], m[3*k+q]
					m[3*k+p], m[3*k+q] = c*a-s*b, s*a+c*b
				}
				for k := range axes {
					a, b := m[3*p+k], m[3*q+k]
					m[3*p+k], m[3*q+k] = c*a-s*b, s*a+c*b
				}
			}
		}
	}
	var out []float64
	for a := range axes {
		out = append(out, m[4*a])
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

func TestEigenvaluesOfEveryKindOfMatrix(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	cases := [][6]float64{{}, {2, 2, 2}, {1, 1, 7}, {7, 7, 1}, {0, 0, 0, 5}, {1, 2, 3}, {4, 0, 0, 0, 0, 1e-9}, {1e9, 1, 1}}
	for range 200 {
		var m [6]float64
		for k := range m {
			m[k] = 1e4 * r.NormFloat64()
		}
		cases = append(cases, m)
	}
	for _, m := range cases {
		a, b, c, d, e, f := m[0], m[1], m[2], m[3], m[4], m[5]
		want := eigenvalues([]float64{a, d, e, d, b, f, e, f, c}, 3)
		hi, mid, lo := eigen3(a, b, c, d, e, f)
		size := math.Abs(a) + math.Abs(b) + math.Abs(c) + math.Abs(d) + math.Abs(e) + math.Abs(f)
		for k, v := range []float64{hi, mid, lo} {
			if math.Abs(v-want[k]) > 1e-7*size {
				t.Errorf("%v: %v, %v, %v; rotations give %v", m, hi, mid, lo, want)
			}
		}
	}
}

func TestTilesGiveTheWhole(t *testing.T) {
	for _, c := range []struct {
		bank    Bank
		n, tile [3]int
	}{
		{Bank{1, 4, false}, [3]int{70, 61, 1}, [3]int{32, 17, 1}},
		{Bank{1, 4, false}, [3]int{70, 61, 1}, [3]int{1, 61, 1}},
		{Bank{1, 2, true}, [3]int{14, 13, 12}, [3]int{5, 7, 4}},
	} {
		p := grainy(c.n, 7)
		whole := computed(t, c.bank, p.window(c.bank, [3]int{}, c.n), c.n)
		for z := 0; z < c.n[2]; z += c.tile[2] {
			for y := 0; y < c.n[1]; y += c.tile[1] {
				for x := 0; x < c.n[0]; x += c.tile[0] {
					n := [3]int{min(c.tile[0], c.n[0]-x), min(c.tile[1], c.n[1]-y), min(c.tile[2], c.n[2]-z)}
					part := computed(t, c.bank, p.window(c.bank, [3]int{x, y, z}, n), n)
					for k := range part {
						for i, v := range part[k] {
							at := x + i%n[0] + c.n[0]*(y+i/n[0]%n[1]+c.n[1]*(z+i/n[0]/n[1]))
							if v != whole[k][at] {
								t.Fatalf("%+v in tiles of %v: feature %d at %d is %d, in the whole %d", c.bank, c.tile, k, at, v, whole[k][at])
							}
						}
					}
				}
			}
		}
	}
}

// TestFlatGreyHasNoStructure and neither overflows at the ends of the range.
func TestFlatGreyHasNoStructure(t *testing.T) {
	for _, b := range []Bank{{1, 3, false}, {1, 2, true}} {
		for _, grey := range []float32{0, 31234, 65535} {
			n := [3]int{3, 2, 2}
			h := b.Halo()
			src := slices.Repeat([]float32{grey}, (n[0]+2*h[0])*(n[1]+2*h[1])*(n[2]+2*h[2]))
			got := computed(t, b, src, n)
			for k, name := range b.Names([]string{"grey"}) {
				for _, v := range got[k] {
					if v != uint16(grey) && v != 0 && v != 32768 {
						t.Errorf("%s of grey %v: %d", name, grey, v)
					}
				}
			}
		}
	}
}

// TestSpreadOfTheSmoothingIsTheStatedOne measures the variance of the response to a point.
func TestSpreadOfTheSmoothingIsTheStatedOne(t *testing.T) {
	for level := range 4 {
		b := Bank{1, level + 1, false}
		h := b.Halo()[0]
		n := [3]int{2*reach(level) + 1, 1, 1}
		src := make([]float32, (n[0]+2*h)*(n[1]+2*h))
		for y := range n[1] + 2*h {
			src[y*(n[0]+2*h)+h+reach(level)] = 65535 // a line along y
		}
		got := computed(t, b, src, n)[single+level*b.perLevel()]
		var sum, second float64
		for x, v := range got {
			sum += float64(v)
			second += float64(v) * float64((x-reach(level))*(x-reach(level)))
		}
		if s := math.Sqrt(second / sum); math.Abs(s-Sigma(level)) > 0.02 {
			t.Errorf("level %d: sigma %v, stated %v", level, s, Sigma(level))
		}
	}
}

func TestRefusesWhatCannotBeComputed(t *testing.T) {
	for _, b := range []Bank{{0, 1, false}, {1, 0, false}, {1, MaxLevels + 1, false}, {9, 4, false}, {math.MaxInt, 1, false}} {
		if b.Check() == nil {
			t.Errorf("%+v passes", b)
		}
	}
	b := Bank{1, 1, false}
	if err := b.Compute(make([][]uint16, b.Len()), [][]float32{{1}}, [3]int{1, 1, 1}, new(Work)); err == nil {
		t.Error("a tile without its halo passes")
	}
}

func BenchmarkCompute(b *testing.B) {
	for _, c := range []struct {
		bank Bank
		n    [3]int
	}{{Bank{1, 4, false}, [3]int{512, 512, 1}}, {Bank{1, 3, true}, [3]int{96, 96, 48}}} {
		b.Run(fmt.Sprintf("features=%d/n=%v", c.bank.Len(), c.n), func(b *testing.B) {
			p := grainy(c.n, 1)
			src := p.window(c.bank, [3]int{}, c.n)
			dst := make([][]uint16, c.bank.Len())
			for k := range dst {
				dst[k] = make([]uint16, len(p.data))
			}
			w := new(Work)
			b.SetBytes(int64(len(p.data)))
			for b.Loop() {
				if err := c.bank.Compute(dst, [][]float32{src}, c.n, w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
