package measure

import (
	"math"
	"math/rand/v2"
	"testing"

	"explant/analysis/rescan"
	"explant/analysis/result"
)

// rescanned is a block in which each part gains its share of what it holds.
func rescanned(gain func(part int) int64) *rescan.Outcome {
	var out rescan.Outcome
	for i := range out.Parts {
		g := gain(i)
		out.Parts[i] = rescan.Part{Deposit: 1000, DepositAgain: 1000 + g, BloodSide: 20000, BloodSideAgain: 20000 - g, Polymer: 2000}
	}
	out.Faces = rescan.Parts * 600
	return &out
}

// Parts that all gain alike have no random error: what is left is the doubt about the model.
func TestBiasOfEqualParts(t *testing.T) {
	var shares []share
	for _, p := range rescanned(func(int) int64 { return 30 }).Parts {
		shares = append(shares, share{float64(p.DepositAgain - p.Deposit), float64(p.Deposit)})
	}
	b := biasOf(shares, 0.5, 1e6)
	near1(t, "bias", b.rel, 0.5*0.03, 1e-12)
	near1(t, "uncertainty", b.u, unsure*0.5*0.03, 1e-12)
	if biasOf(shares[:3], 1, 1e6) != nil || biasOf(shares, math.Inf(1), 1e6) != nil || biasOf(shares, 1, 0) != nil {
		t.Error("a bias out of nothing")
	}
}

// Of parts of one size the jackknife's standard error is that of a mean, and a volume no larger than the
// block has as much noise of its own.
func TestRandomPartOfABias(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	var shares []share
	var sum, squares float64
	for range 64 {
		v := 20 * r.NormFloat64()
		shares = append(shares, share{v, 1000})
		sum, squares = sum+v, squares+v*v
	}
	se := math.Sqrt((squares/64-sum/64*sum/64)/63) / 1000
	rel := sum / 64 / 1000
	const wide = 1.99834 / 2 * 1.99834 / 2 // Student's quantile for 63 degrees of freedom, from a table
	near1(t, "of the block", biasOf(shares, 1, 64000).u, math.Sqrt(2*wide*se*se+unsure*unsure*rel*rel), 1e-6)
	near1(t, "of a large volume", biasOf(shares, 1, 64e9).u, math.Sqrt(wide*se*se+unsure*unsure*rel*rel), 1e-3)
}

func TestIntervalsAreFreedOfTheBias(t *testing.T) {
	s, _ := pitted(t, [3]float64{0.02, 0.02, 0.02})
	found := s.measure(t, Params{}, Input{Rescan: rescanned(func(int) int64 { return -30 })}) // 3 % of the deposit are lost
	m := row(t, found, "dep.vol", "")
	rel := found.Diagnostics["deposit_bias_percent"] / 100
	u := found.Diagnostics["deposit_bias_standard_uncertainty_percent"] / 100
	thick := found.Diagnostics["deposit_mean_thickness_voxels"]
	near1(t, "scaled by surface over volume", rel, -0.03*(3/thick)/0.6, 1e-9) // 3·voxels/faces is the thickness
	free := m.Value / (1 + rel)
	near1(t, "upper end", *m.UHi, free*(1+2*u), 1e-9)
	near1(t, "lower end", *m.ULo, min(free*(1-2*u), m.Value), 1e-9)
	if m.Dominant != "border" {
		t.Errorf("dominant is %q", m.Dominant)
	}
	plain := row(t, s.measure(t, Params{}, Input{}), "dep.vol", "")
	if plain.Value != m.Value {
		t.Error("the value itself was corrected")
	}
}

func TestIntervalHoldsItsValue(t *testing.T) {
	m := result.Measurement{Value: 100}
	boundAbout(&m, &bias{rel: -0.2, u: 0.01})
	near1(t, "lower", *m.ULo, 100, 1e-12)
	near1(t, "upper", *m.UHi, 127.5, 1e-9)
	m = result.Measurement{Value: 100}
	boundAbout(&m, &bias{rel: 0.1, u: 0.001}, term{"class", 0.05})
	near1(t, "upper", *m.UHi, 100/1.1*(1+2*math.Hypot(0.05, 0.001)), 1e-9)
	if m.Dominant != "class" {
		t.Errorf("dominant is %q", m.Dominant)
	}
	m = result.Measurement{Value: 100}
	if boundAbout(&m, &bias{}); m.ULo != nil {
		t.Error("an interval out of nothing")
	}
	if b := ratioBias(&bias{0.03, 0.04}, &bias{0.01, 0.03}); math.Abs(b.rel-0.02) > 1e-12 || math.Abs(b.u-0.05) > 1e-12 || ratioBias(b, nil) != nil {
		t.Errorf("%+v", b)
	}
}
