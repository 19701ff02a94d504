package measure

import (
	"context"
	"errors"
	"fmt"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/morph"
	"explant/volume/parallel"
)

// Sums are what slices [Z0, Z1) of a volume add to its measurements: the costly part of them. They are whole
// numbers, or sums of single slices, so that joined shards give the bytes of a single run.
type Sums struct {
	Z0, Z1  int
	Census  *Census
	Places  *Places         // nil without a frame
	Objects *Pieces         // 26-connected pieces of deposit
	Opened  *Pieces         // those after the opening by one voxel
	Near    *Near           // nil where it is not measured, or where there is no solid
	Thick   map[int64]int64 // voxels by local thickness in nanometres; nil where it is not measured
	Surface []Surface       // of the layers of cells above each slice; nil where it is not measured
	Full    bool            // deposit fills the volume: its thickness has no bound
}

// Collect sums slices [z0, z1) of the segmented volume s with the greys v from which it was made.
func Collect[T volume.Voxel](ctx context.Context, v *volume.Volume[T], s *segment.Segmentation, p Params, in Input, z0, z1 int, o parallel.Options, pr parallel.Progress) (*Sums, error) {
	j, axis, err := newJob(v.Grid, s, p, in, o, pr)
	if err != nil {
		return nil, err
	}
	if z0 < 0 || z0 >= z1 || z1 > v.N[2] {
		return nil, fmt.Errorf("slices %d to %d of a volume of %d", z0, z1-1, v.N[2])
	}
	sums := &Sums{Z0: z0, Z1: z1}
	if sums.Places, err = locate(ctx, j, v, z0, z1); err != nil {
		return nil, err
	}
	if sums.Census, err = take(ctx, v, s, axis, z0, z1, o, pr); err != nil || s.NoDeposit {
		return sums, err
	}
	if p.Surface && j.mm {
		if sums.Surface, err = meshSlices(ctx, j, v, z0, z1); err != nil {
			return nil, err
		}
	}
	for _, part := range []func(context.Context, *Sums) error{j.sumObjects, j.sumOpened, j.sumNear, j.sumThick} {
		if err := part(ctx, sums); err != nil {
			return nil, err
		}
		volume.Reclaim()
	}
	return sums, nil
}

func (j *job) sumObjects(ctx context.Context, s *Sums) (err error) {
	l := j.seg.Labels
	s.Objects, err = j.pieces(ctx, label.Slices(l), segment.Deposit, s.Z0, s.Z1, j.par.Surface && j.mm)
	return err
}

func (j *job) sumOpened(ctx context.Context, s *Sums) (err error) {
	l := j.seg.Labels
	s.Opened, err = j.pieces(ctx, morph.Opened(l, label.Of(segment.Deposit)), 1, s.Z0, s.Z1, false)
	return err
}

func (j *job) sumNear(ctx context.Context, s *Sums) error {
	if !j.mm {
		return nil
	}
	n, err := j.tally(ctx, s.Z0, s.Z1)
	if errors.Is(err, distance.ErrNoSites) {
		return nil
	}
	s.Near = n
	return err
}

func (j *job) sumThick(ctx context.Context, s *Sums) (err error) {
	if !j.par.Thickness || !j.mm {
		return nil
	}
	s.Thick, err = j.diameters(ctx, j.seg.Labels, segment.Deposit, s.Z0, s.Z1)
	if errors.Is(err, distance.ErrNoSites) {
		s.Full, err = true, nil
	}
	return err
}

// ErrShards is returned for sums that do not make up a volume.
var ErrShards = errors.New("the shards do not make up a volume")

// Join adds up the sums of neighbouring shards, the first of which begins at slice 0.
func Join(parts []*Sums) (*Sums, error) {
	if len(parts) == 0 || parts[0].Census == nil {
		return nil, ErrShards
	}
	sums := &Sums{Census: &Census{Axis: parts[0].Census.Axis}}
	var objects, opened []*Pieces
	for _, p := range parts {
		if p.Z0 != sums.Z1 || p.Z1 <= p.Z0 {
			return nil, fmt.Errorf("slices %d to %d follow slice %d: %w", p.Z0, p.Z1-1, sums.Z1-1, ErrShards)
		}
		sums.Z1 = p.Z1
		if err := sums.Census.add(p.Census, p.Z1-p.Z0); err != nil {
			return nil, err
		}
		if err := sums.addPlaces(p.Places, p == parts[0]); err != nil {
			return nil, err
		}
		objects, opened = append(objects, p.Objects), append(opened, p.Opened)
		if p.Near != nil && (len(p.Near.Deposit) != steps || len(p.Near.Blood) != steps) {
			return nil, fmt.Errorf("distances in %d steps: %w", len(p.Near.Deposit), ErrShards)
		}
		sums.Near = sums.Near.plus(p.Near)
		sums.Surface = append(sums.Surface, p.Surface...)
		sums.Full = sums.Full || p.Full
		if p.Thick != nil && sums.Thick == nil {
			sums.Thick = map[int64]int64{}
		}
		for nm, n := range p.Thick {
			sums.Thick[nm] += n
		}
	}
	var err error
	if sums.Objects, err = joinPieces(objects); err != nil {
		return nil, err
	}
	sums.Opened, err = joinPieces(opened)
	return sums, err
}

// add appends the census of the next slices.
func (c *Census) add(d *Census, slices int) error {
	if c.Planes == nil && d != nil {
		c.Planes = make([][segment.ClassCount]int64, len(d.Planes))
	}
	if d == nil || d.Axis != c.Axis || len(d.Planes) != len(c.Planes) || len(d.Slices) != slices {
		return fmt.Errorf("counts of another volume or axis: %w", ErrShards)
	}
	for i, n := range d.Planes {
		for class, k := range n {
			c.Planes[i][class] += k
		}
	}
	c.Slices = append(c.Slices, d.Slices...)
	c.Faces += d.Faces
	return nil
}
