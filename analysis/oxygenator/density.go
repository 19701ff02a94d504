package oxygenator

import (
	"context"
	"math"

	"explant/analysis/segment"
	"explant/volume/parallel"
)

const (
	coreEdge   = 48   // voxels, of the bricks that are solved one by one
	margin     = 5    // voxels around a brick that are solved with it
	steps      = 8    // of the solve; its error falls to about a half with each
	faint      = 12   // of 255: a smaller share of blood side is not looked at
	bright     = 0.25 // of the deposit contrast: so much excess makes a candidate
	lastLeast  = 0.65 // voxels, standard deviation of the last smoothing of the density in calm scans
	lastMost   = 0.9  // voxels, in loud ones: contrast of less than 7.5 times the noise
	shrink     = 0.2  // by which the border's density falls below a half with the weight of the differences
	solidLead  = 1.4  // by which the share of solid must exceed that of deposit and of void
	whiteFloor = 4.0  // of the mean power of the noise: what is taken as white beside the noise itself
)

// solver finds the density of deposit in the blood side whose blur explains the excess:
//
//	least squares of K(f x) - e under the noise, and of the differences of x between neighbours, 0 <= x <= 1
//
// where K is the point spread, f the share of blood side and e the excess in units of the deposit's
// contrast. Noise that is correlated between neighbours is weaker in fine detail than in coarse: its
// inverse spectrum is taken as a Gaussian, which narrows K on both sides of the normal equations. The
// bricks are solved by accelerated projected gradients (Beck, Teboulle, SIAM J. Imaging Sci. 2(1):183-202,
// 2009, doi:10.1137/080716542) with the momentum of a known condition number.
type solver struct {
	*clean
	contrast float64
	match    symmetric // smooths the excess for the right side
	twice    symmetric // the point spread and match together
	last     symmetric // smooths the density at last
	pull     float32   // weight of the differences between neighbours
	border   float32   // density where deposit begins: smoothing makes convex deposits smaller
	momentum float32
	step     float32
}

// newSolver prepares for a point spread (voxels), noise (grey; correlation between neighbours) and smoothness.
func newSolver(c *clean, contrast, psf float64, n noise, smoothness float64) *solver {
	s := &solver{clean: c, contrast: contrast}
	power, narrow := whitening(n.correlation)
	sharp := math.Sqrt(max(psf*psf-narrow, min(psf*psf, 0.15)))
	k, q := gaussTaps(psf), gaussTaps(sharp)
	s.match, s.twice, s.last = half(q), convolved(k, q), half(gaussTaps(lastSigma(n.sd/contrast)))
	mu := smoothness * power * (n.sd / contrast) * (n.sd / contrast)
	s.pull = float32(mu)
	s.border = float32(max(0.5-shrink*mu, 0.4))
	s.step = float32(1 / (1 + 12*mu))
	worst := math.Sqrt((1 + 12*mu) / (0.06 + 2*mu)) // condition number's root
	s.momentum = float32((worst - 1) / (worst + 1))
	return s
}

// lastSigma widens the last smoothing with the noise, in units of the deposit's contrast.
func lastSigma(noise float64) float64 {
	const calm, loud = 0.09, 0.134
	return lastLeast + (lastMost-lastLeast)*bound((noise-calm)/(loud-calm), 0, 1)
}

// whitening gives the noise power at lowest frequencies over the mean, with the floor, and by how much
// the variance of the point spread shrinks under the inverse of the noise's spectrum. The noise is taken
// for white noise under a three-point kernel (w, 1, w) along each axis.
func whitening(correlation float64) (power, narrow float64) {
	c := bound(correlation, 0, 0.6)
	if c == 0 {
		return 1, 0
	}
	w := (1 - math.Sqrt(max(1-2*c*c, 0))) / (2 * c)
	dc := math.Pow((1+2*w)*(1+2*w)/(1+2*w*w), 3)
	return (dc + whiteFloor) / (1 + whiteFloor), 0.85 * 4 * w / (1 + 2*w) * dc / (dc + whiteFloor)
}

// solve enters the deposit in the labels: void voxels, mostly blood side, of a density above about a half.
func (s *solver) solve(ctx context.Context, o parallel.Options, p parallel.Progress) error {
	var count [3]int
	for a, n := range s.labels.N {
		count[a] = (n + coreEdge - 1) / coreEdge
	}
	spare := make(chan *window, 64)
	return parallel.Each(ctx, count[0]*count[1]*count[2], o, p, func(ctx context.Context, k int) error {
		var w *window
		select {
		case w = <-spare:
		default:
			w = &window{}
		}
		var c0, c1 [3]int
		at := [3]int{k % count[0], k / count[0] % count[1], k / count[0] / count[1]}
		for a := range 3 {
			c0[a], c1[a] = at[a]*coreEdge, min((at[a]+1)*coreEdge, s.labels.N[a])
		}
		w.lay(s.labels.N, c0, c1, margin)
		if s.fill(w) {
			s.descend(w)
			s.enter(w)
		}
		select {
		case spare <- w:
		default:
		}
		return ctx.Err()
	})
}

// fill reads the window and smooths the excess; false where nothing is to be found.
func (s *solver) fill(w *window) bool {
	found := false
	scale := float32(1 / s.contrast)
	for z := range w.n[2] {
		for y := range w.n[1] {
			i := s.labels.Offset(w.lo[0], w.lo[1]+y, w.lo[2]+z)
			r := z*w.n[1] + y
			e, f := w.row(w.y, r), w.row(w.free, r)
			w.live[r] = false
			for x := range e {
				e[x] = s.excess.Data[i+x] * scale
				f[x] = 0
				if v := s.free.Data[i+x]; v > faint {
					f[x] = float32(v) / 255
					w.live[r] = true
					found = found || e[x] > bright*max(float32(s.open.Data[i+x])/255, 0.2)
				}
			}
		}
	}
	if !found {
		return false
	}
	w.widen()
	w.tie()
	w.smooth(w.want, w.y, &s.match, true)
	for i, f := range w.free {
		w.x[i] = 0
		if f > 0 {
			w.x[i] = min(max(w.y[i], 0), 1)
		}
		w.y[i] = w.x[i]
		w.want[i] *= f
	}
	return true
}

// descend takes the steps.
func (s *solver) descend(w *window) {
	fx := w.aux
	for range steps {
		for i, f := range w.free {
			fx[i] = f * w.y[i]
		}
		w.smooth(w.out, fx, &s.twice, false)
		// the extrapolation is still needed while neighbours look at it: gradients first
		for r, live := range w.live {
			if live {
				s.gradient(w, r)
			}
		}
		for r, live := range w.live {
			if live {
				s.advance(w, r)
			}
		}
	}
}

// gradient turns a row of w.out into the gradient. The density is 0 where it is not looked for, so the
// sum of differences from such neighbours is left out by counting the others.
func (s *solver) gradient(w *window, r int) {
	nx, ny := w.n[0], w.n[1]
	y, z := r%ny, r/ny
	beside := func(q int, there bool) []float32 {
		if there {
			return w.row(w.y, q)
		}
		return w.zeros
	}
	up, down := beside(r-1, y > 0), beside(r+1, y < ny-1)
	low, high := beside(r-ny, z > 0), beside(r+ny, z < w.n[2]-1)
	here := w.line[1 : nx+1] // with room on both sides
	w.line[0], w.line[nx+1] = 0, 0
	copy(here, w.row(w.y, r))
	left, right := w.line[:nx], w.line[2:nx+2]
	free, want, ties, g := w.row(w.free, r), w.row(w.want, r), w.row(w.ties, r), w.row(w.out, r)
	up, down, low, high = up[:nx], down[:nx], low[:nx], high[:nx]
	free, want, ties, left, right = free[:nx], want[:nx], ties[:nx], left[:nx], right[:nx]
	for i := range g {
		around := (left[i] + right[i]) + (up[i] + down[i]) + (low[i] + high[i])
		g[i] = float32(free[i]*g[i]) - want[i] + float32(s.pull*(float32(ties[i]*here[i])-around))
	}
}

// tie counts the face neighbours of each voxel where density is looked for.
func (w *window) tie() {
	nx, ny := w.n[0], w.n[1]
	for i := range w.ties {
		w.ties[i] = 0
	}
	for r := range w.live {
		y, z := r%ny, r/ny
		free, ties := w.row(w.free, r), w.row(w.ties, r)
		for i := 0; i+1 < nx; i++ {
			if free[i] > 0 && free[i+1] > 0 {
				ties[i]++
				ties[i+1]++
			}
		}
		for _, q := range [2]struct {
			row   int
			there bool
		}{{r + 1, y < ny-1}, {r + ny, z < w.n[2]-1}} {
			if !q.there || !w.live[r] || !w.live[q.row] {
				continue
			}
			other, count := w.row(w.free, q.row), w.row(w.ties, q.row)
			for i, f := range free {
				if f > 0 && other[i] > 0 {
					ties[i]++
					count[i]++
				}
			}
		}
	}
}

// advance steps down the gradient of a row, keeps the density in its range and extrapolates.
func (s *solver) advance(w *window, r int) {
	free, x, y, g := w.row(w.free, r), w.row(w.x, r), w.row(w.y, r), w.row(w.out, r)
	for i, f := range free {
		if f == 0 {
			continue
		}
		next := min(max(y[i]-s.step*g[i], 0), 1)
		y[i] = next + s.momentum*(next-x[i])
		x[i] = next
	}
}

// enter smooths the density within the blood side and labels what lies inside the border.
func (s *solver) enter(w *window) {
	for i, f := range w.free {
		w.y[i] = f * w.x[i]
	}
	w.smooth(w.out, w.y, &s.last, false)
	w.smooth(w.want, w.free, &s.last, false)
	for z := w.core[0][2]; z < w.core[1][2]; z++ {
		for y := w.core[0][1]; y < w.core[1][1]; y++ {
			i := s.labels.Offset(w.lo[0], w.lo[1]+y, w.lo[2]+z)
			r := z*w.n[1] + y
			up, down := w.row(w.out, r), w.row(w.want, r)
			for x := w.core[0][0]; x < w.core[1][0]; x++ {
				if s.labels.Data[i+x] == segment.Void && s.free.Data[i+x] > 127 {
					s.labels.Data[i+x] = s.class(float32(s.free.Data[i+x])/255, up[x]/max(down[x], 1e-6))
				}
			}
		}
	}
}

// class is what a voxel with a share of blood side, more than half, holds at a density of deposit. Where
// deposit ends on a solid, the solid may have the largest of three shares.
func (s *solver) class(free, density float32) uint8 {
	switch {
	case 1-free > solidLead*free*max(density, 1-density):
		return segment.Polymer
	case density > s.border:
		return segment.Deposit
	}
	return segment.Void
}
