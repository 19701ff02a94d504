package serial

import (
	"context"
	"image"
	"math"
	"os"
	"testing"

	"gonum.org/v1/gonum/mat"

	phantom "explant/analysis/phantom/serial"
	"explant/volume"
	"explant/volume/parallel"
)

// cutting is a block with the truth of its sections, without those that are lost.
type cutting struct {
	pictures []*Picture
	sections []phantom.Section
	steps    []float64
	labels   *volume.Labels // of the uncut block
	pixel    float64        // mm
}

func newCutting(t testing.TB, b phantom.Block) cutting {
	t.Helper()
	all, labels, truth, err := b.Make(context.Background(), parallel.Options{Workers: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := cutting{labels: labels, pixel: b.PixelSizeUM / 1000}
	last := 0
	for k, s := range all {
		if s == nil {
			continue
		}
		p, err := NewPicture((*image.NRGBA)(s), b.W, b.H, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.pictures) > 0 {
			c.steps = append(c.steps, float64(k-last))
		}
		last = k
		c.pictures, c.sections = append(c.pictures, p), append(c.sections, truth.Sections[k])
	}
	return c
}

func (c cutting) align(t testing.TB) *Block {
	t.Helper()
	b, err := Align(t.Context(), c.pictures, c.steps, parallel.Options{Workers: 2}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// toBlock takes a place of section k to the block, in pixels.
func (c cutting) toBlock(k int, p [2]float64) [2]float64 {
	at := c.sections[k].ToBlock(p[0]*c.pixel, p[1]*c.pixel)
	return [2]float64{at[0] / c.pixel, at[1] / c.pixel}
}

// affine is the true affine map of section k.
func (c cutting) affine(k int) Affine {
	a := c.sections[k].Affine
	return Affine{{a[0][0], a[0][1], a[0][3] / c.pixel}, {a[1][0], a[1][1], a[1][3] / c.pixel}}
}

// each calls f for places of section k that hold clot, with where they lie in the block.
func (c cutting) each(k int, f func(p, at [2]float64)) {
	n, z := c.labels.N, c.sections[k].Number-1
	for y := 4; y < n[1]; y += 8 {
		for x := 4; x < n[0]; x += 8 {
			p := [2]float64{float64(x), float64(y)}
			at := c.toBlock(k, p)
			i, j := int(math.Round(at[0])), int(math.Round(at[1]))
			if i >= 0 && j >= 0 && i < n[0] && j < n[1] && c.labels.Data[c.labels.Offset(i, j, z)] != 0 {
				f(p, at)
			}
		}
	}
}

// between is how far places of clot come to lie off on the next section by a map to it: the root mean square in pixels,
// and what is left of it without the lean of the block, one affine flow that is the same from every section to the next.
func (c cutting) between(to func(k int, p [2]float64) [2]float64) (all, leaning float64) {
	var rows, off []float64
	for k, s := range c.steps {
		c.each(k, func(p, at [2]float64) {
			q := c.toBlock(k+1, to(k, p))
			rows, off = append(rows, s, s*at[0], s*at[1]), append(off, q[0]-at[0], q[1]-at[1])
		})
	}
	return fitted(rows, off)
}

// drift is how far places lie off in the whole block, after one affine map of all sections, which is not known.
func (c cutting) drift(places []Placement) float64 {
	var rows, off []float64
	for k := range places {
		c.each(k, func(p, at [2]float64) {
			q := places[k].Map(p)
			rows, off = append(rows, 1, at[0], at[1]), append(off, q[0]-at[0], q[1]-at[1])
		})
	}
	_, left := fitted(rows, off)
	return left
}

// fitted is the root mean square length of vectors, and that after the best linear combination of three values a
// vector.
func fitted(rows, off []float64) (all, left float64) {
	n := len(rows) / 3
	a, b := mat.NewDense(n, 3, rows), mat.NewDense(n, 2, off)
	var x, rest mat.Dense
	if err := x.Solve(a, b); err != nil {
		return math.NaN(), math.NaN()
	}
	rest.Mul(a, &x)
	rest.Sub(b, &rest)
	return mat.Norm(b, 2) / math.Sqrt(float64(n)), mat.Norm(&rest, 2) / math.Sqrt(float64(n))
}

func (c cutting) placed(places []Placement) (all, leaning float64) {
	return c.between(func(k int, p [2]float64) [2]float64 { return places[k+1].Unmap(places[k].Map(p)) })
}

// validating skips what takes long. The small form of these tests is TestWhatGoesOnIsNoDisplacement.
func validating(t *testing.T) {
	t.Helper()
	if os.Getenv("EXPLANT_VALIDATE") == "" {
		t.Skip("set EXPLANT_VALIDATE=1: seconds to minutes of phantoms")
	}
}

// TestSettlingAccuracy: sections that lie right but for their displacements come nearer to the truth.
func TestSettlingAccuracy(t *testing.T) {
	validating(t)
	b := phantom.Default(288, 288, 3)
	b.Sections = 7
	c := newCutting(t, b)
	places := make([]Placement, len(c.pictures))
	for k, p := range c.pictures {
		places[k] = Placement{c.affine(k), newField(p.W, p.H)}
	}
	before, _ := c.placed(places)
	if err := settle(t.Context(), c.pictures, places, c.steps, parallel.Options{Workers: 2}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	after, leaning := c.placed(places)
	t.Logf("between neighbours: %.2f px before, %.2f px after, %.2f without lean", before, after, leaning)
	if after > 0.9*before {
		t.Errorf("%.2f px off between neighbours before, %.2f after", before, after)
	}
}

// TestRegistrationAccuracy measures blocks of the default difficulty.
func TestRegistrationAccuracy(t *testing.T) {
	validating(t)
	for seed := uint64(71); seed <= 75; seed++ {
		b := phantom.Default(400, 400, seed)
		b.Sections = 9
		c := newCutting(t, b)
		block := c.align(t)
		bent, _ := c.between(func(k int, p [2]float64) [2]float64 { return c.affine(k + 1).Inverse().After(c.affine(k)).Apply(p) })
		pairs, pairsLeaning := c.between(func(k int, p [2]float64) [2]float64 { return block.Pairs[k].Map(p) })
		all, leaning := c.placed(block.Placed)
		t.Logf("seed %d: true affine maps alone %.2f px; pairs %.2f (%.2f without lean), placed %.2f (%.2f), drift %.2f px",
			seed, bent, pairs, pairsLeaning, all, leaning, c.drift(block.Placed))
		if leaning > 4 {
			t.Errorf("seed %d: %.2f px off between neighbours without lean", seed, leaning)
		}
	}
}
