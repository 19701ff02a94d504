package connector

import (
	"context"
	"math"

	"explant/volume/parallel"
)

// rays is the number of directions in which a plane is looked at.
const rays = 240

// fine is the pitch of samples along a ray, in units of h.
const fine = 0.5

// directions are cosine and sine of the rays.
var directions = func() (d [rays][2]float64) {
	for i := range d {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / rays)
		d[i] = [2]float64{cos, sin}
	}
	return d
}()

// plane is one plane across the axis.
type plane struct {
	s      float64
	free   [rays]float64 // distance from the reference's middle at which the open way ends
	behind [rays]float64 // grey of what ends it
	open   [rays]float64 // twice the area of the open way in a ray, over the angle
	found  circle        // outline on which most ends lie
	share  float64       // of the rays, on it
	ref    circle        // the lumen without clot
	piece  int
}

// levels are greys.
type levels struct{ air, cut, deposit float64 }

// profile samples a ray from a place on the plane at s.
func (s *scan) profile(f *frame, x, y, at float64, dir [2]float64, out []float64) {
	p := f.place(x, y, at)
	step := vec{}.plus(dir[0]*fine*s.h, f.u).plus(dir[1]*fine*s.h, f.v)
	for i := range out {
		out[i] = s.at(p)
		p = p.plus(1, step)
	}
}

// first is the sample at which air ends along a profile: the first of three in a row above the cut; the length of
// the profile where air does not end.
func first(g []float64, cut float64) int {
	run := 0
	for i, v := range g {
		if v <= cut {
			run = 0
		} else if run++; run == 3 {
			return i - 2
		}
	}
	return len(g)
}

// plateau is the grey 1 to 2.5 voxels behind the end of air, the largest mean of three samples: walls may be 3
// voxels thin.
func plateau(g []float64, end int) float64 {
	best := math.Inf(-1)
	for k := end + 2; k <= end+3; k++ {
		best = max(best, mean(g[min(k, len(g)-1):min(k+3, len(g))]))
	}
	return best
}

// crossing is the place nearest to sample i at which g rises through level.
func crossing(g []float64, i int, level float64) float64 {
	for d := range 5 {
		for _, k := range [2]int{i - 1 - d, i - 1 + d} {
			if k >= 0 && k+1 < len(g) && g[k] <= level && g[k+1] > level {
				return float64(k) + (level-g[k])/(g[k+1]-g[k])
			}
		}
	}
	return float64(i)
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(max(len(v), 1))
}

// look traces the rays of every plane about its reference's middle, as far as reach times its radius. Where the
// reference is the lumen without clot, ps are the pieces that the planes belong to, else nil.
func (s *scan) look(ctx context.Context, f *frame, all []plane, ps []piece, lv levels, reach float64) error {
	s.p.Stage("trace the wall", len(all))
	return parallel.Each(ctx, len(all), s.o, s.p, func(_ context.Context, k int) error {
		p := &all[k]
		g := s.polar(f, p, int(reach*p.ref.r/(fine*s.h))+12)
		p.trace(g, lv, s.h)
		if ps != nil && lv.deposit > 0 {
			p.againstClot(g, lv, ps[p.piece].wall, s.h)
		}
		for i, dir := range directions {
			p.open[i] = p.free[i]*p.free[i] + s.pockets(g[i], p.free[i]/(fine*s.h), p.ref.ray(p.ref.x, p.ref.y, dir[0], dir[1]), lv.cut)
		}
		return nil
	})
}

// blurred is the arc, in voxels, over which neighbouring rays are averaged.
const blurred = 4.5

// polar samples a plane along its rays, each averaged with its neighbours.
func (s *scan) polar(f *frame, p *plane, n int) [][]float64 {
	raw, out := make([]float64, rays*n), make([]float64, rays*n)
	rows := make([][]float64, rays)
	for i, dir := range directions {
		s.profile(f, p.ref.x, p.ref.y, p.s, dir, raw[i*n:(i+1)*n])
	}
	half := min(max(int(math.Round(blurred*s.h/(2*math.Pi*p.ref.r/rays)/2)), 1), 3)
	for i := range rows {
		rows[i] = out[i*n : (i+1)*n]
		for k := -half; k <= half; k++ {
			from := raw[(i+k+rays)%rays*n:][:n]
			for j, v := range from {
				rows[i][j] += v / float64(2*half+1)
			}
		}
	}
	return rows
}

// trace finds where the open way ends along the rays g, at the grey halfway between air and what ends it, and the
// circle on which most ends lie.
func (p *plane) trace(g [][]float64, lv levels, h float64) {
	var end [rays]int
	var behind [rays]float64
	for i := range end {
		end[i] = first(g[i], lv.cut)
		behind[i] = plateau(g[i], end[i])
	}
	points := make([][2]float64, 0, rays)
	for i, dir := range directions {
		near := make([]float64, 0, 9)
		for k := -4; k <= 4; k++ {
			near = append(near, behind[(i+k+rays)%rays])
		}
		p.behind[i] = median(near)
		p.free[i] = float64(len(g[i])) * fine * h
		if end[i] < len(g[i]) {
			p.free[i] = crossing(g[i], end[i], (lv.air+max(p.behind[i], lv.cut))/2) * fine * h
			points = append(points, [2]float64{p.ref.x + p.free[i]*dir[0], p.ref.y + p.free[i]*dir[1]})
		}
	}
	p.found, p.share = circle{}, 0
	if len(points) >= rays/2 {
		p.found, p.share = envelope(points, p.ref, h)
		p.share *= float64(len(points)) / rays
	}
}

// inside is how far, in voxels, from the wall of the reference lumen a way must end for clot alone to end it.
const inside = 1.0

// againstClot takes the rays that end inside the reference lumen to where the grey is halfway from air to clot. Of a
// film no thicker than the blur the grey behind is that of the wall in part: with a the clot's face, b the wall, both
// blurred by the standard deviation sd, and W and D the greys of wall and clot over that of air,
//
//	grey(x) = D·Φ((x-a)/sd) + (W-D)·Φ((x-b)/sd), which is D/2 at the place that is seen.
func (p *plane) againstClot(g [][]float64, lv levels, wall, h float64) {
	sd := edgeWidth * h
	for i, dir := range directions {
		b := p.ref.ray(p.ref.x, p.ref.y, dir[0], dir[1])
		if p.free[i] > b-inside*h {
			continue
		}
		x := crossing(g[i], int(p.free[i]/(fine*h))+1, (lv.air+lv.deposit)/2) * fine * h
		share := 0.5 + (lv.deposit-wall)/(lv.deposit-lv.air)*math.Erfc((b-x)/sd/math.Sqrt2)/2
		p.free[i] = x - sd*math.Sqrt2*math.Erfinv(2*min(max(share, 0.05), 0.95)-1)
	}
}

// pockets is twice the area, over the angle, of what is open behind the first end of the way and more than a
// voxel inside the wall.
func (s *scan) pockets(g []float64, from, wall, cut float64) (sum float64) {
	pitch := fine * s.h
	for i := int(from) + 4; i < min(int(wall/pitch)-2, len(g)); i++ {
		if g[i] < cut {
			sum += 2 * float64(i) * pitch * pitch
		}
	}
	return sum
}
