package fluorescence

import (
	"context"
	"fmt"
	"image"

	"explant/analysis/coloc"
	"explant/analysis/result"
	"explant/volume/parallel"
)

// Analyze measures a field. controls are fields of the same batch without the specific stain: secondary
// antibodies only, or nothing at all. It returns the findings and the class of every pixel, whose meaning is
// in the findings; where structures lie over each other the label image shows the last of its classes.
// The same bytes come for any number of workers. prog may be nil.
func Analyze(ctx context.Context, f Field, controls []Field, p Params, o parallel.Options, prog parallel.Progress) (result.Findings, []uint8, error) {
	s, err := find(ctx, f, controls, p, o, prog)
	if err != nil {
		return result.Findings{}, nil, err
	}
	t, labels, err := s.measure(ctx)
	if err != nil {
		return result.Findings{}, nil, err
	}
	r := &report{scene: s, tally: t, um2: 1}
	if _, err := f.pixelUM(); err == nil {
		r.um2, r.calibrated = s.voxelUM(), true
	}
	if err := r.write(ctx); err != nil {
		return result.Findings{}, nil, err
	}
	return r.Findings, labels, r.netLike(labels)
}

// measure counts everything in a field that is the whole.
func (s *scene) measure(ctx context.Context) (*tally, []uint8, error) {
	all := image.Rect(0, 0, s.Grid.N[0], s.Grid.N[1])
	one := part{window: all, core: all}
	t := s.newTally()
	t.outline = interfaceLength(s.free[:s.area()], all.Dx(), all.Dy()) // the same in all focal planes
	if side := s.scrambleSide(); !s.deep() {
		t.place(coloc.Blocks(all.Dx(), all.Dy(), side, coloc.Within(s.free, all.Dx(), side)), side)
	}
	if t.outline > 0 && len(s.p.LayersUM) > 0 {
		var err error
		if one.layer, err = s.layerOf(s.free, all.Dx(), all.Dy()); err != nil {
			return nil, nil, err
		}
	}
	main, err := s.masks(ctx, measured)
	if err != nil {
		return nil, nil, err
	}
	labels, net, err := t.add(ctx, s, one, s.largestFirst(main))
	if err != nil || net == nil {
		return t, labels, err
	}
	_, parts, err := s.pieces(ctx, net, true)
	for _, p := range parts {
		t.pieces = append(t.pieces, int(p.Count))
	}
	return t, labels, err
}

// find prepares the field and its controls and finds the nuclei.
func find(ctx context.Context, f Field, controls []Field, p Params, o parallel.Options, prog parallel.Progress) (*scene, error) {
	return findOn(ctx, f, nil, controls, p, o, prog)
}

// findOn is find on parts of a slide.
func findOn(ctx context.Context, f Field, of []spot, controls []Field, p Params, o parallel.Options, prog parallel.Progress) (*scene, error) {
	if err := p.Check(); err != nil {
		return nil, fmt.Errorf("rules of the field: %w", err)
	}
	if prog == nil {
		prog = parallel.Discard{}
	}
	prog.Stage("clean channels", 0)
	field, err := prepare(ctx, f, of, p, o, func(m string) bool { return p.given(m, controls) })
	if err != nil {
		return nil, err
	}
	if len(field.markers()) != len(field.channels) {
		return nil, fmt.Errorf("a channel of the field is no marker of the protocol")
	}
	if err := field.findGlow(ctx); err != nil {
		return nil, err
	}
	var batch []*prepared
	for i, c := range controls {
		prog.Stage("clean control slides", 0)
		k, err := prepare(ctx, c, nil, p, o, func(string) bool { return true })
		if err != nil {
			return nil, fmt.Errorf("control %d: %w", i+1, err)
		}
		if err := k.findGlow(ctx); err != nil {
			return nil, err
		}
		field.learnBleed(k) // a control knows better than the field
		batch = append(batch, k)
	}
	field.learnBleed(field)
	field.unbleed()
	for _, k := range batch {
		k.bleed = field.bleed
		k.unbleed()
	}
	field.learnThresholds(batch)
	prog.Stage("find structures", 0)
	return newScene(ctx, field, batch)
}
