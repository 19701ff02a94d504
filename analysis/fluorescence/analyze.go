package fluorescence

import (
	"context"
	"fmt"

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
	r := &report{scene: s, um2: 1}
	if _, err := f.pixelUM(); err == nil {
		r.um2, r.calibrated = s.voxelUM(), true
	}
	if r.main, err = s.masks(ctx, measured); err != nil {
		return result.Findings{}, nil, err
	}
	r.others = make([]masks, len(variants))
	err = parallel.Each(ctx, len(variants), o, nil, func(ctx context.Context, k int) (err error) {
		r.others[k], err = s.masks(ctx, variants[k])
		return err
	})
	if err != nil {
		return result.Findings{}, nil, err
	}
	if err := r.write(ctx); err != nil {
		return result.Findings{}, nil, err
	}
	return r.Findings, r.labels(), nil
}

// find prepares the field and its controls and finds the nuclei.
func find(ctx context.Context, f Field, controls []Field, p Params, o parallel.Options, prog parallel.Progress) (*scene, error) {
	if err := p.Check(); err != nil {
		return nil, fmt.Errorf("rules of the field: %w", err)
	}
	if prog == nil {
		prog = parallel.Discard{}
	}
	prog.Stage("clean channels", 0)
	field, err := prepare(ctx, f, p, o)
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
		k, err := prepare(ctx, c, p, o)
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
