package slide

import (
	"math"
	"math/rand/v2"
	"testing"

	"explant/analysis/stain"
)

// crowd are densities of n pixels of one colour, of length 0.9 to 1.3, with noise.
func crowd(od [3]float64, n int) (all [][3]float64) {
	r := rand.New(rand.NewPCG(5, 6))
	for range n {
		k := 0.9 + 0.4*r.Float64()
		all = append(all, [3]float64{k*od[0] + 0.005*r.NormFloat64(), k*od[1] + 0.005*r.NormFloat64(), k*od[2] + 0.005*r.NormFloat64()})
	}
	return all
}

// Where nuclei are bluer than the profile's, the limits of their shares move by as much; where they are hardly there,
// or look like something else, the limits stay.
func TestLimitsMoveWithTheColour(t *testing.T) {
	p := MSB()
	own := p.Stain.Also[p.Stain.AlsoIndex("nuclei")].OD
	blue := p.Stain.Stains[p.Stain.Index("methyl-blue")].OD
	var turned [3]float64
	var length float64
	for c := range turned {
		turned[c] = 0.8*own[c] + 0.2*blue[c]
		length += turned[c] * turned[c]
	}
	for c := range turned {
		turned[c] /= math.Sqrt(length)
	}
	by := shares(p.Stain, turned)["methyl-blue"] - shares(p.Stain, own)["methyl-blue"]
	if by < 0.03 {
		t.Fatalf("the colour is no bluer: %v", by)
	}
	far := p.Stain.Stains[p.Stain.Index("crystal-scarlet")].OD
	for name, c := range map[string]struct {
		ods  [][3]float64
		move float64
	}{"bluer": {crowd(turned, 2000), by}, "few": {crowd(turned, stain.FewPixels/2), 0}, "red": {crowd(far, 2000), 0}} {
		rules, seen := p.coloured(p.Stain, c.ods)
		got := rules["nucleus"].MaxFraction["methyl-blue"] - p.Rules["nucleus"].MaxFraction["methyl-blue"]
		if math.Abs(got-c.move) > 0.01 || len(seen) != 1 || seen[0].Own != (c.move != 0) {
			t.Errorf("%s: the limit moved by %.3f, want %.3f: %+v", name, got, c.move, seen)
		}
		if rules["nucleus"].MinOD[mean] != p.Rules["nucleus"].MinOD[mean] || rules["rbc"].MinFraction["martius-yellow"] != p.Rules["rbc"].MinFraction["martius-yellow"] {
			t.Errorf("%s: other limits moved", name)
		}
	}
}
