package oxygenator

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/spatial/r3"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/filter"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// presmooth is the Gaussian, in voxels, under which lumens are looked for.
const presmooth = 0.7

// greatest grey value: sums of squares of many such still have room.
const greatest = 1e15

// rounds of fitting fibres and gain in turn.
const rounds = 3

// Algorithms names the algorithms of this package and their versions, for the method hash. A version
// changes whenever the same input may give another result.
func Algorithms() map[string]string {
	return map[string]string{
		"oxygenator.lumens":  "2",
		"oxygenator.fit":     "2",
		"oxygenator.housing": "2",
		"oxygenator.restore": "4",
		"oxygenator.rings":   "1",
		"oxygenator.explain": "3",
	}
}

// Segment labels void, lumen, polymer, housing and deposit in the scan of a fibre bundle (protocol
// oxygenator-ct). What lies outside the housing counts as housing. Where fibres are not found it
// falls back to grey values and says so in the flags.
//
// It needs cubic voxels of known size or p.FibreOuterDiameterVoxels; otherwise it returns
// [ErrUncalibrated], [ErrAnisotropic] or [ErrTooCoarse]. Besides the labels it holds some 12
// bytes a voxel. The labels do not depend on o.
func Segment[T volume.Voxel](ctx context.Context, v *volume.Volume[T], p Params, o parallel.Options, prog parallel.Progress) (*segment.Segmentation, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := v.Check(); err != nil {
		return nil, err
	}
	p = p.withDefaults()
	sh, err := p.shape(v.Grid)
	if err != nil {
		return nil, err
	}
	if side := 2 * int(math.Ceil(sh.outer)); min(v.N[0], v.N[1], v.N[2]) < side {
		return nil, fmt.Errorf("%w: %d x %d x %d voxels are fewer than a fibre's diameter of %d along an axis", ErrParameter, v.N[0], v.N[1], v.N[2], side)
	}
	if prog == nil {
		prog = parallel.Discard{}
	}
	o.Halo = 0
	s := &session{Params: p, shape: sh, o: o, p: prog}
	if err := begin(ctx, s, v); err != nil {
		return nil, err
	}
	return s.run(ctx)
}

// session is one segmentation on its way.
type session struct {
	Params
	shape
	o          parallel.Options
	p          parallel.Progress
	raw        *volume.Volume[float32]
	own        bool // raw is a copy that may be written to
	smooth     *volume.Volume[float32]
	otsu       [2]float64
	lv         levels
	gain       gain
	in         *housing
	fibres     []*fibre
	dropped    int // tracks that were no lumens
	noise      noise
	rings      float64 // standard deviation of the rings, grey
	looseCount int     // voxels of polymer that no fibre explains
	bare       bool    // nothing outside the fibres is as bright as deposit must be
	flags      []result.Flag
}

// begin copies the scan, smooths it, and takes rough levels from its histogram.
func begin[T volume.Voxel](ctx context.Context, s *session, v *volume.Volume[T]) error {
	if same, ok := any(v).(*volume.Volume[float32]); ok {
		s.raw = same
	} else {
		s.raw, s.own = volume.Unset[float32](v.Grid), true
	}
	s.p.Stage("read greys", v.N[2])
	err := parallel.Slabs(ctx, v.N[2], s.o, s.p, func(_ context.Context, b parallel.Slab) error {
		plane := v.N[0] * v.N[1]
		for i := b.Z0 * plane; i < b.Z1*plane; i++ {
			g := float32(v.Data[i])
			if !(abs(float64(g)) < greatest) {
				return fmt.Errorf("%w: grey value %v at voxel %d: the scan must hold numbers below %g", ErrParameter, g, i, greatest)
			}
			if s.own {
				s.raw.Data[i] = g
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if s.smooth, err = filter.Gaussian(ctx, s.raw, [3]float64{presmooth, presmooth, presmooth}, s.o, s.p); err != nil {
		return err
	}
	h, err := threshold.Of(ctx, s.smooth, s.o, s.p)
	if err != nil {
		return err
	}
	if s.otsu, err = threshold.MultiOtsu(h); err != nil {
		return fmt.Errorf("rough levels of air, polymer and what is brighter: %w", err)
	}
	s.lv.air, _ = h.Mean(math.Inf(-1), s.otsu[0])
	s.lv.polymer, _ = h.Mean(s.otsu[0], s.otsu[1])
	s.lv.deposit, _ = h.Mean(s.otsu[1], math.Inf(1))
	s.lv.housing, s.lv.sigma = s.lv.deposit, 1
	s.gain = flatGain()
	return nil
}

func (s *session) run(ctx context.Context) (*segment.Segmentation, error) {
	for _, step := range []func(context.Context) error{s.find, s.fit} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	c, contrast, err := s.compare(ctx)
	if err != nil {
		return nil, err
	}
	replicas, err := s.jackknife(ctx, c, contrast)
	if err != nil {
		return nil, err
	}
	s.p.Stage("explain the rest", 0)
	loose, err := s.explain(ctx, c, contrast)
	if err != nil {
		return nil, err
	}
	s.looseCount = loose.count
	s.p.Stage("restore deposits", 0)
	if err := newSolver(c, contrast, s.psf(), s.noise, s.Smoothness).solve(ctx, s.o, s.p); err != nil {
		return nil, err
	}
	if err := s.tidy(ctx, c, loose); err != nil {
		return nil, err
	}
	return s.finish(c.labels, c.cut, contrast, replicas), nil
}

// find looks for the housing and the lumens.
func (s *session) find(ctx context.Context) error {
	f := &finder{shape: s.shape, smooth: s.smooth, air: s.lv.air, cut: (s.lv.air + s.lv.polymer) / 2, sign: 1}
	s.p.Stage("find housing", 6)
	var err error
	if s.in, err = f.findHousing(ctx, s.o, s.p); err != nil {
		return err
	}
	s.p.Stage("find lumens", 2*((s.raw.N[2]+seedPitch-1)/seedPitch))
	tracks, err := f.lumens(ctx, s.o, s.p)
	if err != nil {
		return err
	}
	kept := f.distinct(tracks)
	s.dropped = len(tracks) - len(kept)
	for _, t := range kept {
		b := newFibre(t)
		b.outer = s.outer
		b.prolong(s.ended)
		s.fibres = append(s.fibres, b)
	}
	if len(s.fibres) < fewestFibres {
		s.smooth = nil
		return nil
	}
	s.p.Stage("find filled fibres", (s.raw.N[2]+seedPitch-1)/seedPitch)
	rods, err := f.findFilled(ctx, s.fibres, s.o, s.p)
	inner := meanInner(s.fibres)
	for _, t := range rods {
		b := newRod(t, s.outer, inner)
		b.prolong(s.ended)
		s.fibres = append(s.fibres, b)
	}
	s.smooth = nil
	volume.Reclaim()
	return err
}

// ended reports a point where the bundle ends: in the housing or outside the image.
func (s *session) ended(p r3.Vec) bool {
	if !inside(s.raw, p) {
		return true
	}
	x, y, z := nearest(s.raw.Grid, p)
	return s.in.depth(s.raw.N, [3]int{x, y, z}) < 0
}

// fit fits fibres, levels, point spread and gain in turn.
func (s *session) fit(ctx context.Context) error {
	for round := range rounds {
		s.p.Stage("fit fibres", len(s.fibres))
		if len(s.fibres) == 0 {
			break
		}
		if err := measure(ctx, s.raw, s.fibres, s.lv, s.gain, s.in, s.o, s.p); err != nil {
			return err
		}
		var err error
		if s.lv, err = fitAll(ctx, s.fibres, s.lv, s.shape, s.o); err != nil {
			return err
		}
		if round == rounds-1 {
			break
		}
		for _, f := range s.fibres {
			f.align()
		}
		if s.gain, err = fitGain(ctx, s.raw, s.fibres, s.lv, s.in, s.o, nil); err != nil {
			return err
		}
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	s.lv.housing = s.housingLevel()
	return nil
}

// housingLevel is the mean grey inside the walls, away from their faces.
func (s *session) housingLevel() float64 {
	if !s.in.found() {
		return s.lv.housing
	}
	sum, n := 0.0, 0
	g := s.raw.Grid
	for i := 0; i < len(s.raw.Data); i += thinning {
		plane := g.N[0] * g.N[1]
		at := [3]int{i % g.N[0], i % plane / g.N[0], i / plane}
		if d := s.in.depth(g.N, at); d < -2.5*s.lv.sigma && d > -s.outer && float64(s.raw.Data[i]) > s.otsu[0] {
			sum, n = sum+float64(s.raw.Data[i])/s.gain.at(g, i), n+1
		}
	}
	if n == 0 {
		return s.lv.housing
	}
	return sum / float64(n)
}

// compare renders the clean device, takes it from the scan, and measures noise and deposit level.
func (s *session) compare(ctx context.Context) (*clean, float64, error) {
	s.p.Stage("render clean device", s.raw.N[2])
	out := s.raw
	if !s.own {
		out = volume.Unset[float32](s.raw.Grid)
	}
	d := &device{s.fibres, s.in, s.lv, s.gain}
	c, err := d.render(ctx, s.raw, out, s.o, s.p)
	if err != nil {
		return nil, 0, err
	}
	s.raw = nil
	contrast, err := s.contrast(ctx, c)
	if err != nil {
		return nil, 0, err
	}
	if s.noise, err = c.measureNoise(ctx, contrast, s.o); err != nil || len(s.fibres) < fewestFibres {
		return c, contrast, err
	}
	if s.rings, err = c.removeRings(ctx, contrast, s.noise.sd, s.o); err != nil {
		return nil, 0, err
	}
	if contrast, err = s.contrast(ctx, c); err != nil {
		return nil, 0, err
	}
	s.noise, err = c.measureNoise(ctx, contrast, s.o)
	return c, contrast, err
}

// usualContrast is the contrast of deposit, in units of polymer's, that is looked for where the scan shows none.
const usualContrast = 1.5

// contrast is the grey of deposit above air. Where nothing outside the fibres is bright enough for
// deposit it is the usual one, so that what polymer no fibre explains is told from it by its grey.
func (s *session) contrast(ctx context.Context, c *clean) (float64, error) {
	contrast, polymer := s.lv.deposit-s.lv.air, s.lv.polymer-s.lv.air
	if len(s.fibres) < fewestFibres {
		return contrast, nil
	}
	k, ok, err := c.depositContrast(ctx, max(contrast, 1.2*polymer), s.o)
	switch {
	case err != nil:
		return 0, err
	case !ok:
		return contrast, nil
	case k < s.DepositMinContrast*polymer:
		s.bare = true
		return usualContrast * polymer, nil
	}
	return k, nil
}
