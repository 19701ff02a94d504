package rescan

import (
	"errors"
	"math"
	"slices"
	"testing"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

var usual = Physics{PSFVoxels: 0.8, NoiseVoid: 1600, NoiseDeposit: 2500, Correlation: 0.5}

// balls are deposit about the nodes of a lattice in void, above a slab of polymer.
func balls(n [3]int, radius float64) *segment.Segmentation {
	l := volume.New[uint8](volume.Grid{N: n, Spacing: [3]float64{0.02, 0.02, 0.02}})
	for i := range l.Data {
		x, y, z := i%n[0], i/n[0]%n[1], i/n[0]/n[1]
		d := func(v int) float64 { return math.Mod(float64(v), 17.3) - 8.65 } // off the voxels, each in its way
		switch {
		case z < 4:
			l.Data[i] = segment.Polymer
		case d(x)*d(x)+d(y)*d(y)+d(z)*d(z) < radius*radius:
			l.Data[i] = segment.Deposit
		}
	}
	nan := math.NaN()
	return &segment.Segmentation{Labels: l, Levels: [segment.ClassCount]float64{6000, nan, 20000, nan, 29000, nan}}
}

// threshold finds deposit by grey alone.
func threshold(grey *volume.Volume[uint16], cut uint16) *volume.Labels {
	out := volume.New[uint8](grey.Grid)
	for i, g := range grey.Data {
		if g > cut {
			out.Data[i] = segment.Deposit
		}
	}
	return out
}

func scanned(t *testing.T, s *segment.Segmentation, o parallel.Options) (*volume.Volume[uint16], *volume.Labels) {
	t.Helper()
	grey, truth, err := Scan(t.Context(), s, s.Box(), usual, 1, o)
	if err != nil {
		t.Fatal(err)
	}
	return grey, truth
}

// The block has the scan's levels and noise: void at 10000, deposit at 30000, sd in units of the contrast.
func TestScanHasTheLevelsAndTheNoise(t *testing.T) {
	s := balls([3]int{48, 48, 48}, 0)
	for i := range s.Labels.Data {
		s.Labels.Data[i] = segment.Void
		if i%48 >= 24 {
			s.Labels.Data[i] = segment.Deposit
		}
	}
	grey, _ := scanned(t, s, parallel.Options{})
	for _, side := range []struct {
		from, to int
		mean, sd float64
	}{{0, 20, 10000, 1600 * 20000.0 / 23000}, {28, 48, 30000, 2500 * 20000.0 / 23000}} {
		var sum, square, cross, n float64
		for i, g := range grey.Data {
			if x := i % 48; x >= side.from && x < side.to-1 {
				a, b := float64(g)-side.mean, float64(grey.Data[i+1])-side.mean
				sum, square, cross, n = sum+a, square+a*a, cross+a*b, n+1
			}
		}
		if m := sum / n; math.Abs(m) > 120 {
			t.Errorf("grey %g is off by %.0f", side.mean, m)
		}
		if sd := math.Sqrt(square / n); math.Abs(sd/side.sd-1) > 0.03 {
			t.Errorf("sd %.0f at %g, want %.0f", sd, side.mean, side.sd)
		}
		if c := cross / square; math.Abs(c-0.5) > 0.03 {
			t.Errorf("correlation %.3f", c)
		}
	}
}

// A threshold half-way up finds a blurred ball of radius r with its border σ²/r too far inside. The block says
// so, by less: its balls are made of whole voxels, and a voxel gives way only where the shift reaches its centre.
func TestOutcomeTellsTheBiasOfAThreshold(t *testing.T) {
	const radius = 5.5
	s := balls([3]int{96, 96, 96}, radius)
	s.Levels[segment.Polymer] = 7000 // far below the threshold
	quiet := Physics{PSFVoxels: 0.8, NoiseVoid: 80, NoiseDeposit: 120, Correlation: 0.5}
	grey, truth, err := Scan(t.Context(), s, s.Box(), quiet, 1, parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out := Compare(truth, threshold(grey, 20000))
	var was, is int64
	for _, p := range out.Parts {
		was, is = was+p.Deposit, is+p.DepositAgain
	}
	sigma2 := 0.8*0.8 + 1.0/12
	ball := math.Pow(1-sigma2/radius/radius, 3) - 1 // -0.07
	if got := float64(is)/float64(was) - 1; got < ball || got > ball/10 {
		t.Errorf("bias %.3f, a blurred ball has %.3f", got, ball)
	}
	area := float64(out.Faces) * 2 / 3
	if want := float64(was) * 3 / radius; math.Abs(area/want-1) > 0.12 {
		t.Errorf("%.0f faces for a surface of %.0f", area, want)
	}
	same := Compare(truth, truth)
	for _, p := range same.Parts {
		if p.Deposit != p.DepositAgain || p.BloodSide != p.BloodSideAgain {
			t.Fatalf("%+v of equal labels", p)
		}
	}
}

func TestCompareCountsPartByPart(t *testing.T) {
	truth, again := volume.New[uint8](volume.Grid{N: [3]int{8, 8, 8}}), volume.New[uint8](volume.Grid{N: [3]int{8, 8, 8}})
	for i := range 512 {
		truth.Data[i], again.Data[i] = segment.Polymer, segment.Polymer
	}
	set := func(x, y, z int, was, is uint8) {
		truth.Data[truth.Offset(x, y, z)], again.Data[truth.Offset(x, y, z)] = was, is
	}
	set(0, 0, 0, segment.Deposit, segment.Deposit) // part 0
	set(1, 0, 0, segment.Void, segment.Deposit)
	set(7, 7, 7, segment.Deposit, segment.Void) // part 7
	set(6, 7, 7, segment.Deposit, segment.Polymer)
	set(2, 0, 0, segment.Void, segment.Void)
	out := Compare(truth, again)
	want := Outcome{Faces: 3 + 5} // of one voxel in a corner, and of two beside each other in another
	for i := range want.Parts {
		want.Parts[i].Polymer = 64
	}
	want.Parts[0] = Part{Deposit: 1, DepositAgain: 2, BloodSide: 3, BloodSideAgain: 3, Polymer: 61}
	want.Parts[7] = Part{Deposit: 2, BloodSide: 2, BloodSideAgain: 1, Polymer: 62}
	for i, p := range out.Parts {
		if p != want.Parts[i] {
			t.Errorf("part %d: %+v, want %+v", i, p, want.Parts[i])
		}
	}
	if out.Faces != want.Faces {
		t.Errorf("%d faces", out.Faces)
	}
}

func TestScanDoesNotDependOnWorkers(t *testing.T) {
	s := balls([3]int{40, 36, 32}, 5)
	one, _ := scanned(t, s, parallel.Options{Workers: 1})
	many, _ := scanned(t, s, parallel.Options{Workers: 8, Depth: 3})
	if !slices.Equal(one.Data, many.Data) {
		t.Error("the number of workers changes the block")
	}
}

func TestScansThatCannotBeMadeAgain(t *testing.T) {
	s := balls([3]int{24, 24, 24}, 5)
	for name, change := range map[string]func(*segment.Segmentation, *Physics){
		"no noise":     func(_ *segment.Segmentation, p *Physics) { p.NoiseVoid = 0 },
		"no blur":      func(_ *segment.Segmentation, p *Physics) { p.PSFVoxels = math.NaN() },
		"dark deposit": func(s *segment.Segmentation, _ *Physics) { s.Levels[segment.Deposit] = 5000 },
		"no polymer":   func(s *segment.Segmentation, _ *Physics) { s.Levels[segment.Polymer] = math.NaN() },
		"no deposit":   func(s *segment.Segmentation, _ *Physics) { s.Levels[segment.Deposit] = math.NaN() },
	} {
		c, ph := *s, usual
		change(&c, &ph)
		if _, _, err := Scan(t.Context(), &c, c.Box(), ph, 1, parallel.Options{}); !errors.Is(err, ErrPhysics) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Of a long volume whose deposit grows along x the block in the middle is like the whole.
func TestPickTakesATypicalBlock(t *testing.T) {
	l := volume.New[uint8](volume.Grid{N: [3]int{5 * Edge, 20, 30}})
	for i := range l.Data {
		if x := i % l.N[0]; (i*7919)%(5*Edge) < x {
			l.Data[i] = segment.Deposit
		}
	}
	box, err := Pick(t.Context(), l, segment.Box{Max: l.N}, parallel.Options{})
	if err != nil || box.Max[0]-box.Min[0] != Edge || box.Min[1] != 0 || box.Max[2] != 30 {
		t.Fatalf("%+v: %v", box, err)
	}
	if middle := box.Min[0] + Edge/2; middle < 2*Edge || middle > 3*Edge {
		t.Errorf("block about %d of %d", middle, l.N[0])
	}
	small := segment.Box{Min: [3]int{3, 2, 1}, Max: [3]int{33, 19, 30}}
	if box, err = Pick(t.Context(), l, small, parallel.Options{}); err != nil || box != small {
		t.Errorf("of a small box %+v", box)
	}
}

func BenchmarkScan(b *testing.B) {
	b.Run("n=128", func(b *testing.B) {
		s := balls([3]int{128, 128, 128}, 6)
		b.SetBytes(int64(len(s.Labels.Data)))
		for b.Loop() {
			if _, _, err := Scan(b.Context(), s, s.Box(), usual, 1, parallel.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
