package slide

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"explant/analysis/phantom"
	"explant/analysis/result"
	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Two fibres with a bridge between them: the outline that the bridge and a coat cover, the layers, the pieces.
func TestFibresAreCoveredAndBridged(t *testing.T) {
	const w, h, r = 600, 300, 60.0
	g := volume.Grid{N: [3]int{w, h, 1}, Spacing: [3]float64{0.002, 0.002, 0}, Calibration: volume.Calibration{Source: volume.Typed}}
	p := MSB()
	fibres := []fibre{{circle{150, 150, r}, 40}, {circle{400, 150, r}, 40}}
	e := &exclusions{side: 1, um: 2, w: w, h: h, mask: make([]uint8, w*h), fibres: fibres}
	a := newAround(e, p, g)
	labels := make([]uint8, w*h)
	fibrin := p.measured()[2].value
	for i := range labels {
		x, y := float64(i%w)+0.5, float64(i/w)+0.5
		d := math.Hypot(x-150, y-150) - r
		switch {
		case d >= 0 && d < 20 && y < 150: // half of the first one has a coat of 40 µm
			labels[i] = otherValue
		case math.Abs(y-150) < 5 && x > 210 && x < 340: // a bridge
			labels[i] = fibrin
		case math.Hypot(x-550, y-150) < 20: // a piece on no fibre
			labels[i] = otherValue
		}
	}
	for y := 0; y < h; y += 100 {
		a.add(image.Rect(0, y, w, y+100), labels[y*w:(y+100)*w])
	}
	s, err := a.found(t.Context(), parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// half of one of two outlines, and 10 of 377 pixels of outline at each end of the bridge; the coat hides half of one end
	if got := s.covered / s.seen; math.Abs(got-0.25-15/(2*2*math.Pi*r)) > 0.01 {
		t.Errorf("%.3f of the outline is covered", got)
	}
	if s.pieces != 2 || s.bridging != 1 || s.fibres != 2 {
		t.Errorf("%d pieces, %d of them bridge %d fibres", s.pieces, s.bridging, s.fibres)
	}
	var fibrins, tissue int64
	for k, counts := range s.counts {
		for v, n := range counts {
			tissue += n
			if v == int(fibrin) {
				fibrins += n
				if k == len(layerUM) && n > 0 {
					t.Errorf("%d pixels of the bridge lie 160 µm from the fibres", n)
				}
			}
		}
	}
	if n := int64(len(slices.DeleteFunc(slices.Clone(labels), func(v uint8) bool { return v == 0 }))); tissue != n || fibrins == 0 {
		t.Errorf("%d pixels of tissue in layers, %d of fibrin, drawn %d", tissue, fibrins, n)
	}
}

// The parts of each layer are shares of its tissue, and a phantom shows every metric of fibres and thrombus.
func TestPhantomShowsItsFibres(t *testing.T) {
	im, _, _, err := phantom.DefaultSlide(phantom.SlideCarstairs, 900, 700, 11).Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := labelledAt(t, fromImage(im), Carstairs(), 0.001, tileSize, 0)
	seen := map[string]int{}
	for _, m := range f.Measurements {
		seen[m.Metric]++
		if m.Unit == "%" && !(m.Value >= 0 && m.Value <= 100) {
			t.Errorf("%s of %s is %v", m.Metric, m.Part, m.Value)
		}
	}
	if seen[MetricLayer] < 5*3 || seen[MetricCover] != 1 || seen[MetricBridge] != 1 || seen[MetricType] != 1 || f.Diagnostics["fibres_n"] < 3 {
		t.Errorf("measured %v, fibres %v", seen, f.Diagnostics["fibres_n"])
	}
	if !slices.ContainsFunc(f.NotMeasured, func(w result.Withheld) bool { return w.Metric == MetricCells && strings.Contains(w.Reason, "pixels") }) {
		t.Errorf("nuclei of 4 pixels are counted: %v", f.NotMeasured)
	}
}

// Pieces by rows of tiles are those of the whole picture.
func TestNucleiAreCountedAsPieces(t *testing.T) {
	const w, h = 203, 151
	r := rand.New(rand.NewPCG(7, 8))
	l := volume.New[uint8](volume.Grid{N: [3]int{w, h, 1}})
	for range 400 {
		x, y, rad := r.IntN(w), r.IntN(h), 1+r.IntN(4)
		for j := max(y-rad, 0); j < min(y+rad, h); j++ {
			for i := max(x-rad, 0); i < min(x+rad, w); i++ {
				l.Data[j*w+i] = 3
			}
		}
	}
	_, all, err := label.Components(t.Context(), l, label.Of(3), 26, parallel.Options{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	const least = 9
	want := 0
	for _, p := range all {
		if p.Count >= least {
			want++
		}
	}
	for _, side := range []int{16, 64, 300} {
		c := &nuclei{value: 3, least: least, w: w}
		tl := tiling{nil, w, h, side}
		for i := range tl.count() {
			at := tl.rect(i)
			var part []uint8
			for y := at.Min.Y; y < at.Max.Y; y++ {
				part = append(part, l.Data[y*w+at.Min.X:y*w+at.Max.X]...)
			}
			c.add(at, part)
		}
		if n, ok := c.count(); !ok || n != want {
			t.Errorf("tiles of %d: %d pieces, %d are there", side, n, want)
		}
	}
}
