package slide

import (
	"context"
	"fmt"
	"image"
	"slices"

	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
)

// sensitivityStep is the change of the stain's threshold, in optical density, by which its sensitivity
// is judged.
const sensitivityStep = 0.02

// Analyze classifies every pixel of src and measures the classes. g places the pixels: its size must be
// that of src; where its spacing is unknown, areas are given in pixels and mm² are withheld. sink gets the
// labels, whose meaning is in the findings. prog may be nil.
//
// It returns the same findings and labels for any number of workers. On error, or when ctx ends, the
// findings are worthless and sink may have had a part of the labels.
func Analyze(ctx context.Context, src Source, p Params, g volume.Grid, o parallel.Options, prog parallel.Progress, sink Sink) (result.Findings, error) {
	if prog == nil {
		prog = parallel.Discard{}
	}
	return analyze(ctx, src, p, g, tileSize, o, prog, sink)
}

func analyze(ctx context.Context, src Source, p Params, g volume.Grid, side int, o parallel.Options, prog parallel.Progress, sink Sink) (result.Findings, error) {
	w, h := src.Size()
	if err := p.Check(); err != nil {
		return result.Findings{}, fmt.Errorf("rules of the slide: %w", err)
	}
	if err := g.Check(); err != nil || g.N != [3]int{w, h, 1} {
		return result.Findings{}, fmt.Errorf("slide of %d x %d pixels on a grid of %v", w, h, g.N)
	}
	t := tiling{src, w, h, side}
	var small *thumb
	if p.Exclude != nil {
		small = newThumb(g)
	}
	blocks, err := survey(ctx, t, small, o, prog)
	if err != nil {
		return result.Findings{}, fmt.Errorf("find the level of glass: %w", err)
	}
	glass := newGlassLevel(blocks, p)
	var seen sighting
	if glass.found {
		if seen, err = look(ctx, t, p, glass.i0, o, prog); err != nil {
			return result.Findings{}, err
		}
		p.Stain, p.Rules = seen.profile, seen.classes
	}
	l, err := findLevels(ctx, t, p, glass, o, prog)
	if err != nil {
		return result.Findings{}, err
	}
	l.sighting = seen
	var out *exclusions
	if small != nil && glass.found {
		if out, err = exclude(ctx, small, p, glass.i0, o, prog); err != nil {
			return result.Findings{}, err
		}
	}
	outline, fibres, cells := newSection(p, g), newAround(out, p, g), newNuclei(p, g)
	c, err := newClassifier(p, l.tables, out, l.cuts()).run(ctx, t, o, prog, func(r image.Rectangle, labels []uint8) error {
		outline.add(r, labels)
		fibres.add(r, labels)
		cells.add(r, labels)
		return sink(r, labels)
	})
	if err != nil {
		return result.Findings{}, fmt.Errorf("classify the slide: %w", err)
	}
	if c.section, err = outline.area(ctx, p, o); err != nil {
		return result.Findings{}, err
	}
	if c.surrounded, err = fibres.found(ctx, o); err != nil {
		return result.Findings{}, err
	}
	c.nuclei, c.countedNuclei = cells.count()
	return findings(p, g, l, *c), nil
}

// levels are what the first pass estimates.
type levels struct {
	glassLevel
	*tables
	sighting
	own     []float64   // thresholds of the amounts, one a rule
	ownLeft [][]float64 // by rule, without each block, when it is automatic
}

func findLevels(ctx context.Context, t tiling, p Params, g glassLevel, o parallel.Options, prog parallel.Progress) (levels, error) {
	f, err := newTables(p, g.i0)
	if err != nil {
		return levels{}, err
	}
	l := levels{glassLevel: g, tables: f, own: make([]float64, len(f.rules)), ownLeft: make([][]float64, len(f.rules))}
	for k, r := range f.rules {
		l.own[k] = r.MinOD[r.Amount]
		if r.Threshold == Otsu {
			if l.own[k], l.ownLeft[k], err = autoThreshold(ctx, t, p, f, r, g.leftOut, o, prog); err != nil {
				return l, err
			}
		}
	}
	return l, nil
}

// The first cuts are the class map, the map with half covered pixels, and the sensitivity; the replicates of the
// jackknife follow. Areas are the mean of the first two.
const (
	cutMeasured = iota
	cutHalf
	cutLower
	cutHigher
	cutReplicates
)

// cuts are the thresholds of the measurement, of all amounts one step lower and higher, and of each
// replicate.
func (l levels) cuts() []cut {
	moved := func(step float64) cut {
		own := slices.Clone(l.own)
		for k := range own {
			own[k] += step
		}
		return l.cutAt(own, l.i0, l.i0)
	}
	half := slices.Clone(l.own)
	for k, r := range l.rules {
		if r.HalfShare > 0 {
			half[k] *= r.HalfShare
		}
	}
	cuts := []cut{moved(0), l.cutAt(half, l.i0, l.i0), moved(-sensitivityStep), moved(sensitivityStep)}
	for block, i0 := range l.left {
		own := slices.Clone(l.own)
		for k, left := range l.ownLeft {
			if left != nil {
				own[k] = left[block]
			}
		}
		cuts = append(cuts, l.cutAt(own, i0, l.i0))
	}
	return cuts
}
