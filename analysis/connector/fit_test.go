package connector

import (
	"math"
	"testing"
	"time"

	"explant/analysis/phantom"
	"explant/analysis/segment"
	"explant/volume/parallel"
)

func TestFit(t *testing.T) {
	for _, n := range []int{128, 256} {
		for seed := uint64(1); seed <= map[int]uint64{128: 5, 256: 3}[n]; seed++ {
			c := phantom.DefaultConnector(n, seed)
			if seed == 5 || n == 256 && seed == 3 {
				c.Unused = true
			}
			grey, tl, truth, err := c.Make(t.Context(), parallel.Options{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			sg, m, err := Segment(t.Context(), grey, Params{}, "z", parallel.Options{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			h := m.scan.h
			t.Logf("n %d seed %d: %.1f s, levels %.0f", n, seed, time.Since(start).Seconds(), m.lv)
			tip := vec{truth.DeviceToScanner[0][3], truth.DeviceToScanner[1][3], truth.DeviceToScanner[2][3]}
			_, _, s0 := m.frame.device(tip)
			dv, _ := grey.VoxelVolume()
			var cm [6][6]float64
			for i, c := range tl.Data {
				cm[c][sg.Labels.Data[i]] += dv
			}
			for i := range cm {
				t.Logf("   true %d: %.2f", i, cm[i])
			}
			var nn [6]float64
			for _, c := range sg.Labels.Data {
				nn[c] += dv
			}
			t.Logf("   dep %.2f (%.2f) blood %.2f (%.2f)", nn[segment.Deposit], truth.VolumeMM3.Deposit, nn[0]+nn[4], truth.VolumeMM3.BloodSide)
			for i, j := range m.junctions() {
				b, a := m.outlines(&j)
				avg, most, at := ledge(b, a)
				q := truth.Junctions[min(i, 1)]
				t.Logf("  %s at %.3f..%.3f ledge %.3f max %.3f at %.0f (%.3f %.3f)", j.name, j.from-s0, j.to-s0, avg, most, at, q.Ledge.MeanMM, q.Ledge.MaxMM)
			}
			for _, cv := range m.crevices() {
				t.Logf("  crevice %.2f %.2f", cv.from-s0, cv.to-s0)
			}
			for i := range m.clots {
				c := &m.clots[i]
				f, to, _ := c.ends(m)
				t.Logf("  clot %s vol %.2f up %.2f from %.2f to %.2f ext %.0f height %.2f prot %.2f", c.name, c.voxels*dv, c.upstream*dv, f-s0, to-s0, c.extent(), c.height, c.protrusion)
			}
			for _, q := range truth.Junctions {
				if q.Clot != nil {
					t.Logf("  TRUE %s %+v", q.Name, *q.Clot)
				}
			}
			for _, q := range truth.Mural {
				t.Logf("  TRUE mural %+v", *q)
			}
			worst, sum := 0.0, 0.0
			for k, p := range m.planes {
				if m.mixed(k) {
					continue
				}
				a := 0.0
				for _, o := range p.open {
					a += o / 2 * 2 * math.Pi / rays
				}
				ref := math.Pi * p.ref.r * p.ref.r
				lar := 100 * (1 - a/ref)
				s := p.s - s0
				i := int(math.Round((s - truth.Planes[0].AtMM) / h))
				if i < 0 || i >= len(truth.Planes) {
					continue
				}
				q := truth.Planes[i]
				d := lar - q.ReductionPct
				sum += d
				if math.Abs(d) > worst {
					worst = math.Abs(d)
				}
				if math.Abs(d) > 1.2 {
					t.Logf("    s %.2f ref %.2f (%.2f) lar %.2f (%.2f)", s, ref, q.ReferenceMM2, lar, q.ReductionPct)
				}
			}
			t.Logf("  worst %.2f mean %.3f", worst, sum/float64(len(m.planes)))
		}
	}
}
