package features

// block is a box of greys that lies pad pixels around the pixels whose features are wanted.
type block struct {
	n    [3]int
	data []float32
}

func (b *block) resize(n [3]int) {
	b.n = n
	size := n[0] * n[1] * n[2]
	if cap(b.data) < size {
		b.data = make([]float32, size)
	}
	b.data = b.data[:size]
}

// row is the row at (y, z).
func (b *block) row(y, z int) []float32 {
	at := b.n[0] * (y + b.n[1]*z)
	return b.data[at : at+b.n[0]]
}

// binomial writes (a + 4b + 6c + 4d + e)/16, rounded after each step.
func binomial(dst, a, b, c, d, e []float32) {
	a, b, c, d, e = a[:len(dst)], b[:len(dst)], c[:len(dst)], d[:len(dst)], e[:len(dst)]
	for i := range dst {
		near := float32(4 * (b[i] + d[i]))
		dst[i] = float32(((a[i] + e[i]) + near + float32(6*c[i])) * (1.0 / 16))
	}
}

// smooth writes the binomial smoothing of src with taps h apart along each of the first axes, whose box is
// smaller by 2h at each of their ends; free is overwritten.
func smooth(dst, src, free *block, h, axes int) {
	if axes == 2 {
		alongX(free, src, h)
		alongY(dst, free, h)
		return
	}
	alongX(dst, src, h)
	alongY(free, dst, h)
	alongZ(dst, free, h)
}

func alongX(dst, src *block, h int) {
	dst.resize([3]int{src.n[0] - 4*h, src.n[1], src.n[2]})
	for z := range dst.n[2] {
		for y := range dst.n[1] {
			s := src.row(y, z)
			binomial(dst.row(y, z), s, s[h:], s[2*h:], s[3*h:], s[4*h:])
		}
	}
}

func alongY(dst, src *block, h int) {
	dst.resize([3]int{src.n[0], src.n[1] - 4*h, src.n[2]})
	for z := range dst.n[2] {
		for y := range dst.n[1] {
			binomial(dst.row(y, z), src.row(y, z), src.row(y+h, z), src.row(y+2*h, z), src.row(y+3*h, z), src.row(y+4*h, z))
		}
	}
}

func alongZ(dst, src *block, h int) {
	dst.resize([3]int{src.n[0], src.n[1], src.n[2] - 4*h})
	for z := range dst.n[2] {
		for y := range dst.n[1] {
			binomial(dst.row(y, z), src.row(y, z), src.row(y, z+h), src.row(y, z+2*h), src.row(y, z+3*h), src.row(y, z+4*h))
		}
	}
}
