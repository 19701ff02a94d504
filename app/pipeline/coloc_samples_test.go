package pipeline

import (
	"math"
	"testing"

	"explant/analysis/coloc"
	"explant/io/imagefile"
	"explant/io/open"
)

// voxels are the first channel of a sample, all its planes below each other.
func voxels(t *testing.T, name string) (values []float32, w, h int) {
	t.Helper()
	r, err := open.Path(t.Context(), sample(t, "if_coloc/"+name), open.Options{InProcess: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	i := r.Info()
	b, err := r.Read(t.Context(), imagefile.Window{Max: i.Grid.N})
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range imagefile.Values(b.Data, b.Type) {
		if k%b.Channels == 0 {
			values = append(values, float32(v))
		}
	}
	return values, i.Grid.N[0], i.Grid.N[1] * i.Grid.N[2]
}

func pairOf(t *testing.T, a, b string) coloc.Pair {
	t.Helper()
	p := coloc.Pair{}
	p.A, p.W, p.H = voxels(t, a)
	p.B, _, _ = voxels(t, b)
	return p
}

func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.6f, want %.6f ± %g", what, got, want, tolerance)
	}
}

// The images of Manders et al. 1993 with the values that the tests of Fiji's Coloc 2 hold.
func TestPublishedCoefficientsOfManders(t *testing.T) {
	for _, c := range []struct {
		with            string
		pearson, m1, m2 float64
	}{{"A", 1, 1, 1}, {"B", 0.72, 0.75, 0.75}, {"C", 0.44, 0.5, 0.5}, {"D", 0.16, 0.25, 0.25}, {"F", 0.22, 0.25, 0.3333}, {"H", 0.48, 0.25, 1}} {
		p := pairOf(t, "manders1993_A.tif", "manders1993_"+c.with+".tif")
		r, err := p.Pearson()
		if err != nil {
			t.Fatal(err)
		}
		within(t, "Pearson of A and "+c.with, r, c.pearson, 0.01)
		m, err := p.Manders(0, 0)
		if err != nil {
			t.Fatal(err)
		}
		within(t, "M1 of A and "+c.with, m.M1, c.m1, 1e-4)
		within(t, "M2 of A and "+c.with, m.M2, c.m2, 1e-4)
	}
}

func TestPublishedCoefficientsOfStacks(t *testing.T) {
	p := pairOf(t, "coloc_positive_green.tif", "coloc_positive_red.tif")
	all := func(p coloc.Pair) (r, rho, icq float64) {
		r, err := p.Pearson()
		if err != nil {
			t.Fatal(err)
		}
		if rho, err = p.Spearman(); err != nil {
			t.Fatal(err)
		}
		if icq, err = p.ICQ(); err != nil {
			t.Fatal(err)
		}
		return r, rho, icq
	}
	r, rho, icq := all(p)
	within(t, "Pearson", r, 0.748517, 1e-6)
	within(t, "Spearman", rho, 0.546343, 1e-6)
	within(t, "ICQ", icq, 0.345187, 1e-6)
	mask, _, _ := voxels(t, "coloc_positive_mask.tif")
	p.In = make([]bool, len(mask))
	for i, v := range mask {
		p.In[i] = v > 0
	}
	m, err := p.Manders(70, 53)
	if err != nil {
		t.Fatal(err)
	}
	within(t, "tM1", m.M1, 0.705665, 1e-6)
	within(t, "tM2", m.M2, 0.724752, 1e-6)
	r, rho, icq = all(pairOf(t, "coloc_zero_green.tif", "coloc_zero_red.tif"))
	within(t, "Pearson of what is not together", r, -0.015422, 1e-6)
	within(t, "Spearman of it", rho, 0, 0.012)
	within(t, "ICQ of it", icq, 0, 0.01)
	_, rho, _ = all(pairOf(t, "coloc_negative_ch1.tif", "coloc_negative_ch2.tif"))
	within(t, "Spearman of what avoids each other", rho, -0.1755, 0.0025)
}

// The program correlates all voxels of a stack, as Coloc 2 does, when nothing is taken off its counts.
func TestPublishedCorrelationThroughTheProgram(t *testing.T) {
	p := rules(t, "if-markers", "segment.background_block_um=0", "segment.haze_sigma_um=0")
	res := analyzed(t, Job{
		Input: sample(t, "if_coloc/coloc_positive_green.tif"), Protocol: p, Spacing: [3]float64{0.000328, 0.000328, 0.000646},
		Channels: []string{"dna=1", "h3cit=" + sample(t, "if_coloc/coloc_positive_red.tif")},
	})
	within(t, "Pearson of the stack", value(t, res, "co.pearson", "dna/h3cit", ""), 0.748517, 1e-5)
}
