package prepare

import (
	"math"
	"testing"

	"explant/analysis/phantom"
	"explant/volume"
	"explant/volume/gain"
	"explant/volume/parallel"
	"explant/volume/rings"
)

// scan is the oxygenator phantom of 128 voxels a side, and its truth.
func scan(t *testing.T, change func(*phantom.Oxygenator)) (*volume.Volume[uint16], *volume.Labels) {
	t.Helper()
	o := phantom.DefaultOxygenator(128, 3)
	change(&o)
	v, truth, _, err := o.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v, truth
}

// TestRingsOfThePhantom: scans that differ in rings alone say what is left of them.
func TestRingsOfThePhantom(t *testing.T) {
	clean, truth := scan(t, func(o *phantom.Oxygenator) { o.RingGrey = 0 })
	with, _ := scan(t, func(*phantom.Oxygenator) {})
	found, err := rings.Find(t.Context(), with, rings.Params{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := rings.Remove(t.Context(), with, found, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	before, after := 0.0, 0.0
	var shift, n [256]float64
	for i, g := range clean.Data {
		b, a := float64(with.Data[i])-float64(g), float64(got.Data[i])-float64(g)
		before += b * b
		after += a * a
		shift[truth.Data[i]] += float64(got.Data[i]) - float64(with.Data[i])
		n[truth.Data[i]]++
	}
	t.Logf("rings of %.0f greys, %.0f found in noise of %.0f; %.0f left: %.0f %% of the energy gone", math.Sqrt(before/float64(clean.Len())), found.SD, found.Noise, math.Sqrt(after/float64(clean.Len())), 100*(1-after/before))
	for c, k := range n {
		if k > 0 {
			t.Logf("class %d moved by %+.1f greys", c, shift[c]/k)
		}
	}
	if after > 0.4*before {
		t.Errorf("%.0f %% of the energy is left", 100*after/before)
	}
}

// TestDriftOfThePhantom: levels of polymer in the lowest and the highest slices part by the drift.
func TestDriftOfThePhantom(t *testing.T) {
	v, truth := scan(t, func(o *phantom.Oxygenator) { o.Drift = 0.05 })
	for _, p := range []gain.Params{{AlongZ: true, Classes: 4}, {Classes: 3}} {
		f, err := gain.Find(t.Context(), v, p, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		even, err := gain.Even(t.Context(), v, f, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		before, after := drift(v, truth), drift(even, truth)
		a, b := levelsOf(v, truth), levelsOf(even, truth)
		t.Logf("%+v: gain %.3f to %.3f; housing changes along z by %.1f %%, before %.1f %%; levels %.0f, before %.0f; found %.0f", p, f.Lowest, f.Highest, 100*after, 100*before, b, a, f.Levels)
		if after > 0.3*before {
			t.Errorf("%+v: housing changes by %.2f %% along z, before %.2f %%", p, 100*after, 100*before)
		}
		for c := range a {
			if math.Abs(b[c]/a[c]-1) > 0.03 {
				t.Errorf("class %d: level %g became %g", c, a[c], b[c])
			}
		}
	}
}

// drift is the range of the housing's level over eighths of the height, relative to its mean.
func drift(v *volume.Volume[uint16], truth *volume.Labels) float64 {
	lo, hi := math.Inf(1), 0.0
	for k := range 8 {
		sum, n := 0.0, 0.0
		for z := k * v.N[2] / 8; z < (k+1)*v.N[2]/8; z++ {
			for i, c := range truth.Slice(z) {
				if c == 3 {
					sum += float64(v.Slice(z)[i])
					n++
				}
			}
		}
		lo, hi = math.Min(lo, sum/n), math.Max(hi, sum/n)
	}
	return 2 * (hi - lo) / (hi + lo)
}

// levelsOf are the mean greys of the first five classes.
func levelsOf(v *volume.Volume[uint16], truth *volume.Labels) (mean [5]float64) {
	var n [5]float64
	for i, c := range truth.Data {
		if c < 5 {
			mean[c] += float64(v.Data[i])
			n[c]++
		}
	}
	for c := range mean {
		mean[c] /= math.Max(n[c], 1)
	}
	return mean
}
