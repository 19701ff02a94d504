package register

import (
	"context"

	"gonum.org/v1/gonum/dsp/fourier"

	"explant/volume/parallel"
)

// cube is an array of n³ complex numbers.
type cube struct {
	n    int
	data []complex128
}

func newCube(n int) *cube { return &cube{n, make([]complex128, n*n*n)} }

// transform turns c into its Fourier transform, or back without the factor 1/n³.
func (c *cube) transform(ctx context.Context, back bool, o parallel.Options) error {
	n := c.n
	for _, step := range [3]int{1, n, n * n} {
		over := n * n // the axis that is left for the planes side by side
		if step == n*n {
			over = n
		}
		err := parallel.Each(ctx, n, o, nil, func(_ context.Context, k int) error {
			fft := fourier.NewCmplxFFT(n)
			line := make([]complex128, n)
			for j := range n {
				c.line(fft, line, k*over+j*planeStep(step, n), step, back)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// planeStep is the distance of neighbouring lines along step in a plane of them.
func planeStep(step, n int) int {
	if step == 1 {
		return n
	}
	return 1
}

func (c *cube) line(fft *fourier.CmplxFFT, line []complex128, first, step int, back bool) {
	for i := range line {
		line[i] = c.data[first+i*step]
	}
	if back {
		fft.Sequence(line, line)
	} else {
		fft.Coefficients(line, line)
	}
	for i, v := range line {
		c.data[first+i*step] = v
	}
}

// correlate turns c, a transform, into the correlation of the one whose transform is with and c's:
// the value at d is the sum over i of with(i)·c(i+d).
func (c *cube) correlate(ctx context.Context, with *cube, o parallel.Options) error {
	for i, w := range with.data {
		c.data[i] *= complex(real(w), -imag(w))
	}
	return c.transform(ctx, true, o)
}
