package micrograph

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"explant/volume/parallel"
)

func makeIF(t *testing.T, f IF) (*Planes, *Planes, IFTruth) {
	t.Helper()
	img, labels, truth, err := f.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return img, labels, truth
}

// plain is a field without camera, optics and background: counts are electrons of the section.
func plain(f IF) IF {
	f.PSFSigmaUM, f.HazeShare, f.BleedThrough, f.ShiftPX = 0, 0, 0, [2]float64{}
	f.BackgroundE, f.WallE, f.Gain, f.OffsetCounts, f.Noise = [Channels]float64{}, [Channels]float64{}, 1, 0, false
	return f
}

func TestIFTruthIsARecountOfItsLabels(t *testing.T) {
	_, labels, truth := makeIF(t, DefaultIF(400, 380, 4))
	um2 := 0.325 * 0.325
	for k, s := range truth.Structures {
		n, ids := 0, map[uint16]bool{}
		for _, v := range labels.Data[k] {
			if v > 0 {
				n++
				ids[v] = true
			}
		}
		if s.Name != labels.Names[k] || n != s.LabelPX || len(ids) != s.Objects || n == 0 {
			t.Errorf("%s (%s): %d px of %d objects, truth says %+v", labels.Names[k], s.Name, n, len(ids), s)
		}
		if math.Abs(s.AreaPX-float64(n)) > 0.025*s.AreaPX+5 || math.Abs(s.AreaUM2-s.AreaPX*um2) > 1e-6 {
			t.Errorf("%s: %d label pixels where the samples say %v px, %v µm²", s.Name, n, s.AreaPX, s.AreaUM2)
		}
	}
	net, h3, mpo := labels.Plane("net"), labels.Plane("marker:h3cit"), labels.Plane("marker:mpo")
	for i := range net {
		if net[i] > 0 && h3[i] == 0 && mpo[i] == 0 {
			t.Fatalf("pixel %d of a NET carries neither H3Cit nor MPO", i)
		}
	}
	if labels.Plane("dragon") != nil {
		t.Error("a plane that does not exist")
	}
}

// The area by rule holds all of the NETs outside nuclei, and equals a brute-force dilation of the markers.
func TestIFRuleEqualsBruteForce(t *testing.T) {
	f := DefaultIF(300, 280, 9)
	f.NETs, f.Smears = 300, 300
	_, labels, truth := makeIF(t, f)
	near := make([]bool, f.W*f.H)
	for y := range f.H {
		for x := range f.W {
			if labels.Data[ifH3Cit][y*f.W+x] == 0 && labels.Data[ifMPO][y*f.W+x] == 0 {
				continue
			}
			for v := range f.H {
				for u := max(x-2, 0); u < min(x+3, f.W); u++ {
					near[v*f.W+u] = near[v*f.W+u] || math.Hypot(float64(u-x), float64(v-y))*f.PixelSizeUM <= 0.5
				}
			}
		}
	}
	rule, nets := 0, 0
	for i := range near {
		if labels.Data[ifNucleus][i] > 0 {
			continue
		}
		if labels.Data[ifNET][i] > 0 {
			nets++
		}
		if near[i] && (labels.Data[ifNET][i] > 0 || labels.Data[ifCrushed][i] > 0 || labels.Data[ifSmear][i] > 0) {
			rule++
		}
	}
	um2 := f.PixelSizeUM * f.PixelSizeUM
	if got := truth.NETs.RuleUM2; math.Abs(got-float64(rule)*um2) > 1e-9 || rule < nets || nets == 0 {
		t.Errorf("%v µm² by rule, %v by brute force, %v of NETs", got, float64(rule)*um2, float64(nets)*um2)
	}
	if v := truth.NETs.VisibleUM2; math.Abs(v-float64(nets)*um2) > 0.05*v {
		t.Errorf("%v µm² of NETs outside nuclei, %v in the labels", v, float64(nets)*um2)
	}
}

func TestIFHoldsWhatItIsAskedFor(t *testing.T) {
	f := largeIF
	_, _, truth := makeLargeIF(t)
	n := truth.Nuclei
	if n.Intact != n.Lobed+n.Mononuclear || n.TouchingPairs == 0 || n.OverlappingPairs == 0 || n.H3CitPositive == 0 || n.Crushed == 0 || n.Smears == 0 {
		t.Errorf("nuclei %+v", n)
	}
	if want := f.Nuclei * truth.TissueUM2 / 1e6; math.Abs(float64(n.Intact)-want) > 0.02*want+1 {
		t.Errorf("%d intact nuclei, asked for %.1f", n.Intact, want)
	}
	if n.MedianUM2 < 20 || n.MedianUM2 > 60 {
		t.Errorf("the median nucleus has %v µm²", n.MedianUM2)
	}
	w := truth.NETs.WidthUM
	if w[0] < minStrandUM-1e-9 || w[2] > maxStrandUM+1e-9 || w[1] <= w[0] || w[2] < 3 {
		t.Errorf("NET strands are %v µm wide", w)
	}
	if v := truth.NETs; v.N != v.Both+v.H3CitOnly+v.MPOOnly || v.N == 0 || v.Strands < 3*v.N {
		t.Errorf("NETs %+v", v)
	}
	px := 0
	for _, v := range truth.SaturatedPX {
		px += v
	}
	if px == 0 || px > f.W*f.H/1000 {
		t.Errorf("%d pixels are saturated, want a few", px)
	}
}

// The overlap of the truth is what Manders' coefficients give on a section that is seen without optics.
func TestIFOverlapEqualsMandersOnThePlainSection(t *testing.T) {
	img, labels, truth := makeIF(t, plain(DefaultIF(500, 500, 6)))
	there := map[string][]uint16{"H3Cit": labels.Plane("marker:h3cit"), "MPO": labels.Plane("marker:mpo"), "CD61": labels.Plane("platelet"), "fibrin(ogen)": labels.Plane("fibrin")}
	there["DNA"] = make([]uint16, 500*500)
	for _, s := range []string{"nucleus", "nucleus:crushed", "dna:smeared", "net"} {
		for i, v := range labels.Plane(s) {
			there["DNA"][i] = max(there["DNA"][i], v)
		}
	}
	manders := func(a, b string) float64 {
		sum, all := 0.0, 0.0
		for i, v := range img.Plane(a) {
			all += float64(v)
			if there[b][i] > 0 {
				sum += float64(v)
			}
		}
		return sum / all
	}
	for _, o := range truth.Overlap {
		if m1, m2 := manders(o.A, o.B), manders(o.B, o.A); math.Abs(m1-o.M1) > 1e-3 || math.Abs(m2-o.M2) > 1e-3 {
			t.Errorf("%s and %s: %v %v, truth %v %v", o.A, o.B, m1, m2, o.M1, o.M2)
		}
	}
}

func TestIFIsTheSameWithAnyNumberOfWorkers(t *testing.T) {
	f := DefaultIF(330, 270, 5)
	img, labels, truth, err := f.Make(t.Context(), parallel.Options{Workers: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{2, 8} {
		img2, labels2, truth2, err := f.Make(t.Context(), parallel.Options{Workers: workers, Depth: 3}, nil)
		if err != nil || !reflect.DeepEqual(img, img2) || !reflect.DeepEqual(labels, labels2) || !reflect.DeepEqual(truth, truth2) {
			t.Errorf("%d workers give another field, %v", workers, err)
		}
	}
	other, _, _ := makeIF(t, DefaultIF(330, 270, 6))
	if reflect.DeepEqual(img, other) {
		t.Error("another seed gives the same field")
	}
}

func TestImpossibleIF(t *testing.T) {
	for name, change := range map[string]func(*IF){
		"size": func(f *IF) { f.W = -1 }, "large": func(f *IF) { f.W, f.H = 1<<15, 1<<15 }, "control": func(f *IF) { f.Control = "isotype" },
		"pixel": func(f *IF) { f.PixelSizeUM = math.NaN() }, "wall": func(f *IF) { f.WallUM = 200 }, "density": func(f *IF) { f.NETs = math.Inf(1) },
		"many": func(f *IF) { f.W, f.H, f.PixelSizeUM = 8000, 8000, 2 }, "bleed": func(f *IF) { f.BleedThrough = 1 },
		"channel": func(f *IF) { f.Shifted = 5 }, "shift": func(f *IF) { f.ShiftPX[0] = 30 }, "gain": func(f *IF) { f.Gain = 0 },
		"background": func(f *IF) { f.BackgroundE[2] = -1 }, "haze": func(f *IF) { f.HazeSigmaUM = 1e9 },
	} {
		f := DefaultIF(16, 16, 1)
		change(&f)
		if _, _, _, err := f.Make(t.Context(), parallel.Options{}, nil); !errors.Is(err, ErrPhantom) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, _, err := DefaultIF(64, 64, 1).Make(ctx, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for _, n := range []int{1, 3, 17} { // smaller than any object
		makeIF(t, DefaultIF(n, n, 1))
	}
}

func ExampleIF_Make() {
	img, labels, truth, err := DefaultIF(200, 100, 1).Make(context.Background(), parallel.Options{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(img.W, "x", img.H, img.Names, len(labels.Names), "structures", truth.Kind)
	// Output: 200 x 100 [DNA H3Cit MPO fibrin(ogen) CD61] 11 structures if
}

func BenchmarkIF(b *testing.B) {
	b.Run("channels=5/px=262144", func(b *testing.B) {
		f := DefaultIF(512, 512, 1)
		b.SetBytes(512 * 512 * Channels * 2)
		for b.Loop() {
			if _, _, _, err := f.Make(b.Context(), parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
