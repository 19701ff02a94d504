package sem

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"explant/analysis/opencv"
	"explant/volume/parallel"
)

// straight is a picture of one straight fibre through the middle: grey 30 beside it, 110 inside, rims like the inverse cosine of
// the tilt of a round surface times rim, blurred by sigma px, and noise. Each pixel is a sum over strips of the fibre.
func straight(w, h int, width, degrees, rim, sigma, noise float64) opencv.Plane {
	p := opencv.Plane{W: w, H: h, Pix: make([]float32, w*h)}
	r := rand.New(rand.NewPCG(1, 2))
	sin, cos := math.Sincos(degrees * math.Pi / 180) // counterclockwise, y down
	const strips = 60
	for i := range p.Pix {
		x, y := float64(i%w)-float64(w)/2+0.3, float64(i/w)-float64(h)/2-0.2
		d := x*sin + y*cos
		v := 30.0
		if math.Abs(d) < width/2+6*sigma+1 {
			for k := range strips {
				t := (2*float64(k)+1)/strips - 1
				light := 80 + rim*(1/math.Sqrt(1-0.92*t*t)-1)
				at := t * width / 2
				v += light * (phi((at+width/strips/2-d)/sigma) - phi((at-width/strips/2-d)/sigma))
			}
		}
		p.Pix[i] = float32(v + noise*r.NormFloat64())
	}
	return p
}

func everywhere(p opencv.Plane) []bool {
	in := make([]bool, len(p.Pix))
	for i := range in {
		in[i] = true
	}
	return in
}

// A straight fibre of a known width at a known angle, with flat and with bright-rimmed profiles. The blur is found to
// about a fifth, which moves an edge by as much of it: 0.3 px or 2 % are allowed.
func TestStraightFibreHasItsWidthAndAngle(t *testing.T) {
	for _, width := range []float64{8, 13.3, 25} {
		for _, degrees := range []float64{0, 17, 135} {
			for _, rim := range []float64{0, 60} {
				name := fmt.Sprintf("width=%g/angle=%g/rim=%g", width, degrees, rim)
				p := straight(160, 150, width, degrees, rim, 1, 2)
				all, blur, err := fibres(t.Context(), p, everywhere(p), parallel.Options{}, parallel.Discard{})
				if err != nil || len(all) == 0 {
					t.Fatalf("%s: %d places, %v", name, len(all), err)
				}
				var d diameters
				for _, a := range all {
					d.add(a.px, a.length)
					if lean := apart(a.angle, turned(-degrees*math.Pi/180)) * 180 / math.Pi; lean > 2 {
						t.Errorf("%s: a place leans by %.2f degrees", name, lean)
					}
				}
				if got := d.quantile(0.5); math.Abs(got-width) > max(0.3, 0.02*width) {
					t.Errorf("%s: %.2f px wide with a blur of %.2f", name, got, blur)
				}
			}
		}
	}
}

// The place of a crossing is no place to measure a fibre.
func TestJunctionsAreLeftOut(t *testing.T) {
	a, b := straight(200, 180, 12, 20, 30, 1, 0), straight(200, 180, 12, 100, 30, 1, 0)
	for i, v := range b.Pix {
		a.Pix[i] = max(a.Pix[i], v)
	}
	all, _, err := fibres(t.Context(), a, everywhere(a), parallel.Options{}, parallel.Discard{})
	if err != nil || len(all) < 8 {
		t.Fatalf("%d places, %v", len(all), err)
	}
	for _, f := range all {
		if d := math.Hypot(f.x-99.7, f.y-90.2); d < 6 {
			t.Errorf("a fibre was measured %.1f px from the crossing", d)
		}
		if math.Abs(f.px-12) > 0.5 {
			t.Errorf("%.2f px at %.0f, %.0f, want 12", f.px, f.x, f.y)
		}
	}
}

// The parts of the model add up as they should: box, sides and rims against sums over many strips.
func TestShapesOfTheModel(t *testing.T) {
	s := fibreShapes()
	for _, half := range []float64{4, 7.3} {
		for _, blur := range []float64{0.5, 1.1} {
			for x := -14.0; x < 14; x += 0.7 {
				v := s.parts(x, half, blur)
				if sum := v[0] + v[1] + v[2]; math.Abs(sum-1) > 1e-3 {
					t.Errorf("at %v the sides and the inside sum up to %v", x, sum)
				}
				want := [2]float64{}
				const strips = 4000
				for k := range strips {
					u := ((2*float64(k)+1)/strips - 1)
					w := math.Exp(-math.Pow((u*half-x)/blur, 2)/2) / math.Sqrt(2*math.Pi) / blur * 2 * half / strips
					want[0] += w
					want[1] += w * (1/math.Sqrt(1-steepest*u*u) - 1)
				}
				if math.Abs(v[2]-want[0]) > 0.005 || math.Abs(v[4]-want[1]) > 0.02 {
					t.Errorf("half %v blur %v at %.1f: inside %.4f rim %.4f, want %.4f %.4f", half, blur, x, v[2], v[4], want[0], want[1])
				}
			}
		}
	}
}

func TestSameFibresWithAnyNumberOfWorkers(t *testing.T) {
	p := straight(300, 200, 10, 33, 40, 1, 8)
	first, blur, err := fibres(t.Context(), p, everywhere(p), parallel.Options{Workers: 1}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{2, 8} {
		all, b, err := fibres(t.Context(), p, everywhere(p), parallel.Options{Workers: workers}, parallel.Discard{})
		if err != nil || b != blur || fmt.Sprint(all) != fmt.Sprint(first) {
			t.Errorf("%d workers find other fibres, %v", workers, err)
		}
	}
}
