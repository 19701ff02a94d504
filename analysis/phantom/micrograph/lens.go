package micrograph

import (
	"context"
	"math"

	"explant/volume/parallel"
)

// lens blurs a plane by a Gaussian, integrated over pixels and displaced by a part of a pixel without loss,
// and adds haze: a share of the light goes through a wide Gaussian, computed on pixels binned 4 x 4.
type lens struct {
	sharp [2]kernel // along x, along y
	wide  [2]kernel
	share float64
}

// hazeBin is the side of the pixels that haze is computed on.
const hazeBin = 4

func newLens(sigma, haze, share float64, shift [2]float64) *lens {
	l := &lens{share: share}
	for a := range shift {
		l.sharp[a] = newKernel(sigma, shift[a])
		l.wide[a] = newKernel(haze/hazeBin, shift[a]/hazeBin)
	}
	return l
}

// kernel has its weight k for the pixel at k - reach from the one that is computed.
type kernel struct {
	weights []float32
	reach   int
}

// newKernel is a Gaussian of sd sigma around -shift, integrated over each pixel and normalised: it moves
// what it blurs by +shift. Its variance exceeds sigma² by that of a pixel, 1/12; sigma 0 leaves the pixel
// alone and moves it by linear interpolation.
func newKernel(sigma, shift float64) kernel {
	k := kernel{reach: int(math.Ceil(4*sigma+math.Abs(shift))) + 1}
	sum, w := 0.0, make([]float64, 2*k.reach+1)
	for i := range w {
		at := float64(i-k.reach) + shift
		if sigma == 0 {
			w[i] = max(1-math.Abs(at), 0)
		} else {
			w[i] = phi((at+0.5)/sigma) - phi((at-0.5)/sigma)
		}
		sum += w[i]
	}
	for _, v := range w {
		k.weights = append(k.weights, float32(v/sum))
	}
	return k
}

func phi(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }

// blur returns the blurred plane; beyond its edges it goes on with the pixels of the edge.
func (l *lens) blur(ctx context.Context, plane []float32, w, h int, o parallel.Options) ([]float32, error) {
	var haze []float32
	bw, bh := (w+hazeBin-1)/hazeBin, (h+hazeBin-1)/hazeBin
	var err error
	if l.share > 0 {
		if haze, err = convolve(ctx, binned(plane, w, h, bw, bh), bw, bh, l.wide, o); err != nil {
			return nil, err
		}
	}
	out, err := convolve(ctx, plane, w, h, l.sharp, o)
	if err != nil || l.share == 0 {
		return out, err
	}
	err = eachRow(ctx, h, o, func(y int) {
		for x := range w {
			v := &out[y*w+x]
			*v = float32(1-l.share)**v + float32(l.share)*between(haze, bw, bh, x, y)
		}
	})
	return out, err
}

// eachRow calls fn for rows 0 to h-1, bands at once.
func eachRow(ctx context.Context, h int, o parallel.Options, fn func(y int)) error {
	o.Depth, o.Halo = bandRows, 0
	return parallel.Slabs(ctx, h, o, nil, func(ctx context.Context, b parallel.Slab) error {
		for y := b.Z0; y < b.Z1; y++ {
			fn(y)
		}
		return ctx.Err()
	})
}

// convolve applies a kernel along x and one along y.
func convolve(ctx context.Context, plane []float32, w, h int, k [2]kernel, o parallel.Options) ([]float32, error) {
	across, out := make([]float32, len(plane)), make([]float32, len(plane))
	if err := eachRow(ctx, h, o, func(y int) { k[0].row(across[y*w:][:w], plane[y*w:][:w]) }); err != nil {
		return nil, err
	}
	err := eachRow(ctx, h, o, func(y int) {
		dst := out[y*w:][:w]
		for i, weight := range k[1].weights {
			src := across[min(max(y+i-k[1].reach, 0), h-1)*w:][:w]
			for x, v := range src {
				dst[x] += weight * v
			}
		}
	})
	return out, err
}

func (k kernel) row(dst, src []float32) {
	for x := range dst {
		var sum float32
		if lo, hi := x-k.reach, x+k.reach; lo >= 0 && hi < len(src) {
			for i, v := range src[lo : hi+1] {
				sum += k.weights[i] * v
			}
		} else {
			for i, weight := range k.weights {
				sum += weight * src[min(max(lo+i, 0), len(src)-1)]
			}
		}
		dst[x] = sum
	}
}

// binned is the mean of blocks of hazeBin x hazeBin pixels, or of what an edge leaves of them.
func binned(plane []float32, w, h, bw, bh int) []float32 {
	out := make([]float32, bw*bh)
	for by := range bh {
		for bx := range bw {
			var sum float64
			n := 0
			for y := by * hazeBin; y < min((by+1)*hazeBin, h); y++ {
				for x := bx * hazeBin; x < min((bx+1)*hazeBin, w); x++ {
					sum += float64(plane[y*w+x])
					n++
				}
			}
			out[by*bw+bx] = float32(sum / float64(n))
		}
	}
	return out
}

// between interpolates a binned plane at the centre of a pixel.
func between(plane []float32, bw, bh, x, y int) float32 {
	u, v := (float64(x)+0.5)/hazeBin-0.5, (float64(y)+0.5)/hazeBin-0.5
	x0, y0 := floor(u), floor(v)
	fx, fy := float32(u-float64(x0)), float32(v-float64(y0))
	at := func(x, y int) float32 { return plane[min(max(y, 0), bh-1)*bw+min(max(x, 0), bw-1)] }
	return (at(x0, y0)*(1-fx)+at(x0+1, y0)*fx)*(1-fy) + (at(x0, y0+1)*(1-fx)+at(x0+1, y0+1)*fx)*fy
}
