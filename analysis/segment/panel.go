package segment

import (
	"context"
	"fmt"
	"math"

	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// PanelParams are the rules of [Panel]; the zero value is the default.
type PanelParams struct {
	// MarginVoxels are cut off at both ends of x, y and z before levels are looked for: nothing is
	// measured there. Default 0: the whole volume is looked at.
	MarginVoxels [3]int `yaml:"margin_voxels" json:"margin_voxels"`
	// KeepSolidFaces says not to look for a housing. By default planes parallel to a face of the
	// volume are cut off while more than 90 % of their voxels are solid, and one more: the walls of
	// a box-shaped housing along the axes.
	KeepSolidFaces bool `yaml:"keep_solid_faces" json:"keep_solid_faces"`
	// JackknifeBlocks is the number of blocks along each axis that are left out in turn for the
	// uncertainty of the class levels. Default 0 means 3, which makes 27 blocks.
	JackknifeBlocks int `yaml:"jackknife_blocks" json:"jackknife_blocks"`
}

// Check reports rules that cannot be followed.
func (p PanelParams) Check() error {
	for a, m := range p.MarginVoxels {
		if m < 0 {
			return fmt.Errorf("margin_voxels along %c is %d: must not be negative", "xyz"[a], m)
		}
	}
	return checkBlocks(p.JackknifeBlocks)
}

func checkBlocks(n int) error {
	if n != 0 && (n < 2 || n > 16) {
		return fmt.Errorf("jackknife_blocks is %d: must lie between 2 and 16, or be 0 for the default of 3", n)
	}
	return nil
}

// Panel is the plain expert recipe (protocol ct-panel): 3x3x3 median, then three-class Otsu into
// void, polymer and deposit, from dark to bright. The lumens of fibres count as void, so that the
// blood-side space is too large; a flag says so.
//
// On the oxygenator phantom (256 voxels a side, seed 1) its labels have a Dice of 0.80 and 17 % too
// many deposit voxels, but the volume by occupancy, which weights the polymer that it takes for
// deposit by its grey, is 3.5 % too small: so occupancy is its rule of volume. Smaller phantoms gave
// counts 17 to 22 % too large and occupancies 4 % too small to 0.1 % too large.
func Panel[T volume.Voxel](ctx context.Context, v *volume.Volume[T], p PanelParams, o parallel.Options, pr parallel.Progress) (*Segmentation, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	m, err := smooth(ctx, v, o, pr)
	if err != nil {
		return nil, err
	}
	defer m.drop(ctx)
	box, h, parts, err := panelHistograms(ctx, m, p, o, pr)
	if err != nil {
		return nil, err
	}
	t, err := threshold.MultiOtsu(h)
	if err != nil {
		return nil, fmt.Errorf("three classes of grey: %w", err)
	}
	labels, err := m.cut(ctx, box, []uint8{Void, Polymer, Deposit}, t[:], o, pr)
	if err != nil {
		return nil, err
	}
	m.drop(ctx)
	volume.Reclaim()
	s := &Segmentation{Labels: labels, VOI: box, Rule: ByOccupancy, LumensInVoid: true, Steps: panelSteps(h, t)}
	var astray int
	if s.Replicates, astray = panelReplicates(h, parts, t); astray > 0 {
		s.Flags = append(s.Flags, unstableFlag(astray, len(parts)))
	}
	s.Flags = append(s.Flags, panelFlag())
	s.Flags = append(s.Flags, housingFlags(labels, box, p.MarginVoxels)...)
	return finish(ctx, s, v, h, map[string]float64{"threshold_polymer_grey": t[0], "threshold_deposit_grey": t[1]}, o, pr)
}

// panelHistograms are those of the box to look at and of its blocks.
func panelHistograms[T volume.Voxel](ctx context.Context, m *greys[T], p PanelParams, o parallel.Options, pr parallel.Progress) (b Box, h threshold.Histogram, parts []threshold.Histogram, err error) {
	if b, err = inset(m.raw.N, p.MarginVoxels); err != nil {
		return b, h, nil, err
	}
	seen, err := look(ctx, m, b, p.JackknifeBlocks, o, pr)
	if err != nil {
		return b, h, nil, err
	}
	if !p.KeepSolidFaces {
		if b, err = peel(ctx, m, seen, b, o); err != nil {
			return b, h, nil, err
		}
	}
	if b == (Box{Max: m.raw.N}) {
		return b, seen.whole, seen.parts, nil
	}
	parts, err = blockHistograms(ctx, m, seen.whole, b.blocks(p.JackknifeBlocks), o, pr, nil)
	if err != nil {
		return b, h, nil, err
	}
	return b, total(parts), parts, nil
}

// panelCounts are the voxels of a histogram above and below the two thresholds.
func panelCounts(h threshold.Histogram, t [2]float64) Counts {
	deposit := h.Above(t[1])
	return Counts{Deposit: deposit, BloodSide: deposit + h.Total() - h.Above(t[0])}
}

func panelSteps(h threshold.Histogram, t [2]float64) *Steps {
	d := greyStep(h)
	return &Steps{
		Lower:  panelCounts(h, [2]float64{t[0] - d, t[1] - d}),
		Higher: panelCounts(h, [2]float64{t[0] + d, t[1] + d}),
		Size:   d,
	}
}

// panelReplicates thresholds the whole volume by what each volume without one block says of the
// optimum t. With a small third class Otsu's criterion has several optima of nearly the same height;
// astray is the number of volumes whose best one is another, more than a quarter of t's distance away.
func panelReplicates(h threshold.Histogram, parts []threshold.Histogram, t [2]float64) (out []Counts, astray int) {
	far := (t[1] - t[0]) / 4
	for _, part := range parts {
		rest := h.Minus(part)
		out = append(out, panelCounts(h, threshold.Settle(rest, t)))
		best, err := threshold.MultiOtsu(rest)
		if err != nil || math.Abs(best[0]-t[0]) > far || math.Abs(best[1]-t[1]) > far {
			astray++
		}
	}
	return out, astray
}

func unstableFlag(astray, of int) result.Flag {
	return result.Flag{
		ID:     "unstable-thresholds",
		Text:   fmt.Sprintf("In %d of %d repetitions without one block of the volume, three-class Otsu chose quite different thresholds: the deposit class is too small or too near to polymer for it.", astray, of),
		Remedy: "Look at the label image before using any value; use protocol oxygenator-ct, or volume-threshold with greys set from a control scan.",
	}
}

func panelFlag() result.Flag {
	return result.Flag{
		ID:     "plain-thresholds",
		Text:   "Deposit was found by grey thresholds alone. On the oxygenator phantom its labels hold about 20 % too many deposit voxels; the volume is taken by weighting border voxels by their grey, which was within 4 % there.",
		Remedy: "Use protocol oxygenator-ct for absolute volumes; use this one to look and to compare scans of one scanner and protocol.",
	}
}

// housingFlags says so when planes were cut off by themselves, or when most of a face is taken for deposit.
func housingFlags(l *volume.Labels, b Box, margin [3]int) (flags []result.Flag) {
	if asked, _ := inset(l.N, margin); b != asked {
		flags = append(flags, result.Flag{
			ID:     "housing-cut",
			Text:   fmt.Sprintf("Solid walls at the faces of the volume were taken for the housing; only voxels x %d to %d, y %d to %d, z %d to %d were measured.", b.Min[0], b.Max[0]-1, b.Min[1], b.Max[1]-1, b.Min[2], b.Max[2]-1),
			Remedy: "Crop the scan to the inside of the housing, or set keep_solid_faces where there is no housing.",
		})
	}
	for a := range 3 {
		for _, at := range []int{b.Min[a], b.Max[a] - 1} {
			if b.Max[a]-b.Min[a] > 2 && faceShare(l, b, a, at) > 0.5 {
				return append(flags, result.Flag{
					ID:     "housing-as-deposit",
					Text:   fmt.Sprintf("More than half of a face of the volume (%c = %d) is classed as deposit: it is probably the housing.", "xyz"[a], at),
					Remedy: "Crop the scan to the inside of the housing, or set margin_voxels.",
				})
			}
		}
	}
	return flags
}

// faceShare is the share of deposit in the plane of the box where axis a is at.
func faceShare(l *volume.Labels, box Box, a, at int) float64 {
	b, c := (a+1)%3, (a+2)%3
	n := 0
	var i [3]int
	i[a] = at
	for i[b] = box.Min[b]; i[b] < box.Max[b]; i[b]++ {
		for i[c] = box.Min[c]; i[c] < box.Max[c]; i[c]++ {
			if l.At(i[0], i[1], i[2]) == Deposit {
				n++
			}
		}
	}
	return float64(n) / float64((box.Max[b]-box.Min[b])*(box.Max[c]-box.Min[c]))
}
