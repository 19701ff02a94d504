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
	seen     = 1.6  // voxels outside the surface that are fitted: neighbours shine into what lies further out
	faces    = 0.12 // of the polymer contrast: what is darker counts as air
)

// profile is the mean grey about a fibre by radius and angle: near the lumen from all of it, from
// the middle of the wall outwards only where the surface faces air.
type profile struct {
	sum, n [sectors][bins]float64
}

// patch is the same for one piece of a fibre.
type patch struct {
	at   [sectors][bins]struct{ sum, n float64 }
	lean [sectors][2]lean // from the lumen to the middle of the wall, and from there outwards
}

// measure fills the profiles of all fibres from the scan, divided by the gain.
func measure(ctx context.Context, v *volume.Volume[float32], fibres []*fibre, lv levels, g gain, in *housing, o parallel.Options, p parallel.Progress) error {
	return parallel.Each(ctx, len(fibres), o, p, func(ctx context.Context, i int) error {
		f := fibres[i]
		f.profile = &profile{}
		f.leans = make([]lean, len(f.knots)-1)
		model, middle := lv.ramp(f), (f.inner+f.outer)/2
		sensitivity := g.reader(v.Grid)
		faced, all, voxels := 0, 0, 0
		for k := range len(f.knots) - 1 {
			if err := ctx.Err(); err != nil {
				return err
			}
			var s patch
			p := f.piece(k)
			reach := f.outer + beyond + binWidth
			lo, hi := p.box(v.Grid, reach)
			held := in.holdsBox(v.N, lo, hi)
			p.each(v.Grid, reach, 0, v.N[2], func(at int, a, b float64) {
				if !held && !in.holds(v.Grid, at) {
					return
				}
				if a*a+b*b < f.outer*f.outer {
					voxels++
				}
				sector := sectorOf(a, b)
				d, grey := math.Sqrt(a*a+b*b), float64(v.Data[at])/sensitivity.at(at)
				c := &s.at[sector][min(int(d/binWidth), bins-1)]
				c.sum += grey
				c.n++
				if fall := float64(read(model.fall, d)); d > 1 {
					part := &s.lean[sector][0]
					if d > middle {
						part = &s.lean[sector][1]
					}
					part.add(fall*a/d, fall*b/d, grey-lv.air-float64(read(model.grey, d)))
				}
			})
			fa, al := f.profile.add(&s, f, lv, &f.leans[k])
			faced, all = faced+fa, all+al
		}
		f.length = float64(voxels) / (math.Pi * f.outer * f.outer)
		f.facing = float64(faced) / float64(max(all, 1))
		return nil
	})
}

// Tangents of the angles at which the sectors within 45° of an axis end.
var sectorEdges = [2]float64{math.Tan(2 * math.Pi / sectors), math.Tan(4 * math.Pi / sectors)}

// sectorOf is the sector of the direction of (a, b), counted from a towards b.
func sectorOf(a, b float64) int {
	quarter := 0
	switch { // turned into the quarter a > 0, b >= 0
	case a > 0 && b >= 0:
	case a <= 0 && b > 0:
		a, b, quarter = b, -a, 1
	case a < 0:
		a, b, quarter = -a, -b, 2
	default:
		a, b, quarter = -b, a, 3
	}
	k := 0
	switch {
	case b >= a:
		if k = 3; a <= sectorEdges[1]*b {
			k = 4
		}
		if a <= sectorEdges[0]*b {
			k = 5
		}
	case b >= sectorEdges[1]*a:
		k = 2
	case b >= sectorEdges[0]*a:
		k = 1
	}
	return quarter*sectors/4 + k
}

// add merges a patch: a sector counts as facing air when what lies outside it is as dark as air.
func (p *profile) add(s *patch, f *fibre, lv levels, l *lean) (faced, all int) {
	middle := int((f.inner + f.outer) / 2 / binWidth)
	from, to := int((f.outer+skipped)/binWidth), min(int((f.outer+beyond)/binWidth), bins)
	for k := range s.at {
		var sum, n float64
		for _, c := range s.at[k][from:to] {
			sum, n = sum+c.sum, n+c.n
		}
		end := middle
		l.merge(s.lean[k][0])
		if n > 0 {
			all++
			if sum/n < lv.air+faces*(lv.polymer-lv.air) {
				end = min(int((f.outer+seen)/binWidth), to)
				faced++
				l.merge(s.lean[k][1])
			}
		}
		for b := range end {
			p.sum[k][b] += s.at[k][b].sum
			p.n[k][b] += s.at[k][b].n
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
