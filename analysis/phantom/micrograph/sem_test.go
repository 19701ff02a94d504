package micrograph

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"reflect"
	"slices"
	"testing"

	"explant/volume"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/parallel"
)

func makeSEM(t *testing.T, s SEM) (*image.Gray, []uint8, SEMTruth) {
	t.Helper()
	img, labels, truth, err := s.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return img, labels, truth
}

// sparse is one layer of a few straight fibres of one diameter.
func sparse(d float64) SEM {
	s := DefaultSEM(500, 400, 3)
	s.Layers, s.Cover, s.Branches, s.Waviness, s.DiameterPX, s.SpreadPX = 1, 0.12, 0, 0, d, 0
	s.DataBar, s.Noise, s.Charging = false, false, 0
	return s
}

func TestSEMTruthIsARecountOfItsLabels(t *testing.T) {
	for name, s := range map[string]SEM{"network": DefaultSEM(480, 360, 5), "deposits": DefaultSEM(400, 300, 7).WithDeposits()} {
		_, labels, truth := makeSEM(t, s)
		n := make([]float64, len(truth.Classes))
		for _, l := range labels {
			n[l]++
		}
		field := float64(truth.FieldPX[0] * truth.FieldPX[1])
		sum := 0.0
		for k, class := range truth.Classes {
			if k != int(semBar) && math.Abs(n[k]/field-truth.Shares[k]) > 0.01 {
				t.Errorf("%s: %s is %v of the labels, %v in the truth", name, class, n[k]/field, truth.Shares[k])
			}
			sum += truth.Shares[k]
		}
		if int(n[semBar]) != (s.H-s.FieldH())*s.W || math.Abs(sum-1) > 1e-9 || truth.Open != truth.Share("void") || truth.Share("dragon") != 0 {
			t.Errorf("%s: shares add up to %v, %v pixels of data bar, open %v", name, sum, n[semBar], truth.Open)
		}
		layers := 0.0
		for _, v := range truth.LayerShares {
			layers += v
		}
		if math.Abs(layers-truth.Share("fibrin")) > 1e-9 || truth.LayerShares[3] < truth.LayerShares[0] {
			t.Errorf("%s: layers %v, fibres %v", name, truth.LayerShares, truth.Share("fibrin"))
		}
		if deposits := truth.Share("platelet") * truth.Share("rbc") * truth.Share("fibrin:film"); (deposits > 0) != (name == "deposits") {
			t.Errorf("%s: shares %v", name, truth.Shares)
		}
	}
}

// The diameter is found in the labels: twice the distance to the void on the ridges of the distance map is
// short of it by no more than a pixel, and area over length is it but for the crossings.
func TestSEMDiameterFromTheDistanceTransform(t *testing.T) {
	for _, d := range []float64{6, 14, 30} {
		s := sparse(d)
		_, labels, truth := makeSEM(t, s)
		g := volume.Grid{N: [3]int{s.W, s.H, 1}, Spacing: [3]float64{1, 1, 1}}
		v, err := volume.From(g, labels)
		if err != nil {
			t.Fatal(err)
		}
		var void label.Set
		void[semVoid] = true
		edt, err := distance.To(t.Context(), v, &void, parallel.Options{}, parallel.Discard{})
		if err != nil {
			t.Fatal(err)
		}
		var ridge []float64
		for y := 20; y < s.H-20; y++ {
			for x := 20; x < s.W-20; x++ {
				c := edt.At(x, y, 0)
				if c > 1 && c >= max(edt.At(x-1, y, 0), edt.At(x+1, y, 0), edt.At(x, y-1, 0), edt.At(x, y+1, 0)) {
					ridge = append(ridge, 2*float64(c))
				}
			}
		}
		slices.Sort(ridge)
		if median := ridge[len(ridge)/2]; median > d+0.3 || median < d-1.2 {
			t.Errorf("diameter %v px: %v by the distance transform of %d pixels", d, median, len(ridge))
		}
		if width := truth.Share("fibrin") * float64(s.W*s.H) / truth.Visible.LengthPX; math.Abs(width-d) > 0.06*d {
			t.Errorf("diameter %v px: area over length %v", d, width)
		}
		if v := truth.Visible; v.MedianPX != d || math.Abs(v.MeanPX-d) > 1e-9 || v.SDPX > 1e-6 || math.Abs(v.MeanNM-10*d) > 1e-6 {
			t.Errorf("diameter %v px: truth %+v", d, v)
		}
	}
}

// Truth's diameters are those of its fibres by length, and of the distribution that is asked for.
func TestSEMDiametersFollowTheDistribution(t *testing.T) {
	s := DefaultSEM(500, 400, 4)
	s.DiameterPX, s.SpreadPX, s.Layers = 10, 3, 8
	_, _, truth := makeSEM(t, s)
	var length, mean, plain, square float64
	for _, f := range truth.Fibres {
		length += f.VisiblePX
		mean += f.VisiblePX * f.DiameterPX
		plain += f.DiameterPX
		square += f.DiameterPX * f.DiameterPX
		if f.VisiblePX > f.LengthPX+1e-9 || f.LengthPX <= 0 {
			t.Fatalf("fibre %+v", f)
		}
	}
	if v := truth.Visible; math.Abs(v.LengthPX-length) > 1e-6*length || math.Abs(v.MeanPX-mean/length) > 1e-9*v.MeanPX {
		t.Errorf("truth %+v, its fibres %v px of %v", v, length, mean/length)
	}
	n := float64(len(truth.Fibres))
	plain, square = plain/n, square/n
	if sd := math.Sqrt(square - plain*plain); n < 80 || math.Abs(plain-10) > 4*3/math.Sqrt(n)+0.5 || sd < 2 || sd > 3.5 { // branches are thinner
		t.Errorf("%v fibres with mean %v and sd %v px, asked for 10 and 3", n, plain, sd)
	}
}

// Aligned fibres have the order parameter of their normal distribution, and the gradients of the picture
// say the same direction.
func TestSEMOrientation(t *testing.T) {
	s := sparse(8)
	s.Cover, s.Alignment, s.Layers = 0.3, 1, 2
	img, _, truth := makeSEM(t, s)
	if o, want := truth.Orientation, math.Exp(-2*math.Pow(12*math.Pi/180, 2)); math.Abs(o.S-want) > 0.04 || math.Abs(o.MeanDeg-30) > 5 {
		t.Errorf("S %v at %v degrees, want %v at 30", o.S, o.MeanDeg, want)
	}
	var xx, xy, yy float64
	for y := 1; y < s.H-1; y++ {
		for x := 1; x < s.W-1; x++ {
			gx := float64(img.GrayAt(x+1, y).Y) - float64(img.GrayAt(x-1, y).Y)
			gy := float64(img.GrayAt(x, y-1).Y) - float64(img.GrayAt(x, y+1).Y)
			xx, xy, yy = xx+gx*gx, xy+gx*gy, yy+gy*gy
		}
	}
	if along := math.Mod(math.Atan2(2*xy, xx-yy)*90/math.Pi+270, 180); math.Abs(along-truth.Orientation.MeanDeg) > 4 {
		t.Errorf("the gradients say %v degrees, truth %v", along, truth.Orientation.MeanDeg)
	}
	sum := 0.0
	for _, v := range truth.Orientation.Density {
		sum += v
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("the density adds up to %v", sum)
	}
	s.Alignment, s.Cover, s.Layers = 0, 0.5, 5
	if _, _, truth = makeSEM(t, s); truth.Orientation.S > 0.25 {
		t.Errorf("fibres of any direction have S %v", truth.Orientation.S)
	}
}

// A fibre is brighter at its edges than on its axis, and the variance of the grey levels is that of the
// electrons: contrast² · signal / dose.
func TestSEMEdgesAndShotNoise(t *testing.T) {
	s := sparse(20)
	s.BlurPX, s.Contrast = 0, 100
	calm, labels, _ := makeSEM(t, s)
	s.Noise = true
	noisy, _, _ := makeSEM(t, s)
	var sum, n float64
	for i, v := range calm.Pix {
		e := (float64(v) - s.Black) / s.Contrast
		if e < 0.3 || v > 210 || noisy.Pix[i] == 255 {
			continue
		}
		d := float64(noisy.Pix[i]) - float64(v)
		sum += d * d / (s.Contrast*s.Contrast*e/s.DoseE + 1./6)
		n++
	}
	if ratio := sum / n; math.Abs(ratio-1) > 5*math.Sqrt(2/n) {
		t.Errorf("the variance is %.4f of that of the electrons (%v pixels)", ratio, n)
	}
	var rim, middle, rims, middles float64
	for y := 6; y < s.H-6; y++ {
		for x := 6; x < s.W-6; x++ {
			i := y*s.W + x
			if labels[i] != semFibre {
				continue
			}
			switch {
			case labels[i-1] == semVoid || labels[i+1] == semVoid || labels[i-s.W] == semVoid || labels[i+s.W] == semVoid:
				rim, rims = rim+float64(calm.Pix[i]), rims+1
			case labels[i-6] == semFibre && labels[i+6] == semFibre && labels[i-6*s.W] == semFibre && labels[i+6*s.W] == semFibre:
				middle, middles = middle+float64(calm.Pix[i]), middles+1
			}
		}
	}
	if rim/rims < 1.1*middle/middles {
		t.Errorf("rims have grey %v, the middle %v", rim/rims, middle/middles)
	}
}

func TestSEMScaleBarHasItsLength(t *testing.T) {
	for _, s := range []SEM{DefaultSEM(512, 384, 1), DefaultSEM(700, 300, 1).WithDeposits(), DefaultSEM(64, 64, 1)} {
		img, _, truth := makeSEM(t, s)
		bar := truth.ScaleBar
		white := 0
		for x := range s.W / 32 * 31 {
			if img.GrayAt(x, bar.Y).Y == 255 && x >= bar.X0 && x < bar.X1 {
				white++
			}
		}
		if white != bar.X1-bar.X0 || math.Abs(float64(white)-bar.LengthNM/s.PixelSizeNM) > 0.5 || bar.LengthPX > 0.25*float64(s.W) {
			t.Errorf("%d white columns for %+v", white, bar)
		}
	}
	s := DefaultSEM(100, 80, 1)
	s.DataBar = false
	if _, labels, truth := makeSEM(t, s); truth.ScaleBar != nil || slices.Contains(labels, semBar) || s.FieldH() != 80 {
		t.Error("a data bar that was not asked for")
	}
}

func TestSEMIsTheSameWithAnyNumberOfWorkers(t *testing.T) {
	s := DefaultSEM(330, 270, 5).WithDeposits()
	img, labels, truth, err := s.Make(t.Context(), parallel.Options{Workers: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{2, 8} {
		img2, labels2, truth2, err := s.Make(t.Context(), parallel.Options{Workers: workers, Depth: 5}, nil)
		if err != nil || !reflect.DeepEqual(img, img2) || !reflect.DeepEqual(labels, labels2) || !reflect.DeepEqual(truth, truth2) {
			t.Errorf("%d workers give another field, %v", workers, err)
		}
	}
}

func TestImpossibleSEM(t *testing.T) {
	for name, change := range map[string]func(*SEM){
		"size": func(s *SEM) { s.W = 3 }, "large": func(s *SEM) { s.W, s.H = 1<<14, 1<<14 }, "pixel": func(s *SEM) { s.PixelSizeNM = math.NaN() },
		"diameter": func(s *SEM) { s.DiameterPX = 1 }, "spread": func(s *SEM) { s.SpreadPX = 12 }, "layers": func(s *SEM) { s.Layers = 0 },
		"cover": func(s *SEM) { s.Cover = 1 }, "alignment": func(s *SEM) { s.Alignment = 2 }, "waviness": func(s *SEM) { s.Waviness = -1 },
		"film": func(s *SEM) { s.Film = 0.9 }, "dose": func(s *SEM) { s.DoseE = 0 }, "blur": func(s *SEM) { s.BlurPX = 100 }, "contrast": func(s *SEM) { s.Contrast = 0 },
	} {
		s := DefaultSEM(64, 64, 1)
		change(&s)
		if _, _, _, err := s.Make(t.Context(), parallel.Options{}, nil); !errors.Is(err, ErrPhantom) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, _, err := DefaultSEM(64, 64, 1).Make(ctx, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func ExampleSEM_Make() {
	img, labels, truth, err := DefaultSEM(320, 240, 1).Make(context.Background(), parallel.Options{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(img.Rect.Dx(), "x", img.Rect.Dy(), len(labels), truth.Kind, truth.ScaleBar.Text)
	// Output: 320 x 240 76800 sem 500 nm
}

func BenchmarkSEM(b *testing.B) {
	b.Run("layers=4/px=196608", func(b *testing.B) {
		s := DefaultSEM(512, 384, 1)
		b.SetBytes(512 * 384)
		for b.Loop() {
			if _, _, _, err := s.Make(b.Context(), parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
