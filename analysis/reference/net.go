package reference

import (
	"context"
	"math"

	"explant/analysis/measure"
	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/register"
)

// Comparison is what an unused device says of a used one.
type Comparison struct {
	Fit          *register.Fit
	Used, Unused measure.Burden // over the shared space
	AddedMM3     float64        // deposit by the difference of greys; NaN where the levels are not known
	Permeability float64        // Kozeny-Carman ratio, used over unused; 0 where lumens are not told from void
}

// Compare measures both scans over the space that they share. Deposit is counted also where the recipe's
// own rule is the occupancy: that takes away by grey what blur makes look like deposit, and the reference,
// which shows it too, would take it away once more.
func Compare[A, B volume.Voxel](ctx context.Context, v *volume.Volume[A], w *volume.Volume[B], used, unused *segment.Segmentation, fit *register.Fit, o parallel.Options, p parallel.Progress) (*Comparison, error) {
	p.Stage("compare with the reference", 0)
	u, r, err := Shared(ctx, used, unused, fit, o)
	if err != nil {
		return nil, err
	}
	c := &Comparison{Fit: fit}
	if c.Used, err = measure.BurdenOf(u); err != nil {
		return nil, err
	}
	if c.Unused, err = measure.BurdenOf(r); err != nil {
		return nil, err
	}
	if c.AddedMM3, err = difference(ctx, v, w, u, r, fit, o); err != nil {
		return nil, err
	}
	if !u.LumensInVoid {
		c.Permeability, err = permeability(ctx, u, r, o)
	}
	return c, err
}

// coverage is the probability of an interval of k = 2 standard uncertainties.
const coverage = 0.95

// Findings puts the comparison to f, which holds those of the used device. hours is the run time, 0
// where it is not known.
//
// The uncertainty of the net burden is that of the used device's burden, at the same relative size, and
// that of the reference's deposit (JCGM 100:2008, 5.1); the border moves in both alike, so that taking it
// in full for the used device is on the safe side.
func (c *Comparison) Findings(f *result.Findings, hours float64) {
	give := func(m result.Measurement) *result.Measurement {
		f.Measurements = append(f.Measurements, m)
		return &f.Measurements[len(f.Measurements)-1]
	}
	c.describe(f.Diagnostics)
	give(result.Measurement{Metric: "ref.vol", Value: c.Unused.DepositMM3, Unit: "mm3"})
	space := c.Used.BloodSideMM3
	if space == 0 {
		f.NotMeasured = append(f.NotMeasured, result.Withheld{Metric: "dep.net", Reason: "there is no blood-side space that both scans show"})
		return
	}
	net := give(result.Measurement{Metric: "dep.net", Value: 100 * (c.Used.DepositMM3 - c.Unused.DepositMM3) / space, Unit: "%",
		Numerator: result.F(c.Used.DepositMM3 - c.Unused.DepositMM3), Denominator: result.F(space),
		DenominatorName: "blood-side space that both scans show (mm3)"})
	used, name := relative(f.Measurements)
	u, r := 100*used*c.Used.DepositMM3/space, 100*c.Unused.Relative*c.Unused.DepositMM3/space
	if u > 0 {
		half := 2 * math.Hypot(u, r)
		net.ULo, net.UHi, net.Coverage, net.Dominant = result.F(net.Value-half), result.F(net.Value+half), result.F(coverage), name
		if r > u {
			net.Dominant = "reference"
		}
	}
	rate(*net, f, hours)
	if !math.IsNaN(c.AddedMM3) {
		give(result.Measurement{Metric: "dep.net", Part: "grey difference", Value: 100 * c.AddedMM3 / space, Unit: "%",
			Numerator: result.F(c.AddedMM3), Denominator: result.F(space), DenominatorName: net.DenominatorName})
	}
	if c.Permeability > 0 {
		give(result.Measurement{Metric: "perf.kc", Value: c.Permeability, Unit: "1", Flags: []string{"indicator"}})
		f.Flags = append(f.Flags, result.Flag{ID: "indicator", Text: "The Kozeny-Carman ratio follows from porosity and surface alone; it is an indicator and no measured resistance.",
			Remedy: "Measure the pressure drop where resistance matters."})
		return
	}
	f.NotMeasured = append(f.NotMeasured, result.Withheld{Metric: "perf.kc", Reason: "the protocol does not tell the lumens of fibres from the blood side, or there is no free path"})
}

// rate gives the net burden over the run time.
func rate(net result.Measurement, f *result.Findings, hours float64) {
	if !(hours > 0) {
		f.NotMeasured = append(f.NotMeasured, result.Withheld{Metric: "rate.h", Reason: "the run time is not known: give run.hours with --device"})
		return
	}
	m := result.Measurement{Metric: "rate.h", Value: net.Value / hours, Unit: "%/h", Flags: []string{"crude-rate"},
		Numerator: result.F(net.Value), Denominator: result.F(hours), DenominatorName: "run time (h)"}
	if net.ULo != nil {
		m.ULo, m.UHi, m.Coverage, m.Dominant = result.F(*net.ULo/hours), result.F(*net.UHi/hours), net.Coverage, net.Dominant
	}
	f.Measurements = append(f.Measurements, m)
	f.Flags = append(f.Flags, result.Flag{ID: "crude-rate", Text: "The rate is the net burden over the run time of one device; deposit does not grow evenly.",
		Remedy: "Compare devices of at least three run times in each arm before anything is said of growth."})
}

// relative is the relative standard uncertainty of the burden among all, and its largest term.
func relative(all []result.Measurement) (float64, string) {
	for _, m := range all {
		if m.Metric == "dep.vf" && m.Part == "" && m.UHi != nil && m.Value > 0 {
			return (*m.UHi - m.Value) / 2 / m.Value, m.Dominant
		}
	}
	return 0, ""
}

// describe adds how the reference lies, and how well it fits.
func (c *Comparison) describe(d map[string]float64) {
	turn, shift := c.Fit.TurnDeg(), c.Fit.Shift()
	for a, name := range [3]string{"x", "y", "z"} {
		d["reference_turn_"+name+"_deg"] = turn[a]
		d["reference_shift_"+name+"_um"] = 1000 * shift[a]
	}
	rms, most := c.Fit.Local.Size()
	d["reference_bend_rms_um"], d["reference_bend_max_um"] = 1000*rms, 1000*most
	d["reference_residual_um"] = 1000 * c.Fit.ResidualMM
	d["reference_overlap_percent"] = 100 * c.Fit.Overlap
	d["reference_agreement_percent"] = 100 * c.Fit.Agreement
	d["reference_correlation"] = c.Fit.Correlation
	d["reference_shared_blood_side_mm3"] = c.Used.BloodSideMM3
	d["reference_blood_side_mm3"] = c.Unused.BloodSideMM3
}
