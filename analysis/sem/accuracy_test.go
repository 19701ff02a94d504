package sem_test

import (
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"explant/analysis/phantom/micrograph"
	"explant/analysis/result"
	"explant/analysis/sem"
	"explant/volume"
	"explant/volume/parallel"
)

// photographed is a phantom as a field, with its data bar.
func photographed(t testing.TB, s micrograph.SEM) (sem.Field, []uint8, micrograph.SEMTruth) {
	t.Helper()
	img, labels, truth, err := s.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	mm := s.PixelSizeNM / 1e6
	f := sem.Field{Grid: volume.Grid{N: [3]int{s.W, s.H, 1}, Spacing: [3]float64{mm, mm, 0}, Calibration: volume.Calibration{Source: volume.Phantom}}, Grey: make([]float32, len(img.Pix))}
	for i, v := range img.Pix {
		f.Grey[i] = float32(v)
	}
	return f, labels, truth
}

func analyzed(t testing.TB, f sem.Field) (result.Findings, []uint8) {
	t.Helper()
	r, labels, err := sem.Analyze(t.Context(), f, sem.Defaults(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r, labels
}

func one(t testing.TB, r result.Findings, metric, part string) result.Measurement {
	t.Helper()
	i := slices.IndexFunc(r.Measurements, func(m result.Measurement) bool { return m.Metric == metric && m.Part == part })
	if i < 0 {
		t.Fatalf("no %s %s", metric, part)
	}
	return r.Measurements[i]
}

// score gathers the errors of a value over phantoms.
type score struct {
	sum, square, worst float64
	n, held            int // held: intervals that hold the truth
}

func (s *score) add(m result.Measurement, truth, unit float64) float64 {
	e := (m.Value - truth) / unit * 100
	s.sum, s.square, s.worst, s.n = s.sum+e, s.square+e*e, max(s.worst, math.Abs(e)), s.n+1
	if *m.ULo <= truth && truth <= *m.UHi {
		s.held++
	}
	return e
}

func (s *score) String() string {
	n := float64(s.n)
	return fmt.Sprintf("bias %+.1f, rms %.1f, worst %.1f, %d of %d intervals hold the truth", s.sum/n, math.Sqrt(s.square/n), s.worst, s.held, s.n)
}

// Fibre diameter on phantoms of default difficulty. The small form is one field. 5 % is what is
// asked for, as the root of the mean square over fields: one field holds some forty fibres, and samples them.
func TestDiameterAccuracy(t *testing.T) {
	diameters, seeds := []float64{14}, []uint64{31}
	if os.Getenv("EXPLANT_VALIDATE") != "" {
		diameters, seeds = []float64{14, 16, 13, 8, 25}, []uint64{401, 402, 403, 404, 405, 406}
	}
	for _, d := range diameters {
		var median, mean, open, order score
		for _, seed := range seeds {
			s := micrograph.DefaultSEM(1024, 768, seed)
			s.DiameterPX, s.SpreadPX = d, s.SpreadPX*d/s.DiameterPX
			f, _, truth := photographed(t, s)
			r, _ := analyzed(t, f)
			e := median.add(one(t, r, sem.MetricDiameter, ""), truth.Visible.MedianNM, truth.Visible.MedianNM)
			mean.add(one(t, r, sem.MetricDiameter, "mean"), truth.Visible.MeanNM, truth.Visible.MeanNM)
			open.add(one(t, r, sem.MetricPorosity, ""), 100*truth.Open, 100)
			order.add(one(t, r, sem.MetricOrientation, ""), truth.Orientation.S, 1)
			t.Logf("%2g px, seed %d: the median is off by %+.1f %%", d, seed, e)
		}
		t.Logf("%2g px a fibre: median, %% of it: %v", d, &median)
		t.Logf("               mean, %% of it: %v", &mean)
		t.Logf("               open area, points: %v", &open)
		t.Logf("               order S, hundredths: %v", &order)
		if rms := math.Sqrt(median.square / float64(median.n)); rms > 5 {
			t.Errorf("%g px: the rms error of the median is %.1f %%", d, rms)
		}
	}
}

// Coverage on phantoms with platelets, red cells and sheets of fibrin.
func TestCoverAccuracy(t *testing.T) {
	size, seeds := 512, []uint64{32}
	if os.Getenv("EXPLANT_VALIDATE") != "" {
		size, seeds = 1024, []uint64{401, 402, 403, 404, 405, 406}
	}
	names := map[string][]string{"fibrin": {"fibrin", "fibrin:film"}, "platelet": {"platelet"}, "cell": {"rbc"}, "bare": {"void"}}
	parts := []string{"fibrin", "platelet", "cell", "bare"}
	scores := map[string]*score{"fibrin": {}, "platelet": {}, "cell": {}, "bare": {}}
	for _, seed := range seeds {
		f, _, truth := photographed(t, micrograph.DefaultSEM(size, 3*size/4, seed).WithDeposits())
		r, _ := analyzed(t, f)
		sum := one(t, r, sem.MetricCover, "unclassified").Value
		for _, part := range parts {
			share := 0.0
			for _, class := range names[part] {
				share += truth.Share(class)
			}
			m := one(t, r, sem.MetricCover, part)
			sum += m.Value
			if e := scores[part].add(m, 100*share, 100); math.Abs(e) > 9 {
				t.Errorf("seed %d: %s covers %.1f %%, truth %.1f", seed, part, m.Value, 100*share)
			}
		}
		if math.Abs(sum-100) > 1e-6 {
			t.Errorf("seed %d: classes cover %v %%", seed, sum)
		}
	}
	for _, part := range parts {
		t.Logf("%-8s points: %v", part, scores[part])
	}
}

// The data bar is found to the row, and no class but its own lies on it.
func TestDataBarIsLeftOut(t *testing.T) {
	s := micrograph.DefaultSEM(320, 400, 3)
	f, truth, _ := photographed(t, s)
	r, labels := analyzed(t, f)
	if got := r.Diagnostics["data_bar_rows"]; got != float64(s.H-s.FieldH()) {
		t.Errorf("%v rows of data bar, want %d", got, s.H-s.FieldH())
	}
	bar := slices.IndexFunc(r.Classes, func(c result.Class) bool { return c.Name == "excluded:databar" })
	for i, v := range labels {
		if onBar := truth[i] == 5; onBar != (int(v) == bar) {
			t.Fatalf("pixel %d, %d has class %d", i%s.W, i/s.W, v)
		}
	}
	s.DataBar = false
	f, _, _ = photographed(t, s)
	if r, _ = analyzed(t, f); r.Diagnostics["data_bar_rows"] != 0 {
		t.Errorf("%v rows of a data bar that there is not", r.Diagnostics["data_bar_rows"])
	}
}

// An unknown scale gives pixels and no class of bodies; fibres too thin or too thick are flagged.
func TestRemarks(t *testing.T) {
	has := func(r result.Findings, id string) bool {
		return slices.ContainsFunc(r.Flags, func(f result.Flag) bool { return f.ID == id })
	}
	s := micrograph.DefaultSEM(320, 240, 3)
	s.DiameterPX, s.SpreadPX, s.DataBar = 6, 1, false
	f, _, _ := photographed(t, s)
	f.Grid.Spacing = [3]float64{}
	r, _ := analyzed(t, f)
	if m := one(t, r, sem.MetricDiameter, ""); m.Unit != "{pixel}" || !has(r, "uncalibrated") || !has(r, "below-resolution") || !slices.Contains(m.Flags, "below-resolution") {
		t.Errorf("%v %s, flags %v", m.Value, m.Unit, r.Flags)
	}
	s.W, s.H, s.DiameterPX, s.SpreadPX, s.Layers = 400, 320, 32, 2, 1
	f, _, _ = photographed(t, s)
	if r, _ = analyzed(t, f); !has(r, "too-few-fibres") || !has(r, "few-pieces") {
		t.Errorf("flags %v", r.Flags)
	}
	for i := range f.Grey {
		f.Grey[i] = 50
	}
	if r, _ = analyzed(t, f); len(r.NotMeasured) == 0 {
		t.Error("fibres were measured in an empty field")
	}
	f.Grey[7] = float32(math.NaN())
	if _, _, err := sem.Analyze(t.Context(), f, sem.Defaults(), parallel.Options{}, nil); err == nil {
		t.Error("a field with a pixel that is no number was taken")
	}
}

func TestRulesAreChecked(t *testing.T) {
	for name, change := range map[string]func(*sem.Params){
		"pixels": func(p *sem.Params) { p.MostPX = 5 }, "bar": func(p *sem.Params) { p.DataBar = "maybe" }, "cell": func(p *sem.Params) { p.CellUM = 0.5 }, "edge": func(p *sem.Params) { p.EdgeShare = math.NaN() },
	} {
		p := sem.Defaults()
		change(&p)
		if p.Check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkAnalyze(b *testing.B) {
	b.Run("sem/fibre=14px/n=1024x768", func(b *testing.B) {
		f, _, _ := photographed(b, micrograph.DefaultSEM(1024, 768, 1))
		b.SetBytes(int64(len(f.Grey)))
		for b.Loop() {
			if _, _, err := sem.Analyze(b.Context(), f, sem.Defaults(), parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
