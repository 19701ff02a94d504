package measure

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/thickness"
)

// fewestAcross is the mean local thickness in voxels below which the distribution is doubtful.
const fewestAcross = 4

// thick gives dep.thick: mean, standard deviation, percentiles and maximum of the local thickness
// over the deposit's voxels in the box, so weighted by volume, in µm.
func (j *job) thick(ctx context.Context) error {
	if !j.par.Thickness {
		return nil
	}
	if !j.mm {
		j.withhold("dep.thick", "", uncalibrated)
		return nil
	}
	if j.census.total.n[segment.Deposit] == 0 {
		j.withhold("dep.thick", "", "there is no deposit")
		return nil
	}
	t, err := thickness.Local(ctx, j.seg.Labels, label.Of(segment.Deposit), j.opt, j.prog)
	if errors.Is(err, distance.ErrNoSites) {
		j.withhold("dep.thick", "", "the deposit fills the volume")
		return nil
	}
	if err != nil {
		return err
	}
	var um []float64
	for _, d := range t.Data {
		if d > 0 {
			um = append(um, math.Round(1e6*float64(d))/1000) // to the nanometre: the kernel gives float32
		}
	}
	j.thicknesses(um)
	return nil
}

func (j *job) thicknesses(um []float64) {
	slices.Sort(um)
	var sum, squares float64
	for _, d := range um {
		sum += d
	}
	mean := sum / float64(len(um))
	for _, d := range um {
		squares += (d - mean) * (d - mean)
	}
	var flags []string
	s := j.seg.Labels.Spacing
	if voxels := mean / 1000 / max(s[0], s[1], s[2]); voxels < fewestAcross {
		flags = []string{"thin-deposit"}
		j.flag("thin-deposit", fmt.Sprintf("The mean local thickness is %.1f voxels; below 4 its distribution is that of the voxels.", voxels), "Scan with smaller voxels.")
	}
	for _, row := range []struct {
		part string
		um   float64
	}{
		{"mean", mean}, {"SD", math.Sqrt(squares / float64(len(um)))}, {"P5", percentile(um, 0.05)},
		{"median", percentile(um, 0.5)}, {"P95", percentile(um, 0.95)}, {"maximum", um[len(um)-1]},
	} {
		j.give(result.Measurement{Metric: "dep.thick", Part: row.part, Value: row.um, Unit: "um", Flags: flags})
	}
}
