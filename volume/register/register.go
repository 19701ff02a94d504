package register

import (
	"context"
	"errors"
	"fmt"

	"explant/volume"
	"explant/volume/parallel"
)

// ErrUnlike is returned where no pose fits well enough to be believed.
var ErrUnlike = errors.New("the two volumes do not show the same device")

// Fit is where the fixed volume lies in the moving one.
type Fit struct {
	Rigid
	Local       *Field  // on top of it; may be nil
	ResidualMM  float64 // median size of the shifts that parts of the volume would still want, mm
	Overlap     float64 // share of the fixed volume that the moving one shows
	Correlation float64 // of the shares of solid in the overlap
	Agreement   float64 // share of the blocks of the volume in which that correlation is above 0.6
	Rival       float64 // correlation of the best pose that is another one; 0 where there is none
}

// Map gives the point of the moving volume that p of the fixed one is, mm of the scanners' frames.
func (f *Fit) Map(p [3]float64) [3]float64 {
	return f.Rigid.Map(vec(p).plus(f.Local.Move(p)))
}

// Unmap is the inverse of Map.
func (f *Fit) Unmap(q [3]float64) [3]float64 {
	rigid := vec(f.Rigid.Unmap(q))
	p := rigid
	for range 4 { // the displacement changes slowly: each round gains a digit or more
		p = rigid.minus(f.Local.Move(p))
	}
	return p
}

// What a fit must reach to be believed.
const (
	leastAgreement = 0.75
	leastLead      = 0.02 // of the correlation over that of another pose
)

// Volumes finds where the fixed volume lies in the moving one. It returns [ErrUnlike] where too little
// of them agrees in any pose, and volume.ErrSpacing where one of them is not calibrated. The device must
// lie within some 10° of one of the 24 ways to lay a box. The result does not depend on o.
func Volumes[A, B volume.Voxel](ctx context.Context, fixed *volume.Volume[A], moving *volume.Volume[B], o parallel.Options, p parallel.Progress) (*Fit, error) {
	if p == nil {
		p = parallel.Discard{}
	}
	levels, err := pyramid(ctx, fixed, moving, o, p)
	if err != nil {
		return nil, err
	}
	f, err := fit(ctx, levels, o, p)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, fmt.Errorf("%w: nowhere do they overlap by half", ErrUnlike)
	}
	if err := f.doubt(); err != nil {
		return nil, err
	}
	return f, nil
}

// doubt says why a fit is not believed.
func (f *Fit) doubt() error {
	switch {
	case f.Agreement < leastAgreement:
		return fmt.Errorf("%w: in the best pose only %.0f %% of its parts agree, %.0f %% are wanted", ErrUnlike, 100*f.Agreement, 100*leastAgreement)
	case f.Correlation-f.Rival < leastLead:
		return fmt.Errorf("%w for certain: two poses fit them alike, with correlations of %.3f and %.3f", ErrUnlike, f.Correlation, f.Rival)
	}
	return nil
}

// kept is the number of candidates that go on to the second, third … level.
var kept = []int{4, 3, 2}

// fit goes from the search to the finest level; nil where there is no candidate.
func fit(ctx context.Context, levels []*pair, o parallel.Options, p parallel.Progress) (*Fit, error) {
	all, err := levels[0].search(ctx, o, p)
	if err != nil {
		return nil, err
	}
	p.Stage("fit poses", len(levels))
	for k, pr := range levels {
		if k > 0 && (k < len(levels)-1 || k == 1) {
			if all, err = pr.shifted(ctx, all, o); err != nil {
				return nil, err
			}
		}
		for i := range all {
			if all[i], err = pr.improve(ctx, all[i], o); err != nil {
				return nil, err
			}
		}
		all = best(all, kept[min(k, len(kept)-1)], pr.fixed.h)
		p.Add(1)
	}
	if len(all) == 0 {
		return nil, nil
	}
	f := &Fit{Rigid: all[0].Rigid}
	if len(all) > 1 {
		f.Rival = all[1].score
	}
	return f, levels[len(levels)-1].judge(ctx, f, o, p)
}

// improve refines a candidate.
func (pr *pair) improve(ctx context.Context, c candidate, o parallel.Options) (candidate, error) {
	var err error
	if c.Rigid, err = pr.refine(ctx, c.Rigid, o); err != nil {
		return c, err
	}
	c.score, _, err = pr.score(ctx, motion{Rigid: c.Rigid}, o)
	return c, err
}

// judge bends f locally and puts the figures of its quality to it.
func (pr *pair) judge(ctx context.Context, f *Fit, o parallel.Options, p parallel.Progress) (err error) {
	if f.Local, err = pr.bend(ctx, f.Rigid, o, p); err != nil {
		return err
	}
	if f.Correlation, f.Overlap, err = pr.score(ctx, motion{f.Rigid, f.Local}, o); err != nil {
		return err
	}
	f.Agreement, f.ResidualMM, err = pr.blocks(ctx, f, o)
	return err
}
