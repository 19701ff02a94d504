package pin

import (
	"context"
	"image"
	"image/color"
	"math"
	"slices"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/reslice"
)

// Cut is the scan at the pixels of the slide, NaN beyond the scan.
func Cut[T volume.Voxel](ctx context.Context, v *volume.Volume[T], s Slide, p Place) ([]float32, error) {
	near, err := around(v, s, p, 2*max(v.Spacing[0], v.Spacing[1], v.Spacing[2]))
	if err != nil {
		return nil, err
	}
	cut, err := reslice.Onto(ctx, near, p.Grid(s), float32(math.NaN()), parallel.Options{}, nil)
	if err != nil {
		return nil, err
	}
	return cut.Data, nil
}

// The picture of a slide beside the scan.
const (
	gap     = 6 // pixels between its parts
	squares = 6 // fields of the checkerboard along the longer side
)

// SideBySide shows the slide, the scan in its plane, and both in turn like the fields of a checkerboard. The scan is
// shown in reverse, as a slide shows matter dark on a bright ground.
func SideBySide(s Slide, scan []float32) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, 3*s.W+2*gap, s.H))
	for i := range out.Pix {
		out.Pix[i] = 128
	}
	left, right := stretched(s.Values, false), stretched(scan, true)
	side := max(max(s.W, s.H)/squares, 1)
	for y := range s.H {
		for x := range s.W {
			i := y*s.W + x
			a, b := color.Gray{left[i]}, color.Gray{right[i]}
			out.SetGray(x, y, a)
			out.SetGray(s.W+gap+x, y, b)
			if (x/side+y/side)%2 == 1 {
				a = b
			}
			out.SetGray(2*(s.W+gap)+x, y, a)
		}
	}
	return out
}

// stretched spreads values between their first and last percentile over 8 bits; what is no number is grey.
func stretched(values []float32, reversed bool) []uint8 {
	seen := slices.DeleteFunc(slices.Clone(values), func(v float32) bool { return v != v })
	out := make([]uint8, len(values))
	lo, hi := float32(0), float32(1)
	if len(seen) > 0 {
		slices.Sort(seen)
		lo, hi = seen[len(seen)/100], seen[len(seen)-1-len(seen)/100]
	}
	for i, v := range values {
		switch {
		case v != v || hi <= lo:
			out[i] = 128
			continue
		case reversed:
			v = lo + hi - v
		}
		out[i] = uint8(255 * min(max((v-lo)/(hi-lo), 0), 1))
	}
	return out
}
