package accuracy

import (
	"math"
	"math/rand/v2"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %g, want %g", what, got, want)
	}
}

func interval(lo, hi float64) *[2]float64 { return &[2]float64{lo, hi} }

func TestAgreementByHand(t *testing.T) {
	a, err := Agree([]Pair{
		{9, 10, interval(8, 10)},       // -10 %, held, half-width 10 %
		{21, 20, interval(20.5, 21.5)}, // +5 %, missed, 2.5 %
		{5, 5, nil},                    // 0 %
		{-11, -10, interval(-12, -10)}, // -10 % of its size, held, 10 %
	})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "bias", a.Bias, -3.75, 1e-12)
	sd := math.Sqrt((6.25*6.25 + 8.75*8.75 + 3.75*3.75 + 6.25*6.25) / 3)
	near(t, "sd", a.SD, sd, 1e-12)
	near(t, "rms", a.RMS, 7.5, 1e-12)
	near(t, "upper limit", a.High, -3.75+1.96*sd, 1e-12)
	near(t, "bias, upper", a.BiasHigh, -3.75+3.182446305*sd/2, 1e-6) // t of 3 degrees, 0.975
	if a.N != 4 || a.Intervals != 3 || a.Covered != 2 {
		t.Errorf("%+v", a)
	}
	near(t, "half-width", a.HalfWidth, 7.5, 1e-12)
	near(t, "ratio", a.WidthRMS, 7.5/math.Sqrt(225.0/3), 1e-12)
	if _, err := Agree([]Pair{{1, 0, nil}}); err == nil {
		t.Error("a relative error of a truth of 0")
	}
	if a, err := Agree(nil); err != nil || a.N != 0 {
		t.Error("nothing is an error")
	}
}

// Reference values by the formula of 1927 in Python 3.11, z = 1.959963984540054.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		k, n   int
		lo, hi float64
	}{{8, 10, 0.490162, 0.943318}, {95, 100, 0.888250, 0.978460}, {0, 5, 0, 0.434482}, {5, 5, 0.565518, 1}, {0, 0, 0, 1}} {
		w := Wilson(c.k, c.n)
		near(t, "lower", w[0], c.lo, 1e-5)
		near(t, "upper", w[1], c.hi, 1e-5)
	}
}

// Normal errors of 2 % with intervals of ±1.96·2 % are held in 95 % of the cases.
func TestCoverageOfNormalErrors(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var pairs []Pair
	for range 4000 {
		v := 100 + 2*r.NormFloat64()
		pairs = append(pairs, Pair{v, 100, interval(v-3.92, v+3.92)})
	}
	a, err := Agree(pairs)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "coverage", float64(a.Covered)/4000, 0.95, 0.012)
	near(t, "ratio", a.WidthRMS, 1.96, 0.08)
}

// row makes a line of voxels: a digit is a class.
func row(s string) *volume.Labels {
	l := volume.New[uint8](volume.Grid{N: [3]int{len(s), 1, 1}})
	for i := range s {
		l.Data[i] = s[i] - '0'
	}
	return l
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name, result, truth string
		want                Found
	}{
		{"alike", "0440444", "0440444", Found{2, 2, 2, 2}},
		{"half of the union", "044440000", "000444000", Found{1, 0, 1, 0}}, // 2 of 5
		{"just half", "04444000", "00044000", Found{1, 1, 1, 1}},           // 2 of 4
		{"merged", "0444444440", "0444404440", Found{2, 1, 1, 1}},          // 4 of 8 and 3 of 8
		{"too small to count, but a partner", "0444000", "0440000", Found{0, 0, 1, 1}},
		{"missed and invented", "0333044400", "0444000000", Found{1, 0, 1, 0}},
	} {
		least := int64(2)
		if c.name == "too small to count, but a partner" {
			least = 3
		}
		got, err := Match(t.Context(), row(c.result), row(c.truth), 4, least, parallel.Options{})
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, want %+v (%v)", c.name, got, c.want, err)
		}
	}
	if _, err := Match(t.Context(), row("04"), row("044"), 4, 1, parallel.Options{}); err == nil {
		t.Error("volumes of two sizes were compared")
	}
	pool := Found{4, 3, 2, 2}.Add(Found{0, 0, 2, 1})
	near(t, "recall", pool.Recall(), 0.75, 1e-12)
	near(t, "precision", pool.Precision(), 0.75, 1e-12)
	near(t, "of nothing", Found{}.Recall(), 1, 0)
}
