package classify

import "context"

// Source gives the values of an image. It must be safe for concurrent use.
type Source interface {
	// Size is the number of pixels along x, y and z.
	Size() [3]int
	// Read writes the values of the box [lo, hi), which lies inside the image, to a plane for each channel of the
	// file: three for colour, 0 to 255.
	Read(ctx context.Context, lo, hi [3]int, dst [][]float32) error
}

// Ranged is a Source that knows the values that are to become 0 and 65535 in this image, by channel: where exposures
// differ.
type Ranged interface{ Ranges() [][2]float64 }

// padded reads boxes that may reach beyond the image, where the outermost pixel is repeated.
type padded struct {
	src      Source
	channels int
	raw, out [][]float32 // memory of one goroutine
}

// read gives the box [lo, lo+n).
func (p *padded) read(ctx context.Context, lo, n [3]int) ([][]float32, error) {
	size := p.src.Size()
	var from, to [3]int // what of it lies in the image; at least one pixel
	for a := range lo {
		from[a] = min(max(lo[a], 0), size[a]-1)
		to[a] = max(min(lo[a]+n[a], size[a]), from[a]+1)
	}
	m := [3]int{to[0] - from[0], to[1] - from[1], to[2] - from[2]}
	p.raw = planes(p.raw, p.channels, m[0]*m[1]*m[2])
	if err := p.src.Read(ctx, from, to, p.raw); err != nil {
		return nil, err
	}
	if m == n {
		return p.raw, nil
	}
	p.out = planes(p.out, p.channels, n[0]*n[1]*n[2])
	for c := range p.out {
		repeat(p.out[c], p.raw[c], lo, n, from, m)
	}
	return p.out, nil
}

// repeat spreads the box m at from over the box n at lo.
func repeat(dst, src []float32, lo, n, from, m [3]int) {
	inside := func(a, i int) int { return min(max(lo[a]+i-from[a], 0), m[a]-1) }
	left := min(max(from[0]-lo[0], 0), n[0])
	for z := range n[2] {
		for y := range n[1] {
			row := src[m[0]*(inside(1, y)+m[1]*inside(2, z)):][:m[0]]
			out := dst[n[0]*(y+n[1]*z):][:n[0]]
			for x := range left {
				out[x] = row[0]
			}
			first := inside(0, left)
			done := left + copy(out[left:], row[first:])
			for x := done; x < n[0]; x++ {
				out[x] = row[m[0]-1]
			}
		}
	}
}

// planes is memory for n values of each channel, the old one where it is large enough.
func planes(old [][]float32, channels, n int) [][]float32 {
	if len(old) != channels {
		old = make([][]float32, channels)
	}
	for c := range old {
		if cap(old[c]) < n {
			old[c] = make([]float32, n)
		}
		old[c] = old[c][:n]
	}
	return old
}
