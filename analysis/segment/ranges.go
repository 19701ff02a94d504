package segment

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// Range is the greys of one class, both ends included.
type Range struct {
	Class string  `yaml:"class" json:"class"`       // void, lumen, polymer, housing or deposit
	Min   float64 `yaml:"min_grey" json:"min_grey"` // grey
	Max   float64 `yaml:"max_grey" json:"max_grey"` // grey
}

// RangesParams are the rules of [Ranges]: either Classes, or the names of the two sides of an Otsu
// threshold.
type RangesParams struct {
	// Classes are ranges that must not overlap; greys in none of them are void.
	Classes []Range `yaml:"classes" json:"classes"`
	// OtsuBelow and OtsuAbove name the classes of greys up to Otsu's threshold and above it. Used
	// when Classes is empty; defaults void and deposit.
	OtsuBelow string `yaml:"otsu_below" json:"otsu_below"`
	OtsuAbove string `yaml:"otsu_above" json:"otsu_above"`
	// JackknifeBlocks along each axis, for Otsu. Default 0 means 3.
	JackknifeBlocks int `yaml:"jackknife_blocks" json:"jackknife_blocks"`
}

// Check reports ranges that are empty, overlap or have no class of the program's.
func (p RangesParams) Check() error {
	for i, r := range p.Classes {
		if err := checkName(r.Class); err != nil {
			return fmt.Errorf("classes[%d]: %w", i, err)
		}
		if !(r.Min <= r.Max) {
			return fmt.Errorf("classes[%d] %s: min_grey %g is above max_grey %g", i, r.Class, r.Min, r.Max)
		}
		for j, q := range p.Classes[:i] {
			if r.Min <= q.Max && q.Min <= r.Max {
				return fmt.Errorf("classes[%d] %s and classes[%d] %s overlap", j, q.Class, i, r.Class)
			}
		}
	}
	for key, name := range map[string]string{"otsu_below": p.OtsuBelow, "otsu_above": p.OtsuAbove} {
		if name != "" && checkName(name) != nil {
			return fmt.Errorf("%s: %w", key, checkName(name))
		}
	}
	return checkBlocks(p.JackknifeBlocks)
}

func checkName(name string) error {
	if _, ok := Value(name); !ok {
		return fmt.Errorf("no class %q: must be one of %s", name, strings.Join(Names[:], ", "))
	}
	return nil
}

// Ranges labels by grey alone, without any smoothing (protocol volume-threshold): by the ranges
// given or, where none are, by Otsu's threshold. NaN is void. The uncertainty of levels is known
// for Otsu only; ranges that a person gave have none.
func Ranges[T volume.Voxel](ctx context.Context, v *volume.Volume[T], p RangesParams, o parallel.Options, pr parallel.Progress) (*Segmentation, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	m := &greys[T]{raw: v, kept: v}
	seen, err := look(ctx, m, Box{Max: v.N}, p.JackknifeBlocks, o, pr)
	if err != nil {
		return nil, err
	}
	h := seen.whole
	if len(p.Classes) == 0 {
		return otsuSides(ctx, m, p, h, seen.parts, o, pr)
	}
	labels, err := m.relabel(ctx, Box{Max: v.N}, o, pr, p.class)
	if err != nil {
		return nil, err
	}
	s := &Segmentation{Labels: labels, Rule: ByCount, LumensInVoid: !p.names(Lumen), NoDeposit: !p.names(Deposit)}
	if s.Steps, err = rangeSteps(ctx, m, p, h, o); err != nil {
		return nil, err
	}
	return finish(ctx, s, v, h, nil, o, pr)
}

func (p RangesParams) class(g float64) uint8 {
	for _, r := range p.Classes {
		if g >= r.Min && g <= r.Max {
			c, _ := Value(r.Class)
			return c
		}
	}
	return Void
}

func (p RangesParams) names(class uint8) bool {
	return slices.ContainsFunc(p.Classes, func(r Range) bool { return r.Class == Names[class] })
}

// moved returns the ranges with every end moved by d, but for ends at or beyond the greys that occur.
func (p RangesParams) moved(d, lo, hi float64) RangesParams {
	p.Classes = slices.Clone(p.Classes)
	for i := range p.Classes {
		r := &p.Classes[i]
		if r.Min > lo {
			r.Min += d
		}
		if r.Max < hi {
			r.Max += d
		}
	}
	return p
}

// rangeSteps counts with every range moved one step down and one step up.
func rangeSteps[T volume.Voxel](ctx context.Context, m *greys[T], p RangesParams, h threshold.Histogram, o parallel.Options) (*Steps, error) {
	s := &Steps{Size: greyStep(h)}
	lo, hi := h.Range()
	var err error
	if s.Lower, err = m.count(ctx, o, p.moved(-s.Size, lo, hi).class); err != nil {
		return nil, err
	}
	s.Higher, err = m.count(ctx, o, p.moved(s.Size, lo, hi).class)
	return s, err
}

// sides are the classes below and above Otsu's threshold.
type sides struct{ below, above uint8 }

func (p RangesParams) sides() sides {
	s := sides{Void, Deposit}
	if c, ok := Value(p.OtsuBelow); ok {
		s.below = c
	}
	if c, ok := Value(p.OtsuAbove); ok {
		s.above = c
	}
	return s
}

func (s sides) counts(h threshold.Histogram, t float64) Counts {
	var n [ClassCount]int64
	above := h.Above(t)
	n[s.above] += above
	n[s.below] += h.Total() - above
	return Counts{Deposit: n[Deposit], BloodSide: n[Deposit] + n[Void]}
}

func otsuSides[T volume.Voxel](ctx context.Context, m *greys[T], p RangesParams, h threshold.Histogram, parts []threshold.Histogram, o parallel.Options, pr parallel.Progress) (*Segmentation, error) {
	t, err := threshold.Otsu(h)
	if err != nil {
		return nil, err
	}
	side := p.sides()
	labels, err := m.cut(ctx, Box{Max: m.raw.N}, []uint8{side.below, side.above}, []float64{t}, o, pr)
	if err != nil {
		return nil, err
	}
	d := greyStep(h)
	s := &Segmentation{Labels: labels, Rule: ByCount, LumensInVoid: side.below != Lumen && side.above != Lumen}
	s.NoDeposit = side.below != Deposit && side.above != Deposit
	s.Steps = &Steps{Lower: side.counts(h, t-d), Higher: side.counts(h, t+d), Size: d}
	for _, part := range parts {
		if r, err := threshold.Otsu(h.Minus(part)); err == nil {
			s.Replicates = append(s.Replicates, side.counts(h, r))
		}
	}
	return finish(ctx, s, m.raw, h, map[string]float64{"threshold_otsu_grey": t}, o, pr)
}
