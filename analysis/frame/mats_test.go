package frame

import (
	"errors"
	"math"
	"testing"
)

// stack draws mats of round fibres as columns: the share of fibre at a height h over a mat's middle is that
// of chords, sqrt(1 - (h/r)²).
type stack struct {
	middles []float64 // bins from the first
	r       float64   // bins
	tilt    [2]float64
	level   float64 // fibre that is everywhere
}

func (s stack) columns(bins int, step float64) Columns {
	const side, wide, voxels = 12, 10.0, 1000 // columns along v and w, bins each, voxels a bin
	c := Columns{Step: step, Bins: bins, High: float64(bins) * step}
	for i := range side * side {
		at := [2]float64{(float64(i%side) - (side-1)/2.0) * wide, (float64(i/side) - (side-1)/2.0) * wide}
		fibre, inside := make([]int64, bins), make([]int64, bins)
		for b := range bins {
			share := s.level
			for _, m := range s.middles {
				if h := (float64(b) + 0.5 - m - at[0]*s.tilt[0] - at[1]*s.tilt[1]) / s.r; math.Abs(h) < 1 {
					share = max(share, 0.76*math.Sqrt(1-h*h))
				}
			}
			fibre[b], inside[b] = int64(share*voxels), voxels
		}
		c.At = append(c.At, [2]float64{at[0] * step, at[1] * step})
		c.Fibre, c.Inside = append(c.Fibre, fibre), append(c.Inside, inside)
	}
	return c
}

func TestMatsOfAStack(t *testing.T) {
	for name, s := range map[string]stack{
		"loose":    {middles: []float64{20, 50, 85, 110}, r: 9.5},
		"touching": {middles: []float64{20, 39, 58, 77}, r: 9.5},
		"tilted":   {middles: []float64{24, 46, 68, 90}, r: 9.5, tilt: [2]float64{0.05, -0.03}},
		"steep":    {middles: []float64{40, 62, 84}, r: 9.5, tilt: [2]float64{-0.12, 0.08}},
		"threads":  {middles: []float64{20, 41, 62, 83}, r: 9.5, level: 0.05},
	} {
		const step = 0.02
		got, err := FindMats(s.columns(128, step))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(got.Mats) != len(s.middles) {
			t.Errorf("%s: %d mats, want %d", name, len(got.Mats), len(s.middles))
			continue
		}
		for i, m := range got.Mats {
			from, to := m.From.MM/step-(s.middles[i]-s.r), m.To.MM/step-(s.middles[i]+s.r)
			if math.Abs(from) > 1 || math.Abs(to) > 1 || !(m.From.Uncertainty > 0) || m.Cut() {
				t.Errorf("%s: mat %d is off by %.2f and %.2f bins: %+v", name, i+1, from, to, m)
			}
		}
		for k := range 2 {
			if math.Abs(got.Tilt[k]-s.tilt[k]) > 0.01 {
				t.Errorf("%s: tilt %v, want %v", name, got.Tilt, s.tilt)
			}
		}
		if got.Faint > 0.5 || got.Fused != 0 {
			t.Errorf("%s: gaps hold %.2f, %d mats are fused", name, got.Faint, got.Fused)
		}
	}
}

func TestMatsThatTheScanCuts(t *testing.T) {
	for _, c := range []struct {
		first float64 // middle of a mat at the end
		want  int
	}{{1, 4}, {-3, 3}, {10, 4}} {
		got, err := FindMats(stack{middles: []float64{c.first, c.first + 21, c.first + 42, c.first + 63}, r: 9.5}.columns(100, 1))
		if err != nil || len(got.Mats) != c.want {
			t.Errorf("first mat at %g: %d mats, want %d (%v)", c.first, len(got.Mats), c.want, err)
			continue
		}
		if got.Mats[0].Cut() != (c.first == 1) || c.first == 1 && got.Mats[0].From != (Face{End: true}) {
			t.Errorf("first mat at %g: %+v", c.first, got.Mats[0])
		}
	}
}

func TestStacksThatAreNotClear(t *testing.T) {
	const bins = 100
	if _, err := FindMats(stack{level: 0.5}.columns(bins, 1)); !errors.Is(err, ErrOneMass) {
		t.Errorf("a block of fibre: %v", err)
	}
	if _, err := FindMats(stack{}.columns(bins, 1)); !errors.Is(err, ErrNoFibre) {
		t.Errorf("no fibre: %v", err)
	}
	if _, err := FindMats(Columns{}); !errors.Is(err, ErrNoFibre) {
		t.Errorf("nothing: %v", err)
	}
	got, err := FindMats(stack{middles: []float64{50}, r: 9.5}.columns(bins, 1))
	if err != nil || len(got.Mats) != 1 || !math.IsNaN(got.Faint) {
		t.Errorf("one mat: %+v, %v", got, err)
	}
	got, err = FindMats(stack{middles: []float64{15, 36, 52, 73}, r: 9.5}.columns(bins, 1)) // the middle two interlock
	if err != nil || len(got.Mats) != 4 && got.Fused == 0 {
		t.Errorf("interlocked mats: %+v, %v", got, err)
	}
	got, err = FindMats(stack{middles: []float64{15, 36, 57, 78}, r: 9.5, level: 0.45}.columns(bins, 1))
	if err != nil || got.Faint < 0.5 {
		t.Errorf("gaps full of fibre: %+v, %v", got, err)
	}
}

func TestPeaks(t *testing.T) {
	for _, c := range []struct {
		a    []float64
		want int
	}{{nil, 0}, {[]float64{1, 1, 1}, 0}, {[]float64{0, 1, 0}, 1}, {[]float64{0, 1, 0.9, 1, 0}, 1}, {[]float64{1, 0, 1}, 2}, {[]float64{0, 3, 1, 2, 0, math.NaN()}, 2}} {
		if got := peaks(c.a, 0.5); len(got) != c.want {
			t.Errorf("%v has peaks at %v, want %d", c.a, got, c.want)
		}
	}
}

func BenchmarkFindMats(b *testing.B) {
	c := stack{middles: []float64{20, 41, 62, 83, 104, 125, 146, 167, 188, 209, 230}, r: 9.5, tilt: [2]float64{0.02, 0.01}}.columns(256, 0.02)
	b.Run("columns=144/bins=256", func(b *testing.B) {
		b.SetBytes(int64(len(c.At) * c.Bins * 16))
		for b.Loop() {
			if _, err := FindMats(c); err != nil {
				b.Fatal(err)
			}
		}
	})
}
