package measure

import (
	"fmt"
	"math"
	"slices"

	"explant/analysis/result"
	"explant/analysis/segment"
)

// thinnestDeposit is the mean thickness in voxels below which volumes are doubtful.
const thinnestDeposit = 3

// sensitive is the share by which one step of the thresholds may change the deposit.
const sensitive = 0.10

// quality adds the flags that hang on the whole result.
func (j *job) quality() {
	if !j.mm {
		j.flag("uncalibrated", "The voxel size is unknown, so nothing with a physical unit is given; counts and ratios are.",
			"State the voxel size with --spacing, or use a file whose header has it.")
	}
	deposit := float64(j.census.total.n[segment.Deposit])
	if deposit == 0 {
		j.flag("no-deposit", "No voxel was classed as deposit.", "Look at the label image; deposits below the detection floor are not seen by micro-CT.")
		return
	}
	j.thickness(deposit)
	j.contrast()
	j.steps(deposit)
	if len(j.seg.Replicates) < fewestReplicates {
		j.flag("no-level-uncertainty", "The uncertainty of the class levels is unknown: no interval contains it.", "Use a protocol that estimates its levels from the scan.")
	}
}

// thickness compares the mean thickness of the deposit with the voxel. For a film it is
// 2·volume/surface; the surface is 2/3 of the voxel faces, Crofton's formula with the three
// directions of the grid, so that it is 3·voxels/faces. A ball of diameter d gives d/3.
func (j *job) thickness(deposit float64) {
	if j.census.faces == 0 {
		return
	}
	t := 3 * deposit / float64(j.census.faces)
	j.out.Diagnostics["deposit_mean_thickness_voxels"] = t
	if t < thinnestDeposit {
		j.flag("below-resolution", fmt.Sprintf("The deposit is %.1f voxels thick on average (2·volume/surface); below 3 voxels its volume hangs on the blur of the scanner.", t),
			"Scan with smaller voxels, or compare only scans of one scanner and protocol.")
		j.mark("below-resolution", "dep.vol", "dep.vf")
	}
}

// leastContrast is the contrast of deposit to void, in noise standard deviations, below which levels do not
// part.
const leastContrast = 3

// contrast compares the levels of deposit and void with the noise, where that was measured; segmentations that
// say so themselves have no second flag.
func (j *job) contrast() {
	noise, known := j.out.Diagnostics["noise_sd_air_grey"]
	apart := (j.seg.Levels[segment.Deposit] - j.seg.Levels[segment.Void]) / noise
	if !known || !(apart < leastContrast) {
		return
	}
	if !slices.ContainsFunc(j.out.Flags, func(f result.Flag) bool { return f.ID == "low-contrast" }) {
		j.flag("low-contrast", fmt.Sprintf("Deposit is only %.1f noise standard deviations brighter than void; below %d their levels do not part.", apart, leastContrast),
			"Scan longer or stain the deposit; small and thin deposits are missed.")
	}
	j.mark("low-contrast", "dep.vol", "dep.vf")
}

// steps says how much one step of the thresholds changes the deposit.
func (j *job) steps(deposit float64) {
	s := j.seg.Steps
	if s == nil {
		return
	}
	lower, higher := float64(s.Lower.Deposit)/deposit-1, float64(s.Higher.Deposit)/deposit-1
	j.out.Diagnostics["deposit_change_lower_step_percent"] = 100 * lower
	j.out.Diagnostics["deposit_change_higher_step_percent"] = 100 * higher
	if max(math.Abs(lower), math.Abs(higher)) > sensitive {
		j.flag("threshold-sensitive", fmt.Sprintf("One step of the thresholds (%.3g grey levels, 1/256 of the grey range) changes the deposit by %+.0f %% and %+.0f %%.", s.Size, 100*lower, 100*higher),
			"Improve the contrast of the scan, or use a protocol that does not rest on thresholds.")
		j.mark("threshold-sensitive", "dep.vol", "dep.vf", "dep.n", "dep.nd")
	}
}

// mark puts a flag on the rows of some metrics.
func (j *job) mark(flag string, metrics ...string) {
	for i := range j.out.Measurements {
		m := &j.out.Measurements[i]
		for _, id := range metrics {
			if m.Metric == id {
				m.Flags = append(m.Flags[:len(m.Flags):len(m.Flags)], flag)
			}
		}
	}
}
