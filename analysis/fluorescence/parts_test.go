package fluorescence

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/analysis/opencv"
	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
)

const um = 0.5

// plain are rules that use lengths of the pixels of these tests.
func plain() Params {
	return Params{
		Markers: map[string]Marker{
			"dna": {Role: DNA}, "h3cit": {Role: Histone}, "mpo": {Role: Granule},
		},
		BlockUM: 16, HazeUM: 4, SmoothUM: 0.4, ControlSD: 3, ControlPercentile: 99.5, NoiseSD: 8, FaintDNA: 0.06,
		Nucleus:    &Nucleus{TypicalUM: 7.2, GapUM: 1, LongestUM: 10, SmoothUM: 1, ApartUM: 2.2, OpenUM: 1, AreaUM2: [2]float64{9, 200}, Round: 0.5, Texture: 0.4, Bright: [2]float64{0.6, 1.5}},
		NETReachUM: 0.5, NETNuclei: 1.5, Pairs: [][2]string{{"dna", "h3cit"}},
	}
}

// drawn makes a field of side pixels: a tilted background, noise, and what paint adds.
func drawn(side int, seed uint64, paint func(marker string, x, y float64) float64) Field {
	f := Field{Grid: volume.Grid{N: [3]int{side, side, 1}, Spacing: [3]float64{um / 1000, um / 1000, 0}}}
	for k, m := range []string{"dna", "h3cit", "mpo"} {
		r := rand.New(rand.NewPCG(seed, uint64(k)))
		c := Channel{Marker: m, Counts: make([]float32, side*side)}
		for i := range c.Counts {
			x, y := float64(i%side)+0.5, float64(i/side)+0.5
			v := 300 + 80*x/float64(side) - 40*y/float64(side) + 10*r.NormFloat64()
			if paint != nil {
				v += paint(m, x, y)
			}
			c.Counts[i] = float32(v)
		}
		f.Channels = append(f.Channels, c)
	}
	return f
}

func disc(x, y, cx, cy, r float64) float64 {
	return min(max(r+0.5-math.Hypot(x-cx, y-cy), 0), 1)
}

func TestBlankFieldShowsNothing(t *testing.T) {
	f := drawn(160, 1, nil)
	got, labels, err := Analyze(t.Context(), f, nil, plain(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range got.Measurements {
		if m.Metric == MetricPositive && m.Value > 0.01 {
			t.Errorf("%s covers %v %% of a blank field", m.Part, m.Value)
		}
	}
	if !slices.ContainsFunc(got.Flags, func(f result.Flag) bool { return f.ID == "no-control:h3cit" }) {
		t.Errorf("nothing says that there is no control: %v", got.Flags)
	}
	if n := slices.Max(labels); n != otherValue {
		t.Errorf("class %d in a blank field", n)
	}
}

func TestBackgroundAndHazeAreTakenOff(t *testing.T) {
	f := drawn(200, 2, func(m string, x, y float64) float64 { return 4000 * disc(x, y, 100, 100, 30) })
	k := cleaner{Field: f, p: plain(), um: um}
	blurred, err := opencv.Gaussian(opencv.Plane{W: 200, H: 200, Pix: f.Channels[0].Counts}, 4/um)
	if err != nil {
		t.Fatal(err)
	}
	for i := range blurred { // a fifth of the light is out of focus
		f.Channels[0].Counts[i] = 0.8*f.Channels[0].Counts[i] + 0.2*blurred[i]
	}
	c, err := k.clean(&f.Channels[0])
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(c.plane[1]-80) > 8 || math.Abs(c.plane[2]+40) > 8 {
		t.Errorf("the background rises by %v, want 80 and -40", c.plane[1:])
	}
	if c.haze < 0.12 || c.haze > 0.26 { // 0.2; of the tail, which is all that is dark enough, less
		t.Errorf("haze is %v", c.haze)
	}
	if v := float64(c.light[100*200+138]); math.Abs(v) > 60 {
		t.Errorf("8 pixels off the disc %v counts are left", v)
	}
}

func TestBleedThroughIsMeasuredAndTakenOff(t *testing.T) {
	nuclei := func(x, y float64) float64 {
		return 6000 * (disc(x, y, 40, 40, 8) + disc(x, y, 110, 100, 9) + disc(x, y, 60, 120, 8))
	}
	stain := func(x, y float64) float64 { return 2000 * disc(x, y, 110, 40, 7) }
	paint := func(m string, x, y float64) float64 {
		switch m {
		case "dna":
			return nuclei(x, y)
		case "h3cit":
			return stain(x, y) + 0.04*nuclei(x, y)
		}
		return 0
	}
	s, err := find(t.Context(), drawn(160, 3, paint), nil, plain(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if b := s.bleed[[2]string{"dna", "h3cit"}]; math.Abs(b-0.04) > 0.004 {
		t.Errorf("bleed-through is %v, want 0.04; all: %v", b, s.bleed)
	}
	if m := s.mask("h3cit", measured); m[40*160+40] || !m[40*160+110] {
		t.Error("the marker is where only bleed-through is, or not where it is")
	}
}

func TestNucleiAreParted(t *testing.T) {
	paint := func(m string, x, y float64) float64 {
		if m != "dna" {
			return 0
		}
		v := 0.0
		for _, c := range [][3]float64{{30, 30, 7}, {43, 30, 7}, {100, 40, 8}, {40, 100, 7}, {50, 109, 7}, {120, 120, 8}} {
			v = max(v, 5000*disc(x, y, c[0], c[1], c[2]))
		}
		if math.Abs(y-70) < 1.5 && x > 20 && x < 140 {
			v += 3000 // a strand
		}
		return v
	}
	got, _, err := Analyze(t.Context(), drawn(160, 4, paint), nil, plain(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range got.Measurements {
		if m.Metric == MetricNuclei && *m.NObject != 6 {
			t.Errorf("%d nuclei, want 6 of which four touch", *m.NObject)
		}
	}
}

func TestOutlineOfDiscs(t *testing.T) {
	for r, tol := range map[float64]float64{5: 0.1, 12.3: 0.06, 30: 0.05} {
		side := int(2*r) + 8
		number := make([]uint32, side*side)
		for i := range number {
			if math.Hypot(float64(i%side)-float64(side)/2, float64(i/side)-float64(side)/2) <= r {
				number[i] = 1
			}
		}
		if got := outlines(number, 1, side, side)[0] / (2 * math.Pi * r); math.Abs(got-1) > tol {
			t.Errorf("radius %v: %v of the outline", r, got)
		}
	}
}

func TestChannelsAreFoundByTheirNames(t *testing.T) {
	p := Params{Markers: map[string]Marker{"dna": {Names: []string{"dapi", "hoechst"}}, "ne": {Names: []string{"elastase"}}, "h3cit": {Names: []string{"cith3"}}}}
	for name, want := range map[string]string{"DAPI": "dna", "Ch2 Hoechst 33342": "dna", "Neutrophil elastase": "ne", "anti-CitH3 (AF488)": "h3cit", "brightfield": ""} {
		if got := p.Find(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestSameBytesForAnyNumberOfWorkers(t *testing.T) {
	paint := func(m string, x, y float64) float64 { return 3000 * disc(x, y, 60+20*float64(len(m)), 70, 9) }
	f := drawn(160, 5, paint)
	var first []uint8
	var values []float64
	for _, n := range []int{1, 2, 8} {
		got, labels, err := Analyze(t.Context(), f, []Field{drawn(160, 6, nil)}, plain(), parallel.Options{Workers: n}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var v []float64
		for _, m := range got.Measurements {
			v = append(v, m.Value)
		}
		if first == nil {
			first, values = labels, v
		} else if !slices.Equal(first, labels) || !slices.Equal(values, v) {
			t.Errorf("%d workers give other results than one", n)
		}
	}
}

func TestRulesThatCannotBeFollowed(t *testing.T) {
	f := drawn(64, 1, nil)
	f.Grid.Spacing = [3]float64{}
	if _, _, err := Analyze(t.Context(), f, nil, plain(), parallel.Options{}, nil); err == nil {
		t.Error("rules in µm were followed without pixel size")
	}
	p := plain()
	p.NoiseSD = 0
	if _, _, err := Analyze(t.Context(), drawn(64, 1, nil), nil, p, parallel.Options{}, nil); err == nil {
		t.Error("a threshold at the background was taken")
	}
	f = drawn(64, 1, nil)
	f.Channels[1].Marker = "dna"
	if _, _, err := Analyze(t.Context(), f, nil, plain(), parallel.Options{}, nil); err == nil {
		t.Error("two channels of DNA were taken")
	}
}

func BenchmarkAnalyze(b *testing.B) {
	f := drawn(1024, 1, func(m string, x, y float64) float64 {
		return 3000 * disc(math.Mod(x, 40), math.Mod(y, 37), 20, 18, 7)
	})
	b.Run("channels=3/n=1024x1024", func(b *testing.B) {
		b.SetBytes(3 * 4 << 20)
		for b.Loop() {
			if _, _, err := Analyze(b.Context(), f, nil, plain(), parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
