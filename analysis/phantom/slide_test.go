package phantom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"explant/analysis/stain"
	"explant/volume/parallel"
)

func TestSlideDoesNotDependOnWorkers(t *testing.T) {
	for _, kind := range SlideKinds {
		s := DefaultSlide(kind, 150, 90, 3)
		s.PixelSizeUM = 2
		want, labels, truth, err := s.Make(t.Context(), parallel.Options{Workers: 1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, again, other, err := s.Make(t.Context(), parallel.Options{Workers: 8, Depth: 5}, nil)
		if err != nil || !bytes.Equal(got.Pix, want.Pix) || !bytes.Equal(again, labels) || fmt.Sprint(other) != fmt.Sprint(truth) {
			t.Errorf("%s: 1 and 8 workers differ, error %v", kind, err)
		}
		s.Seed++
		if next, _, _, _ := s.Make(t.Context(), parallel.Options{}, nil); bytes.Equal(next.Pix, want.Pix) {
			t.Errorf("%s: two seeds give the same slide", kind)
		}
	}
}

func TestSlideTruthAddsUp(t *testing.T) {
	for _, kind := range SlideKinds {
		s := DefaultSlide(kind, 400, 400, 5)
		s.PixelSizeUM = 2
		_, labels, truth, err := s.Make(t.Context(), parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var px, tissue, percent float64
		count := make([]float64, len(truth.Classes))
		for _, l := range labels {
			count[l]++
		}
		for i, a := range truth.Areas {
			px += a.PX
			percent += a.TissuePercent
			if a.TissuePercent > 0 {
				tissue += a.PX
			}
			if d := math.Abs(a.PX - count[i]); d > 0.01*truth.RegionPX { // labels round coverage to whole pixels
				t.Errorf("%s: %s covers %.0f px, its labels %.0f", kind, a.Class, a.PX, count[i])
			}
			if math.Abs(a.MM2-a.PX*4e-6) > 1e-12 {
				t.Errorf("%s: %s has %v mm² and %v px of 2 µm", kind, a.Class, a.MM2, a.PX)
			}
		}
		if px != truth.RegionPX || tissue != truth.TissuePX || math.Abs(percent-100) > 1e-9 {
			t.Errorf("%s: areas add up to %v of %v px, tissue to %v of %v, %v %%", kind, px, truth.RegionPX, tissue, truth.TissuePX, percent)
		}
		for _, class := range []string{"rbc", "fibrin", "leukocyte", "nucleus", "collagen", "other", "excluded:fibre", "excluded:fold", "excluded:bubble", "excluded:ink"} {
			if truth.Area(class).PX == 0 {
				t.Errorf("%s: no %s on the slide", kind, class)
			}
		}
	}
}

// Without noise and with even light, a pixel that lies in one class has exactly the colour of its stains,
// up to the texture's factor: its density has the direction of the class.
func TestSlideObeysBeerLambert(t *testing.T) {
	s := DefaultSlide(SlidePSR, 300, 300, 2)
	s.NoiseGrey, s.Unevenness, s.Clean, s.Texture = 0, 0, true, 0
	im, labels, truth, err := s.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var want [3]float64
	for k, a := range slideAmounts[SlidePSR][slideRBC] {
		for ch := range want {
			want[ch] += a * truth.StainVector[k].OD[ch]
		}
	}
	exact, cells := 0, 0
	for i, l := range labels {
		if l != slideRBC {
			continue
		}
		cells++
		same := true
		for ch := range want {
			same = same && math.Abs(float64(im.Pix[4*i+ch])-s.GlassGrey[ch]*math.Pow(10, -want[ch])) <= 0.5
		}
		if same {
			exact++
		}
	}
	if cells == 0 || float64(exact) < 0.5*float64(cells) { // the rest are edges of cells
		t.Errorf("%d of %d red-cell pixels have the colour of red cells", exact, cells)
	}
}

func TestSlideStainsAreTurnedByNoMoreThanTheJitter(t *testing.T) {
	for seed := range uint64(20) {
		s := DefaultSlide(SlideDAB, 8, 8, seed)
		_, _, truth, err := s.Make(t.Context(), parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		p, _ := stain.Builtin("hdab")
		for k, v := range truth.StainVector {
			var dot, norm float64
			for ch := range v.OD {
				dot += v.OD[ch] * p.Stains[k].OD[ch]
				norm += v.OD[ch] * v.OD[ch]
			}
			if a := math.Acos(min(dot, 1)) * 180 / math.Pi; a > s.JitterDeg+1e-6 || math.Abs(norm-1) > 1e-6 {
				t.Errorf("seed %d: %s is turned by %.2f degrees, length² %v", seed, v.Name, a, norm)
			}
		}
	}
}

func TestSlideAsJPEGIsCloseToTheSlide(t *testing.T) {
	s := DefaultSlide(SlideMSB, 200, 200, 1)
	plain, _, _, err := s.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.JPEGQuality = 90
	lossy, _, _, err := s.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for i := range plain.Pix {
		sum += math.Abs(float64(plain.Pix[i]) - float64(lossy.Pix[i]))
	}
	if mean := sum / float64(len(plain.Pix)); mean == 0 || mean > 6 {
		t.Errorf("JPEG changes a sample by %.2f grey levels on average", mean)
	}
}

func TestImpossibleSlides(t *testing.T) {
	for name, change := range map[string]func(*Slide){
		"kind": func(s *Slide) { s.Kind = "giemsa" }, "size": func(s *Slide) { s.W = 0 }, "pixel": func(s *Slide) { s.PixelSizeUM = math.NaN() },
		"wall": func(s *Slide) { s.WallUM = 300 }, "pitch": func(s *Slide) { s.PitchUM = 100 }, "many": func(s *Slide) {
			s.W, s.H, s.PixelSizeUM, s.FibreOuterUM, s.WallUM, s.PitchUM = 30000, 30000, 20, 20, 5, 20
		}, "jitter": func(s *Slide) { s.JitterDeg = 90 },
		"light": func(s *Slide) { s.Unevenness = 1 }, "glass": func(s *Slide) { s.GlassGrey[1] = 0 }, "jpeg": func(s *Slide) { s.JPEGQuality = 101 },
	} {
		s := DefaultSlide(SlideDAB, 16, 16, 1)
		change(&s)
		if _, _, _, err := s.Make(t.Context(), parallel.Options{}, nil); !errors.Is(err, ErrPhantom) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, _, err := DefaultSlide(SlideDAB, 64, 64, 1).Make(ctx, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func ExampleSlide_Make() {
	s := DefaultSlide(SlidePSR, 300, 200, 1)
	im, labels, truth, err := s.Make(context.Background(), parallel.Options{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(im.Rect.Dx(), "x", im.Rect.Dy(), len(labels), truth.Kind, len(truth.StainVector), "stains")
	// Output: 300 x 200 60000 slide-psr 3 stains
}

func BenchmarkSlide(b *testing.B) {
	for _, kind := range SlideKinds {
		b.Run("kind="+kind+"/px=65536", func(b *testing.B) {
			s := DefaultSlide(kind, 256, 256, 1)
			b.SetBytes(3 * 256 * 256)
			for b.Loop() {
				if _, _, _, err := s.Make(b.Context(), parallel.Options{}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
