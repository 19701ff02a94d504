package segment

import (
	"context"
	"fmt"

	"explant/analysis/result"
	"explant/volume"
	"explant/volume/filter"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// PanelParams are the rules of [Panel]; the zero value is the default.
type PanelParams struct {
	// MarginVoxels are cut off at both ends of x, y and z before levels are looked for: nothing is
	// measured there. Default 0: the whole volume is looked at.
	MarginVoxels [3]int `yaml:"margin_voxels" json:"margin_voxels"`
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
// On the oxygenator phantom (256 voxels a side, housing cut off by the margin) its labels have a
// Dice of 0.76 and 31 % too many deposit voxels, but 3 % too much volume by occupancy, which
// weights the polymer that it takes for deposit by its grey: so occupancy is its rule of volume.
func Panel[T volume.Voxel](ctx context.Context, v *volume.Volume[T], p PanelParams, o parallel.Options, pr parallel.Progress) (*Segmentation, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	smooth, err := filter.Median3(ctx, v, o, pr)
	if err != nil {
		return nil, err
	}
	box, err := inset(v.N, p.MarginVoxels)
	if err != nil {
		return nil, err
	}
	h, parts, err := blockHistograms(ctx, smooth, box, p.JackknifeBlocks, o, pr)
	if err != nil {
		return nil, err
	}
	t, err := threshold.MultiOtsu(h)
	if err != nil {
		return nil, fmt.Errorf("three classes of grey: %w", err)
	}
	labels, err := cut(ctx, smooth, box, []uint8{Void, Polymer, Deposit}, t[:], o, pr)
	if err != nil {
		return nil, err
	}
	s := &Segmentation{Labels: labels, VOI: box, Rule: ByOccupancy, LumensInVoid: true, Steps: panelSteps(h, t), Replicates: panelReplicates(h, parts)}
	s.Flags = append(s.Flags, panelFlag())
	s.Flags = append(s.Flags, housingFlags(labels, box)...)
	return finish(ctx, s, v, h, map[string]float64{"threshold_polymer_grey": t[0], "threshold_deposit_grey": t[1]}, o, pr)
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

// panelReplicates thresholds the whole volume by what each volume without one block says.
func panelReplicates(h threshold.Histogram, parts []threshold.Histogram) []Counts {
	var out []Counts
	for _, part := range parts {
		t, err := threshold.MultiOtsu(h.Minus(part))
		if err != nil {
			continue // a block that held a whole class: nothing can be said without it
		}
		out = append(out, panelCounts(h, t))
	}
	return out
}

func panelFlag() result.Flag {
	return result.Flag{
		ID:     "plain-thresholds",
		Text:   "Deposit was found by grey thresholds alone. On the oxygenator phantom its labels hold 15 to 45 % too many deposit voxels, and the volume by occupancy is 3 to 9 % too large, which the interval does not contain.",
		Remedy: "Use protocol oxygenator-ct for absolute volumes; use this one to look and to compare scans of one scanner and protocol.",
	}
}

// housingFlags says so when most of a face of the volume is taken for deposit.
func housingFlags(l *volume.Labels, b Box) []result.Flag {
	for a := range 3 {
		for _, at := range []int{b.Min[a], b.Max[a] - 1} {
			if b.Max[a]-b.Min[a] > 2 && faceShare(l, b, a, at) > 0.5 {
				return []result.Flag{{
					ID:     "housing-as-deposit",
					Text:   fmt.Sprintf("More than half of a face of the volume (%c = %d) is classed as deposit: it is probably the housing.", "xyz"[a], at),
					Remedy: "Crop the scan to the inside of the housing, or set margin_voxels.",
				}}
			}
		}
	}
	return nil
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
