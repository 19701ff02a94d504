package stain

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

// exact allows for the rounding of a 3 x 3 inverse in double precision.
const exact = 1e-12

func TestEveryBuiltinProfileIsUsable(t *testing.T) {
	for _, name := range Names() {
		p, err := Builtin(name)
		if err != nil {
			t.Fatal(err)
		}
		if p.Name != name || p.Angle() <= Collinear || p.Title == "" {
			t.Errorf("%s: named %q, %q, stains %.1f degrees apart", name, p.Name, p.Title, p.Angle())
		}
	}
	if _, err := Builtin("carmine"); err == nil || !strings.Contains(err.Error(), "hdab") {
		t.Errorf("an unknown profile gives %v, which names no choice", err)
	}
}

// Amounts that are composed by Beer-Lambert must come back exactly, as long as levels are not rounded.
func TestUnmixingInvertsComposition(t *testing.T) {
	i0 := [3]float64{246.0, 243.2, 249.4}
	for _, name := range Names() {
		p, _ := Builtin(name)
		u, err := p.Unmixing()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range [][3]float64{{}, {1, 0, 0}, {0, 1, 0}, {0.3, 0.7, 0}, {1.1, 0.2, 0.05}, {0.01, 0.02, -0.1}} {
			var od [3]float64
			for c, d := range p.Compose(want) {
				od[c] = Density(Level(d, i0[c]), i0[c])
			}
			got := u.Amounts(od)
			for k := range want {
				if math.Abs(got[k]-want[k]) > exact {
					t.Errorf("%s: amounts %v come back as %v", name, want, got)
				}
			}
		}
	}
}

// The closed form for two stains a, b at angle v: amount of a = (x.a - x.b cos v) / sin² v.
func TestUnmixingEqualsTheClosedFormOfTwoStains(t *testing.T) {
	p, _ := Builtin("hdab")
	u, _ := p.Unmixing()
	a, b := p.Stains[0].OD, p.Stains[1].OD
	v := p.Angle() * math.Pi / 180
	for _, x := range [][3]float64{{0.3, 0.5, 0.7}, {1, 0.1, 0.2}} {
		want := (dot(x, a)/norm(a) - dot(x, b)/norm(b)*math.Cos(v)) / (math.Sin(v) * math.Sin(v)) / norm(a)
		if got := u.Amounts(x)[0]; math.Abs(got-want) > 1e-9 {
			t.Errorf("density %v: %v, closed form %v", x, got, want)
		}
	}
}

func TestDensityAtItsEnds(t *testing.T) {
	for _, c := range []struct{ i, i0, want float64 }{
		{0, 240, math.Log10(240)},              // black: the offset keeps it finite
		{239, 240, 0},                          // glass less the offset
		{255, 240, -math.Log10(256.0 / 240.0)}, // brighter than glass: negative, not clipped
		{23, 240, 1},
	} {
		if got := Density(c.i, c.i0); math.Abs(got-c.want) > exact {
			t.Errorf("Density(%v, %v) = %v, want %v", c.i, c.i0, got, c.want)
		}
	}
}

func TestLinearEqualsTheSumOfDensities(t *testing.T) {
	const single = 1e-6 // float32 tables
	w, i0 := [3]float64{0.4, -1.2, 2}, [3]float64{240, 230, 250}
	rgb := []uint8{0, 0, 0, 255, 255, 255, 10, 128, 77}
	got := make([]float32, 3)
	NewLinear(w, i0).Map(got, rgb)
	for i := range got {
		var want float64
		for c := range w {
			want += w[c] * Density(float64(rgb[3*i+c]), i0[c])
		}
		if math.Abs(float64(got[i])-want) > single*(1+math.Abs(want)) {
			t.Errorf("pixel %d: %v, want %v", i, got[i], want)
		}
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	good := Profile{Name: "x", Version: 1, Origin: Laboratory, Source: "control slides", Stains: []Stain{
		{"a", [3]float64{1, 0, 0}}, {"b", [3]float64{0, 1, 0}}}}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		change     func(*Profile)
	}{
		{"length", "length", func(p *Profile) { p.Stains[0].OD[0] = 0.9 }},
		{"negative", "negative", func(p *Profile) { p.Stains[0].OD = [3]float64{-1, 0, 0} }},
		{"not a number", "length", func(p *Profile) { p.Stains[0].OD[0] = math.NaN() }},
		{"one stain", "two or three", func(p *Profile) { p.Stains = p.Stains[:1] }},
		{"twice", "listed twice", func(p *Profile) { p.Stains[1].Name = "a" }},
		{"origin", "origin", func(p *Profile) { p.Origin = "" }},
		{"no source", "source", func(p *Profile) { p.Source = "" }},
		{"parallel", "independent", func(p *Profile) { p.Stains[1].OD = p.Stains[0].OD }},
	} {
		p := good
		p.Stains = append([]Stain(nil), good.Stains...)
		c.change(&p)
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v does not say %q", c.name, err, c.want)
		}
	}
}

func TestThreeStainsInAPlaneAreSingular(t *testing.T) {
	h := math.Sqrt(0.5)
	p := Profile{Stains: []Stain{{"a", [3]float64{1, 0, 0}}, {"b", [3]float64{0, 1, 0}}, {"c", [3]float64{h, h, 0}}}}
	if _, err := p.Unmixing(); !errors.Is(err, ErrSingular) {
		t.Errorf("got %v", err)
	}
}

func TestParseRefusesAnUnknownKey(t *testing.T) {
	if _, err := Parse([]byte("name: x\ncolour: red\n")); err == nil || !strings.Contains(err.Error(), "colour") {
		t.Errorf("got %v", err)
	}
}

func ExampleProfile_Unmixing() {
	p, _ := Builtin("hdab")
	u, _ := p.Unmixing()
	a := u.Amounts(p.Compose([3]float64{0.2, 0.6, 0}))
	fmt.Printf("%s %.2f, %s %.2f, residual %.2f\n", p.Stains[0].Name, a[0], p.Stains[1].Name, a[1], math.Abs(a[2]))
	// Output: haematoxylin 0.20, dab 0.60, residual 0.00
}

func BenchmarkLinear(b *testing.B) {
	const n = 512 * 512
	p, _ := Builtin("hdab")
	u, _ := p.Unmixing()
	rgb, dst := make([]uint8, 3*n), make([]float32, n)
	for i := range rgb {
		rgb[i] = uint8(i * 2654435761 >> 13)
	}
	b.Run("stains=1/px=262144", func(b *testing.B) {
		t := NewLinear(u[1], [3]float64{246, 243, 249})
		b.SetBytes(3 * n)
		for b.Loop() {
			t.Map(dst, rgb)
		}
	})
	b.Run("stains=3/px=262144", func(b *testing.B) {
		var t [3]*Linear
		for k := range t {
			t[k] = NewLinear(u[k], [3]float64{246, 243, 249})
		}
		b.SetBytes(3 * n)
		for b.Loop() {
			for k := range t {
				t[k].Map(dst, rgb)
			}
		}
	})
}
