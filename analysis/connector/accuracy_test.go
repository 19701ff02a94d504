package connector

import (
	"math"
	"os"
	"testing"
	"time"

	"explant/analysis/phantom"
	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume/parallel"
)

// score is how far a segmentation is from the truth of its phantom.
type score struct {
	worst, worstAt float64 // largest error of the lumen reduction on a plane, percentage points
	rms            float64 // of it over the planes
	most           float64 // error of the largest reduction, percentage points
	place          float64 // error of its place, voxels
	clot           float64 // error of the volume of all clot, %; of an unused device its burden, %
	tip, gap       float64 // error of the clot of the junctions, %
	ledge          float64 // largest error of the ledges, mean or max, voxels
	length         float64 // error of the gap's length, voxels
	dh             float64 // error of the hydraulic diameter, %
	blood          float64 // error of the blood-side volume, %
	seconds        float64
	missed         float64 // intervals that do not hold the truth
}

// held counts an interval that does not hold the truth.
func (sc *score) held(t *testing.T, f result.Findings, metric, part string, truth float64) {
	t.Helper()
	for _, m := range f.Measurements {
		if m.Metric == metric && m.Part == part {
			t.Logf("  %s %s: %.4g (%.4g to %.4g), truth %.4g", metric, part, m.Value, *m.ULo, *m.UHi, truth)
			if truth < *m.ULo || truth > *m.UHi {
				sc.missed++
			}
		}
	}
}

// judged runs the protocol on a phantom.
func judged(t *testing.T, c phantom.Connector) score {
	t.Helper()
	grey, _, truth, err := c.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	seg, m, err := Segment(t.Context(), grey, Params{}, "z", parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var sc score
	sc.seconds = time.Since(start).Seconds()
	var f result.Findings
	m.Findings(&f, nil, 100)
	sc.curve(m, truth)
	sc.volumes(m, seg, truth)
	get := func(metric, part string) float64 { return value(t, f, metric, part) }
	for i, name := range []string{"tip", "gap"} {
		l := truth.Junctions[i].Ledge
		sc.ledge = max(sc.ledge, math.Abs(get("conn.step", name+": ledge, mean")-l.MeanMM)/m.scan.h, math.Abs(get("conn.step", name+": ledge, max")-l.MaxMM)/m.scan.h)
	}
	sc.length = (get("conn.step", "gap: gap") - truth.Junctions[1].GapMM) / m.scan.h
	if !c.Unused {
		sc.most = get("conn.lar", "max") - truth.Worst.ReductionPct
		sc.place = (get("conn.lar", "place of the max from the tip") - truth.Worst.AtMM) / m.scan.h
		sc.dh = 100 * (get("conn.dh", "")/truth.Worst.HydraulicMM - 1)
		sc.held(t, f, "conn.lar", "max", truth.Worst.ReductionPct)
		sc.held(t, f, "conn.clot", "tip: volume", truth.Junctions[0].Clot.VolumeMM3)
		sc.held(t, f, "conn.clot", "gap: volume", truth.Junctions[1].Clot.VolumeMM3)
		sc.tip = 100 * (get("conn.clot", "tip: volume")/truth.Junctions[0].Clot.VolumeMM3 - 1)
		sc.gap = 100 * (get("conn.clot", "gap: volume")/truth.Junctions[1].Clot.VolumeMM3 - 1)
	}
	t.Logf("n=%d seed %d unused %v: %+.2f", c.N[0], c.Seed, c.Unused, sc)
	return sc
}

func value(t *testing.T, f result.Findings, metric, part string) float64 {
	t.Helper()
	for _, m := range f.Measurements {
		if m.Metric == metric && m.Part == part {
			return m.Value
		}
	}
	t.Fatalf("no %s %q", metric, part)
	return 0
}

// curve compares the planes that do not lie at a step.
func (sc *score) curve(m *Model, truth phantom.ConnectorTruth) {
	var tip vec
	for a := range 3 {
		tip[a] = truth.DeviceToScanner[a][3]
	}
	_, _, origin := m.frame.device(tip)
	n := 0.0
	for k := range m.planes {
		p := &m.planes[k]
		at := (p.s - origin - truth.Planes[0].AtMM) / m.scan.h // between two planes of the truth
		i, f := int(math.Floor(at)), at-math.Floor(at)
		if m.mixed(k) || i < 0 || i+1 >= len(truth.Planes) {
			continue
		}
		d := p.reduction() - (1-f)*truth.Planes[i].ReductionPct - f*truth.Planes[i+1].ReductionPct
		sc.rms, n = sc.rms+d*d, n+1
		if math.Abs(d) > math.Abs(sc.worst) {
			sc.worst, sc.worstAt = d, p.s-origin
		}
	}
	sc.rms = math.Sqrt(sc.rms / n)
}

func (sc *score) volumes(m *Model, seg *segment.Segmentation, truth phantom.ConnectorTruth) {
	var n [segment.ClassCount]float64
	for _, c := range seg.Labels.Data {
		n[c] += m.scan.size[0] * m.scan.size[1] * m.scan.size[2]
	}
	blood := n[segment.Deposit] + n[segment.Void]
	sc.blood = 100 * (blood/truth.VolumeMM3.BloodSide - 1)
	if truth.VolumeMM3.Deposit == 0 {
		sc.clot = 100 * n[segment.Deposit] / blood
		return
	}
	sc.clot = 100 * (n[segment.Deposit]/truth.VolumeMM3.Deposit - 1)
}

// What the protocol reaches at 128 voxels over seeds 1 to 5, with a margin of about one third. At 256 it
// is two to three times nearer.
const (
	lumenWithin = 2.4 // percentage points on any plane off the steps
	lumenRMS    = 0.75
	clotWithin  = 8.0 // %
	ledgeWithin = 0.7 // voxels
	bloodWithin = 1.0 // %
	unusedMost  = 0.1 // % burden
)

func TestUsedConnector(t *testing.T) {
	for seed := uint64(1); seed <= 2; seed++ {
		s := judged(t, phantom.DefaultConnector(128, seed))
		if math.Abs(s.worst) > lumenWithin || s.rms > lumenRMS || math.Abs(s.most) > lumenWithin {
			t.Errorf("seed %d: lumen reduction is off by %.2f points, rms %.2f, at its largest %.2f", seed, s.worst, s.rms, s.most)
		}
		if math.Abs(s.clot) > clotWithin || math.Abs(s.blood) > bloodWithin {
			t.Errorf("seed %d: clot is off by %.1f %%, blood side by %.2f %%", seed, s.clot, s.blood)
		}
		if s.missed > 1 {
			t.Errorf("seed %d: %v of 3 intervals do not hold the truth", seed, s.missed)
		}
		if s.ledge > ledgeWithin || math.Abs(s.length) > 2 || math.Abs(s.dh) > 3 {
			t.Errorf("seed %d: ledges are off by %.2f voxels, the gap by %.2f, the hydraulic diameter by %.1f %%", seed, s.ledge, s.length, s.dh)
		}
	}
}

func TestUnusedConnectorHasNoClot(t *testing.T) {
	s := judged(t, phantom.DefaultConnector(128, 1).Reference())
	if s.clot > unusedMost || math.Abs(s.worst) > lumenWithin || s.rms > lumenRMS || s.ledge > ledgeWithin {
		t.Errorf("%+.2f", s)
	}
}

// EXPLANT_VALIDATE=1 prints the accuracy over seeds and sizes.
func TestAccuracyOverSeeds(t *testing.T) {
	if os.Getenv("EXPLANT_VALIDATE") == "" {
		t.Skip("set EXPLANT_VALIDATE=1 to measure 5 seeds at 128 and 256 voxels")
	}
	for _, n := range []int{128, 256} {
		for seed := uint64(1); seed <= 5; seed++ {
			judged(t, phantom.DefaultConnector(n, seed))
		}
		for seed := uint64(1); seed <= 2; seed++ {
			judged(t, phantom.DefaultConnector(n, seed).Reference())
		}
	}
}
