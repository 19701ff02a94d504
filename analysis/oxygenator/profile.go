package oxygenator

import (
	"context"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

const (
	sectors  = 24   // of a fibre's circumference
	binWidth = 0.25 // voxels
	bins     = 96   // that reach a radius of 24 voxels: wide enough for fibres of 42 voxels
	beyond   = 3.0  // voxels outside a fibre that its profile covers
	skipped  = 1.2  // voxels outside the surface where blur still tells polymer, not what it faces
)

// profile is the mean grey about a fibre by radius and angle: near the lumen from all of it, from
// the middle of the wall outwards only where the surface faces air.
type profile struct {
	sum, n [sectors][bins]float64
}

// patch is the same for one piece of a fibre.
type patch [sectors][bins]struct{ sum, n float64 }

// measure fills the profiles of all fibres from the scan, divided by the gain.
func measure(ctx context.Context, v *volume.Volume[float32], fibres []*fibre, lv levels, g gain, in *housing, o parallel.Options, p parallel.Progress) error {
	return parallel.Each(ctx, len(fibres), o, p, func(ctx context.Context, i int) error {
		f := fibres[i]
		f.profile = &profile{}
		faced, all, voxels := 0, 0, 0
		for k := range len(f.knots) - 1 {
			if err := ctx.Err(); err != nil {
				return err
			}
			var s patch
			p := f.piece(k)
			p.each(v.Grid, f.outer+beyond+binWidth, 0, v.N[2], func(at int, a, b float64) {
				if !in.holds(v.Grid, at) {
					return
				}
				if a*a+b*b < f.outer*f.outer {
					voxels++
				}
				sector := int((math.Atan2(b, a)/(2*math.Pi) + 1) * sectors)
				c := &s[sector%sectors][min(int(math.Hypot(a, b)/binWidth), bins-1)]
				c.sum += float64(v.Data[at]) / g.at(v.Grid, at)
				c.n++
			})
			fa, al := f.profile.add(&s, f, lv)
			faced, all = faced+fa, all+al
		}
		f.length = float64(voxels) / (math.Pi * f.outer * f.outer)
		f.facing = float64(faced) / float64(max(all, 1))
		return nil
	})
}

// add merges a patch: a sector counts as facing air when what lies outside it is as dark as air.
func (p *profile) add(s *patch, f *fibre, lv levels) (faced, all int) {
	middle := int((f.inner + f.outer) / 2 / binWidth)
	from, to := int((f.outer+skipped)/binWidth), min(int((f.outer+beyond)/binWidth), bins)
	for k := range s {
		var sum, n float64
		for _, c := range s[k][from:to] {
			sum, n = sum+c.sum, n+c.n
		}
		end := middle
		if n > 0 {
			all++
			if sum/n < lv.air+0.2*(lv.polymer-lv.air) {
				end = to
				faced++
			}
		}
		for b := range end {
			p.sum[k][b] += s[k][b].sum
			p.n[k][b] += s[k][b].n
		}
	}
	return faced, all
}

// radial is the profile without its angles: mean grey and weight of each bin.
func (p *profile) radial() (mean, n [bins]float64) {
	for k := range sectors {
		for b := range bins {
			mean[b] += p.sum[k][b]
			n[b] += p.n[k][b]
		}
	}
	for b := range bins {
		if n[b] > 0 {
			mean[b] /= n[b]
		}
	}
	return mean, n
}
