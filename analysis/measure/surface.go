package measure

import (
	"fmt"
	"math"

	"explant/analysis/result"
	"explant/volume/area"
)

// roundable is the number of voxels that an object needs for its sphericity to mean something.
const roundable = 500

// surface gives dep.area, by marching cubes and beside it by Crofton's formula on the labels, dep.contact,
// and dep.sphericity: the mean of π^(1/3)·(6V)^(2/3)/A over whole objects of at least 500 voxels, weighted by volume.
func (j *job) surface(all []Piece) error {
	if !j.par.Surface {
		return nil
	}
	if !j.mm {
		j.withhold("dep.area", "", uncalibrated)
		j.withhold("dep.contact", "", uncalibrated)
		j.withhold("dep.sphericity", "", uncalibrated)
		return nil
	}
	n := make([]area.Crossings, len(all))
	for i, p := range all {
		n[i] = p.Crossings
	}
	areas, err := area.Areas(j.seg.Labels.Grid, n)
	if err != nil {
		return err
	}
	total := 0.0
	for _, a := range areas {
		total += a
	}
	j.meshedSurface()
	j.give(result.Measurement{Metric: "dep.area", Part: "crofton", Value: total, Unit: "mm2", NObject: result.N(len(all))})
	j.sphericity(all, areas)
	return nil
}

func (j *job) sphericity(all []Piece, areas []float64) {
	var sum, weight float64
	n, above := 0, 0
	for i, r := range all {
		if r.Count < roundable || j.touches(r) || areas[i] == 0 {
			continue
		}
		v := float64(r.Count) * j.dv
		s := math.Cbrt(math.Pi) * math.Pow(6*v, 2.0/3) / areas[i]
		sum, weight, n = sum+s*v, weight+v, n+1
		if s > 1 {
			above++
		}
	}
	if n == 0 {
		j.withhold("dep.sphericity", "", fmt.Sprintf("no whole object has at least %d voxels", roundable))
		return
	}
	var flags []string
	if above > 0 {
		flags = []string{"sphericity-above-one"}
		j.flag("sphericity-above-one", fmt.Sprintf("%d of %d objects have a sphericity above 1, which no body has: their area is too small by the error of its estimate.", above, n), "Scan with smaller voxels before comparing shapes.")
	}
	j.give(result.Measurement{Metric: "dep.sphericity", Value: sum / weight, Unit: "1", NObject: result.N(n), Flags: flags})
}
