package focal

import (
	"math"
	"slices"
	"testing"

	"explant/volume/parallel"
)

func TestTruthIsWhatTheSolidsHold(t *testing.T) {
	s := Default(96, 4)
	s.Touching, s.NETs = 0, 0
	img, truth, err := s.Make(t.Context(), parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	closed := 0.0 // ellipsoids, and balls, in closed form
	all := s.place()
	for _, n := range all.nuclei {
		closed += 4.0 / 3 * math.Pi * n.half[0] * n.half[1] * n.half[2]
	}
	if got := truth.UM3["nucleus"]; math.Abs(got/closed-1) > 0.01 {
		t.Errorf("nuclei hold %.5g µm³, in closed form %.5g", got, closed)
	}
	closed = 0
	for _, b := range all.platelets {
		closed += 4.0 / 3 * math.Pi * b.radius * b.radius * b.radius
	}
	if got := truth.UM3["platelet"]; math.Abs(got/closed-1) > 0.05 {
		t.Errorf("platelets hold %.5g µm³, in closed form %.5g", got, closed)
	}
	seen := map[uint16]bool{}
	for _, n := range img.Number {
		seen[n] = true
	}
	if len(seen)-1 != truth.Nuclei || truth.Nuclei != len(all.nuclei) {
		t.Errorf("%d nuclei in the labels, %d in the truth", len(seen)-1, truth.Nuclei)
	}
}

func TestStrandIsACapsule(t *testing.T) {
	s := Default(64, 1)
	one := strand{a: point{8, 8, 5}, b: point{12, 11, 9}, radius: 1.2}
	cover, err := s.cover(t.Context(), []solid{one.solid(), one.solid()}, parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, v := range cover {
		sum += float64(v)
	}
	sum *= s.SpacingUM[0] * s.SpacingUM[1] * s.SpacingUM[2]
	want := math.Pi*sq(one.radius)*one.b.plus(one.a, -1).length() + 4.0/3*math.Pi*one.radius*sq(one.radius)
	if math.Abs(sum/want-1) > 0.02 {
		t.Errorf("a strand painted twice holds %.4g µm³, a capsule %.4g", sum, want)
	}
}

func sq(v float64) float64 { return v * v }

func TestNETsKeepClearOfNuclei(t *testing.T) {
	all := Default(160, 2).place()
	for _, net := range all.nets {
		for _, piece := range net[1:] {
			for _, n := range all.nuclei {
				if d := piece.b.plus(n.center, -1).length(); d < n.reach()+piece.radius+1 {
					t.Fatalf("a strand ends %.3g µm from the middle of a nucleus that reaches %.3g", d, n.reach())
				}
			}
		}
	}
}

func TestSameVoxelsWithAnyNumberOfWorkers(t *testing.T) {
	s := Default(64, 9)
	a, _, err := s.Make(t.Context(), parallel.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := s.Make(t.Context(), parallel.Options{Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	for ch := range Channels {
		if !slices.Equal(a.Counts[ch], b.Counts[ch]) {
			t.Errorf("channel %s differs", ChannelNames[ch])
		}
	}
}

func TestControlHasNoSpecificStain(t *testing.T) {
	img, truth, err := Default(64, 3).As(true).Make(t.Context(), parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if truth.NETs != 0 || truth.UM3["platelet"] != 0 || truth.Nuclei == 0 {
		t.Errorf("a control with %d nuclei, %d NETs, %g µm³ of platelets", truth.Nuclei, truth.NETs, truth.UM3["platelet"])
	}
	s := img.Stack
	most := s.Offset + s.Gain*(s.Background*(1+s.Gradient)+8*math.Sqrt(s.Background+s.ReadE*s.ReadE))
	if top := slices.Max(img.Counts[MPO]); float64(top) > most {
		t.Errorf("a count of %d in a channel without stain", top)
	}
}

func TestTooSmallAStackIsRefused(t *testing.T) {
	s := Default(64, 1)
	s.N[2] = 3
	if _, _, err := s.Make(t.Context(), parallel.Options{}); err == nil {
		t.Error("three planes hold no nucleus of 6 µm")
	}
}

func BenchmarkMake(b *testing.B) {
	s := Default(96, 1)
	b.Run("n=96x96x24", func(b *testing.B) {
		b.SetBytes(int64(2 * Channels * s.Grid().Len()))
		for b.Loop() {
			if _, _, err := s.Make(b.Context(), parallel.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
