package noise

import (
	"context"
	"errors"
	"math"

	"explant/analysis/rescan"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// ErrUnknown is returned where a scan holds too little of bare void, or no border that could be looked at.
var ErrUnknown = errors.New("noise and point spread of the scan cannot be measured")

// Scan is the noise and the blur of a scan.
type Scan struct {
	Void        float64 // standard deviation in void, grey
	Deposit     float64 // and in deposit, or in void where there is too little of it
	Correlation float64 // between face neighbours along x
	PSFVoxels   float64 // Gaussian sigma
}

// fewest is the least number of pairs of voxels, or of border voxels, from which anything is told.
const fewest = 200

// Measure looks at one block of the scan, that whose share of deposit is nearest to that of all.
func Measure[T volume.Voxel](ctx context.Context, v *volume.Volume[T], s *segment.Segmentation, o parallel.Options) (Scan, error) {
	box, err := rescan.Pick(ctx, s.Labels, s.Box(), o)
	if err != nil {
		return Scan{}, err
	}
	b := cut(v, s.Labels, middle(box))
	void, deposit := b.variation(segment.Void), b.variation(segment.Deposit)
	if void.n < fewest || !(void.variance() > 0) {
		return Scan{}, ErrUnknown
	}
	out := Scan{Void: math.Sqrt(void.variance()), Correlation: void.correlation()}
	out.Deposit = out.Void
	if deposit.n >= fewest && deposit.variance() > 0 {
		out.Deposit = math.Sqrt(deposit.variance())
	}
	if out.PSFVoxels, err = b.pointSpread(ctx, s.Levels, o); err != nil {
		return Scan{}, err
	}
	return out, nil
}

// Note puts what was measured among the diagnostics of a segmentation.
func (s Scan) Note(d map[string]float64) {
	d["noise_sd_air_grey"], d["noise_sd_deposit_grey"] = s.Void, s.Deposit
	d["noise_correlation"], d["psf_sigma_voxels"] = s.Correlation, s.PSFVoxels
}

// edge is the most voxels of the block along an axis.
const edge = 96

// middle is the middle of a box.
func middle(box segment.Box) segment.Box {
	for a := range 3 {
		if spare := box.Max[a] - box.Min[a] - edge; spare > 0 {
			box.Min[a] += spare / 2
			box.Max[a] = box.Min[a] + edge
		}
	}
	return box
}

// block is the greys and labels of a box.
type block struct {
	n      [3]int
	grey   []float32
	labels []uint8
}

func cut[T volume.Voxel](v *volume.Volume[T], l *volume.Labels, box segment.Box) *block {
	b := &block{}
	for a := range 3 {
		b.n[a] = box.Max[a] - box.Min[a]
	}
	for z := box.Min[2]; z < box.Max[2]; z++ {
		for y := box.Min[1]; y < box.Max[1]; y++ {
			from, to := v.Offset(box.Min[0], y, z), v.Offset(box.Max[0], y, z)
			b.labels = append(b.labels, l.Data[from:to]...)
			for _, g := range v.Data[from:to] {
				b.grey = append(b.grey, float32(g))
			}
		}
	}
	return b
}

const (
	apart  = 4 // voxels from which on noise is taken for independent
	inside = 3 // voxels from the border of a class that blur does not reach
)

// differences are half the mean squared difference of greys one voxel and [apart] voxels apart: slow
// changes of grey, cupping and drift, do not enter.
type differences struct{ near, far, n float64 }

func (d differences) variance() float64    { return d.far / d.n }
func (d differences) correlation() float64 { return 1 - d.near/d.far }

// variation looks at pairs along x that lie inside a class.
func (b *block) variation(class uint8) (d differences) {
	plane := b.n[0] * b.n[1]
	for z := inside; z < b.n[2]-inside; z++ {
		for y := inside; y < b.n[1]-inside; y++ {
			row := b.n[0]*y + plane*z
			run := 0 // voxels of the class, with those beside them, up to x
			for x := range b.n[0] {
				if !b.within(row+x, class, plane) {
					run = 0
					continue
				}
				if run++; run <= apart+2*inside {
					continue
				}
				g := b.grey[row+x-inside-apart:]
				near, far := float64(g[1]-g[0]), float64(g[apart]-g[0])
				if s := near + far; s-s == 0 { // finite
					d.near, d.far, d.n = d.near+near*near/2, d.far+far*far/2, d.n+1
				}
			}
		}
	}
	return d
}

// within reports whether a voxel and those three voxels above, below, before and behind it are of a class.
func (b *block) within(i int, class uint8, plane int) bool {
	dy, dz := inside*b.n[0], inside*plane
	l := b.labels
	return l[i] == class && l[i-dy] == class && l[i+dy] == class && l[i-dz] == class && l[i+dz] == class
}
