package oxygenator

import (
	"fmt"
	"math"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
)

const (
	fewestFibres = 3
	looseMost    = 0.15 // of the polymer that may go unexplained before a flag is raised
	fittedLeast  = 0.5  // of polymer and deposit that fitted fibres must explain
	misfitMost   = 0.06 // of the polymer contrast, rms of a fibre's profile about the model
	misfitShare  = 0.1  // of the fibres
	contrastLow  = 3.0  // contrast of deposit to void over the noise below which a flag is raised
)

// finish puts numbers and remarks to the labels.
func (s *session) finish(labels *volume.Labels, cut, contrast float64, replicas []replica) *segment.Segmentation {
	var n [segment.ClassCount]int64
	for _, c := range labels.Data {
		n[c]++
	}
	lv := s.lv
	out := &segment.Segmentation{Labels: labels, Rule: segment.ByCount, BloodCut: cut, Diagnostics: map[string]float64{"wall_cut_voxels": cut}}
	out.Levels = [segment.ClassCount]float64{lv.air, lv.air, lv.polymer, lv.housing, lv.air + contrast}
	for c, k := range n {
		if k == 0 {
			out.Levels[c] = math.NaN()
		} else {
			out.Diagnostics["level_"+segment.Names[c]+"_grey"] = out.Levels[c]
		}
	}
	out.Replicates = counts(replicas, n[segment.Deposit], n[segment.Deposit]+n[segment.Void])
	s.describe(out.Diagnostics, contrast)
	s.judge(n, contrast)
	out.Flags = s.flags
	return out
}

// describe adds the fitted numbers to d, named with their units.
func (s *session) describe(d map[string]float64, contrast float64) {
	d["filled_fibre_count"] = float64(s.filled())
	d["fibre_count"] = float64(len(s.fibres))
	d["rejected_track_count"] = float64(s.dropped)
	d["housing_wall_count"] = float64(s.in.count())
	d["psf_sigma_voxels"] = math.Sqrt(max(s.lv.sigma*s.lv.sigma-1.0/12, 0))
	d["noise_sd_air_grey"] = s.noise.sd
	d["noise_sd_deposit_grey"] = s.noise.deposit
	d["deposit_expected_grey"] = s.lv.air + contrast
	d["ring_sd_grey"] = s.rings
	d["noise_correlation"] = s.noise.correlation
	d["deposit_contrast_to_noise"] = contrast / s.noise.sd
	if len(s.fibres) == 0 {
		return
	}
	var outer, wall, misfit, facing float64
	for _, f := range s.fibres {
		k := 1 / float64(len(s.fibres))
		outer, wall, misfit, facing = outer+k*f.outer, wall+k*(f.outer-f.inner), misfit+k*f.misfit, facing+k*f.facing
	}
	d["fibre_outer_diameter_voxels"] = 2 * outer
	d["fibre_wall_voxels"] = wall
	d["fibre_misfit_grey"] = misfit
	d["fibre_surface_facing_air_percent"] = 100 * facing
}

func (s *session) judge(n [segment.ClassCount]int64, contrast float64) {
	flag := func(id, text, remedy string) {
		s.flags = append(s.flags, result.Flag{ID: id, Text: text, Remedy: remedy})
	}
	unexplained := float64(s.looseCount) / float64(max(n[segment.Polymer], 1))
	fitted := float64(n[segment.Polymer]-int64(s.looseCount)) / float64(max(n[segment.Polymer]+n[segment.Deposit], 1))
	switch {
	case len(s.fibres) < fewestFibres:
		flag("few-fibres", fmt.Sprintf("%d fibres of the stated make were found, so polymer and deposit were told apart by grey value alone and lumens by enclosure.", len(s.fibres)),
			"Check the voxel size and fibre_outer_diameter_um, fibre_wall_min_um and fibre_wall_max_um; if the scan shows no hollow fibres, use ct-panel or volume-threshold.")
	case fitted < fittedLeast:
		flag("few-fibres", fmt.Sprintf("The %d fibres that were found explain only %.0f %% of what is brighter than air.", len(s.fibres), 100*fitted),
			"Check the voxel size, the fibre diameter and the walls; if the scan shows no bundle, use ct-panel or volume-threshold.")
	case unexplained > looseMost:
		flag("few-fibres", fmt.Sprintf("No fitted fibre explains %.0f %% of the polymer; there it was told from deposit by grey value alone.", 100*unexplained),
			"Look at the labels where polymer is ragged; check the fibre diameter and wall, and whether lumens are filled or crushed.")
	}
	if k := s.filled(); k > 0 {
		flag("filled-lumens", fmt.Sprintf("%d of %d fibres have no air in their lumen; the lumen counts as gas side, whatever it holds.", k, len(s.fibres)),
			"Look for leaks or wet fibres; dry the device before the scan.")
	}
	if bad := s.misfits(); float64(bad) > misfitShare*float64(len(s.fibres)) {
		flag("fibre-misfit", fmt.Sprintf("%d of %d fibres do not look like round tubes of the stated make.", bad, len(s.fibres)),
			"Deposits near them may be wrong by a voxel: check the fibre diameter and wall, and look at the labels.")
	}
	if contrast < contrastLow*s.noise.sd {
		flag("low-contrast", fmt.Sprintf("Deposit is only %.1f noise standard deviations brighter than void.", contrast/s.noise.sd),
			"Scan longer or stain the deposit; small and thin deposits are missed.")
	}
	if s.bare {
		flag("no-deposit-grey", fmt.Sprintf("Nothing that lies deep outside the fibres is %.3g times as bright as polymer, so that there is no deposit whose grey could be measured: such voxels count as polymer that no fibre explains.", s.DepositMinContrast),
			"Right for an unused device. Where deposit may be as dark as polymer, set deposit_min_contrast to 0.1 and look at the labels.")
	}
	if contrast < s.lv.polymer-s.lv.air {
		flag("deposit-dark", "Deposit is no brighter than polymer: polymer that no fibre explains counts as deposit.", "Look at the labels; stain the deposit for contrast.")
	}
	if !s.in.found() {
		flag("no-housing", "No flat or round housing wall was found: everything around the fibres counts as blood side.",
			"If the scan reaches outside the bundle, crop it to the bundle.")
	}
}

func (s *session) filled() (n int) {
	for _, f := range s.fibres {
		if f.filled {
			n++
		}
	}
	return n
}

func (s *session) misfits() (n int) {
	for _, f := range s.fibres {
		if f.misfit > misfitMost*(s.lv.polymer-s.lv.air) {
			n++
		}
	}
	return n
}
