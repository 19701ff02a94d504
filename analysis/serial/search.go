package serial

import (
	"context"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/dsp/fourier"

	"explant/analysis/opencv"
)

// How the turn is searched for.
const (
	searchSide = 64  // values along the longest side
	searchTurn = 4.0 // degrees between the turns that are tried
	searchBest = 4   // turns that are refined
	detail     = 0.1 // of the longest side: the sigma beyond which density is taken for background
)

// candidate is a turn with its best shift.
type candidate struct {
	at    Affine  // from the fixed section to the moving one
	score float64 // correlation of the details, by all values of both
}

// search tries all turns of the moving section, mirrored or not, with the best shift of each by correlation in
// the Fourier domain, and returns the best ones, the best one first.
func search(ctx context.Context, fixed, moving *Picture, mirror bool) ([]candidate, error) {
	f, err := details(fixed)
	if err != nil {
		return nil, err
	}
	m, err := details(moving)
	if err != nil {
		return nil, err
	}
	step := max(f.step, m.step)
	n := 4 * searchSide
	field := newSquare(n)
	field.put(f, step, func(p [2]float64) [2]float64 { return p })
	field.transform(false)
	var all []candidate
	middle := [2]float64{float64(moving.W) / 2, float64(moving.H) / 2}
	centre := [2]float64{float64(searchSide) * step, float64(searchSide) * step}
	for degrees := 0.0; degrees < 360; degrees += searchTurn {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a := turned(degrees, mirror, centre, middle) // from a turned moving plane to the moving section
		other := newSquare(n)
		other.put(m, step, a.Apply)
		norm := math.Sqrt(field.energy * other.energy)
		other.transform(false)
		for i, v := range other.data {
			other.data[i] = field.data[i] * cmplx.Conj(v)
		}
		other.transform(true)
		shift, score := other.peak()
		if norm > 0 {
			score /= norm * float64(n*n)
		}
		back := Affine{{1, 0, -shift[0] * step}, {0, 1, -shift[1] * step}}
		all = append(all, candidate{a.After(back), score})
	}
	slices.SortStableFunc(all, func(p, q candidate) int {
		switch {
		case p.score > q.score:
			return -1
		case p.score < q.score:
			return 1
		}
		return 0
	})
	return all[:searchBest], nil
}

// details is the sum of the three densities at low resolution, less what varies slowly.
func details(p *Picture) (*level, error) {
	l := p.levels[len(p.levels)-1]
	for max(l.w, l.h) > searchSide {
		l = l.halved()
	}
	sum := make([]float32, l.w*l.h)
	for _, od := range l.od {
		for i, v := range od {
			sum[i] += v
		}
	}
	slow, err := opencv.Gaussian(opencv.Plane{W: l.w, H: l.h, Pix: sum}, detail*float64(max(l.w, l.h)))
	if err != nil {
		return nil, err
	}
	for i := range sum {
		sum[i] -= slow[i]
	}
	return &level{w: l.w, h: l.h, step: l.step, od: [3][]float32{sum, nil, nil}}, nil
}

// square is an array of n x n complex numbers.
type square struct {
	n      int
	data   []complex128
	energy float64 // sum of squares of what was put in
}

func newSquare(n int) *square { return &square{n: n, data: make([]complex128, n*n)} }

// put samples a level at places that are step pixels apart, the first one in the middle of step x step pixels.
func (s *square) put(l *level, step float64, to func([2]float64) [2]float64) {
	half := s.n / 2
	for y := range half {
		for x := range half {
			at, fx, fy, ok := l.sampler(to([2]float64{(float64(x)+0.5)*step - 0.5, (float64(y)+0.5)*step - 0.5}))
			if ok {
				v := float64(bilinear(l.od[0], l.w, at, fx, fy))
				s.data[y*s.n+x] = complex(v, 0)
				s.energy += v * v
			}
		}
	}
}

// transform is the Fourier transform in place, or back without the factor 1/n².
func (s *square) transform(back bool) {
	fft, line := fourier.NewCmplxFFT(s.n), make([]complex128, s.n)
	for _, step := range [2][2]int{{1, s.n}, {s.n, 1}} {
		for k := range s.n {
			for i := range line {
				line[i] = s.data[k*step[1]+i*step[0]]
			}
			if back {
				fft.Sequence(line, line)
			} else {
				fft.Coefficients(line, line)
			}
			for i, v := range line {
				s.data[k*step[1]+i*step[0]] = v
			}
		}
	}
}

// peak is the shift with the largest real part, between -n/2 and n/2, and that part.
func (s *square) peak() (shift [2]float64, value float64) {
	best := 0
	for i, v := range s.data {
		if real(v) > real(s.data[best]) {
			best = i
		}
	}
	for a, k := range [2]int{best % s.n, best / s.n} {
		if k > s.n/2 {
			k -= s.n
		}
		shift[a] = float64(k)
	}
	return shift, real(s.data[best])
}
