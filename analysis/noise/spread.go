package noise

import (
	"context"
	"math"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/filter"
	"explant/volume/parallel"
)

// sigmas are the blurs that are tried, in voxels.
var sigmas = []float64{0.35, 0.55, 0.75, 0.95, 1.2, 1.5, 1.9, 2.4}

// reach is how far from a border its blur is looked at, in voxels.
const reach = 3

// coarse are those of the rounds that only place the border.
var coarse = []float64{0.55, 0.95, 1.5}

// rounds of placing the border and fitting its blur in turn. On lattices of fibres with walls of 3.5 voxels a
// Gaussian of 0.8 voxel comes out within 5 %, one of 1 voxel 12 % too small.
const rounds = 4

// line is how greys follow the share of the solid: void where that is 0, and rise more where it is 1.
type line struct{ void, rise float64 }

// pointSpread is the Gaussian under which the borders between void and the commonest other class look most
// like the scan: of the blurs of the solid the one from which a straight line predicts the greys best,
// between those tried by a parabola. The solid is where smoothed greys lie above half-way on that line, for
// thresholds of a histogram make thin walls too wide. The steps of the solid blur by a voxel's width, which
// is taken off.
func (b *block) pointSpread(ctx context.Context, levels [segment.ClassCount]float64, o parallel.Options) (float64, error) {
	class, border := b.border()
	if len(border) < fewest {
		return 0, ErrUnknown
	}
	v := &volume.Volume[float32]{Grid: volume.Grid{N: b.n}, Data: b.grey}
	even, err := filter.Gaussian(ctx, v, [3]float64{evening, evening, evening}, o, nil)
	if err != nil {
		return 0, err
	}
	l := line{levels[segment.Void], levels[class] - levels[segment.Void]}
	sigma := math.NaN()
	for round := range rounds {
		tried := coarse
		if round == rounds-1 {
			tried = sigmas
		}
		if sigma, l, err = b.fit(ctx, b.solid(even, class, l), border, tried, o); err != nil {
			return 0, err
		}
	}
	if !(sigma < sigmas[len(sigmas)-1]) {
		return 0, ErrUnknown
	}
	return math.Sqrt(max(sigma*sigma-1.0/12, 0.01)), nil
}

// evening is the Gaussian, in voxels, that takes the noise out of a border before it is placed: noise in its
// place would be noise of the greys, and look like sharpness.
const evening = 0.8

// solid is 1 where voxels of void and the class are above half-way.
func (b *block) solid(even *volume.Volume[float32], class uint8, l line) *volume.Volume[float32] {
	half := float32(l.void + l.rise/2)
	out := volume.New[float32](even.Grid)
	for i, c := range b.labels {
		if (c == segment.Void || c == class) && (even.Data[i] > half) == (l.rise > 0) {
			out.Data[i] = 1
		}
	}
	return out
}

// fit is the best of the blurs that are tried, and its line.
func (b *block) fit(ctx context.Context, solid *volume.Volume[float32], border []int, tried []float64, o parallel.Options) (float64, line, error) {
	misfit := make([]float64, len(tried))
	best := 0
	var l line
	for k, s := range tried {
		blurred, err := filter.Gaussian(ctx, solid, [3]float64{s, s, s}, o, nil)
		if err != nil {
			return 0, l, err
		}
		var with line
		if misfit[k], with = b.misfit(blurred.Data, border); k == 0 || misfit[k] < misfit[best] {
			best, l = k, with
		}
	}
	if best == 0 || best == len(tried)-1 {
		return tried[best], l, nil
	}
	return lowest(tried[best-1:best+2], misfit[best-1:best+2]), l, nil
}

// border is the class that has most of its border with void, of polymer, housing and deposit, and the voxels
// of that border with nothing else about.
func (b *block) border() (solid uint8, best []int) {
	for _, class := range []uint8{segment.Polymer, segment.Housing, segment.Deposit} {
		if all := b.bordering(class); len(all) > len(best) {
			solid, best = class, all
		}
	}
	return solid, best
}

// bordering lists the voxels that have both void and the class within reach, and no other class.
func (b *block) bordering(class uint8) (all []int) {
	plane := b.n[0] * b.n[1]
	for z := reach; z < b.n[2]-reach; z++ {
		for y := reach; y < b.n[1]-reach; y++ {
			for x := reach; x < b.n[0]-reach; x++ {
				i := x + b.n[0]*y + plane*z
				if c := b.labels[i]; (c == segment.Void || c == class) && b.mixed(i, class, plane) {
					all = append(all, i)
				}
			}
		}
	}
	return all
}

// mixed looks at the cube about a voxel.
func (b *block) mixed(i int, class uint8, plane int) bool {
	void, solid := false, false
	for dz := -reach; dz <= reach; dz++ {
		for dy := -reach; dy <= reach; dy++ {
			from := i + dz*plane + dy*b.n[0] - reach
			for _, c := range b.labels[from : from+2*reach+1] {
				switch c {
				case segment.Void:
					void = true
				case class:
					solid = true
				default:
					return false
				}
			}
		}
	}
	return void && solid
}

// misfit is the residual variance of the greys of the border about the straight line in the blurred solid
// that fits them best, and that line.
func (b *block) misfit(blurred []float32, border []int) (float64, line) {
	var n, sx, sy, xx, xy, yy float64
	for _, i := range border {
		x, y := float64(blurred[i]), float64(b.grey[i])
		if y-y != 0 {
			continue // not finite
		}
		n, sx, sy, xx, xy, yy = n+1, sx+x, sy+y, xx+x*x, xy+x*y, yy+y*y
	}
	cxx, cxy, cyy := xx-sx*sx/n, xy-sx*sy/n, yy-sy*sy/n
	if !(cxx > 0) {
		return math.Inf(1), line{}
	}
	rise := cxy / cxx
	return (cyy - cxy*cxy/cxx) / n, line{(sy - rise*sx) / n, rise}
}

// lowest is where the parabola through three points is lowest, between the outer two.
func lowest(x, y []float64) float64 {
	a, b := (y[1]-y[0])/(x[1]-x[0]), (y[2]-y[1])/(x[2]-x[1])
	curve := (b - a) / (x[2] - x[0])
	if !(curve > 0) {
		return x[1]
	}
	at := (x[0]+x[1])/2 - a/(2*curve)
	return min(max(at, x[0]), x[2])
}
