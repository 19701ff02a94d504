package measure

import (
	"context"
	"fmt"
	"math"
	"sync"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/label"
	"explant/volume/thickness"
)

// fewestAcross is the mean local thickness in voxels below which the distribution is doubtful.
const fewestAcross = 4

// thick gives dep.thick: mean, standard deviation, percentiles and maximum of the local thickness
// over the deposit's voxels in the box, so weighted by volume, in µm.
func (j *job) thick(context.Context) error {
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
	if j.sums.Full {
		j.withhold("dep.thick", "", "the deposit fills the volume")
		return nil
	}
	j.thicknesses(newSpread(j.sums.Thick))
	return nil
}

// diameters counts the voxels of a class in slices [z0, z1) of l by their local thickness in nanometres: the
// kernel gives float32.
func (j *job) diameters(ctx context.Context, l *volume.Labels, class uint8, z0, z1 int) (map[int64]int64, error) {
	sum := map[int64]int64{}
	var mu sync.Mutex
	err := thickness.Range(ctx, l, label.Of(class), z0, z1, j.opt, j.prog, func(_ int, mm []float32) {
		part := map[float32]int64{}
		var last float32
		n := int64(0)
		for _, d := range mm {
			if d != last {
				part[last] += n
				last, n = d, 0
			}
			n++
		}
		part[last] += n
		mu.Lock()
		defer mu.Unlock()
		for d, n := range part { // whole numbers: their sum does not depend on the order
			if d > 0 && n > 0 {
				sum[int64(math.Round(1e6*float64(d)))] += n
			}
		}
	})
	return sum, err
}

func (j *job) thicknesses(um spread) {
	mean, sd := um.moments()
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
		{"mean", mean}, {"SD", sd}, {"P5", um.percentile(0.05)},
		{"median", um.percentile(0.5)}, {"P95", um.percentile(0.95)}, {"maximum", um.at(um.total - 1)},
	} {
		j.give(result.Measurement{Metric: "dep.thick", Part: row.part, Value: row.um, Unit: "um", Flags: flags})
	}
}
