package slide

import (
	"context"
	"fmt"
	"math"
	"sync"

	"explant/analysis/stain"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// Histograms of optical density, for medians and automatic thresholds.
const (
	odLow   = -0.5
	odWidth = 0.002
	odBins  = 2000
)

// odBin is the bin of a density; what lies outside falls into the last one.
func odBin(od float32) int {
	return min(max(int((float64(od)-odLow)/odWidth), 0), odBins-1)
}

// tables are the linear functions of a pixel's density that decide its class.
type tables struct {
	tissue   *stain.Linear // mean density
	positive *stain.Linear // amount of the stain
	share    *stain.Linear // (1-share) x amount - share x other amounts: not negative where the share is reached
	pure     *stain.Linear // allowed share x all amounts - residual: not negative where the residual is small
	residual *stain.Linear // amount that no stain explains; nil for profiles of three stains
	weights  [4][3]float64 // of red, green, blue in the first four, for shifts of the glass level
}

func newTables(p Params, i0 [3]float64) (*tables, error) {
	u, err := p.Stain.Unmixing()
	if err != nil {
		return nil, fmt.Errorf("stain profile %s: %w", p.Stain.Name, err)
	}
	k := p.Stain.Index(p.PositiveStain)
	t := &tables{}
	for c := range 3 {
		t.weights[0][c] = 1.0 / 3
		t.weights[1][c] = u[k][c]
		for j := range p.Stain.Stains {
			t.weights[2][c] -= p.PositiveShare * u[j][c]
			t.weights[3][c] += p.ResidualShare * u[j][c]
		}
		t.weights[2][c] += u[k][c]
		t.weights[3][c] -= u[2][c]
	}
	if p.PositiveShare == 0 {
		t.weights[2] = [3]float64{} // 0 >= 0 always holds: no share is asked for
	}
	if p.ResidualShare == 0 {
		t.weights[3] = [3]float64{}
	}
	t.tissue, t.positive = stain.NewLinear(t.weights[0], i0), stain.NewLinear(t.weights[1], i0)
	t.share, t.pure = stain.NewLinear(t.weights[2], i0), stain.NewLinear(t.weights[3], i0)
	if len(p.Stain.Stains) == 2 {
		t.residual = stain.NewLinear(u[2], i0)
	}
	return t, nil
}

// cut is one set of thresholds on the first four functions: a pixel at or above the first is tissue, and
// positive when it is at or above all.
type cut [4]float32

// positive reports whether the values of a pixel reach all thresholds but the first.
func (t *cut) positive(v *cut) bool { return v[1] >= t[1] && v[2] >= t[2] && v[3] >= t[3] }

// cutAt gives the thresholds that hold at glass level i0, on values computed at glass level base: another
// level of glass shifts every density of a channel by the same amount.
func (t *tables) cutAt(p Params, positive float64, i0, base [3]float64) cut {
	at := [4]float64{p.TissueOD, positive, 0, 0}
	for f := range at {
		for c := range 3 {
			at[f] -= t.weights[f][c] * math.Log10(i0[c]/base[c])
		}
	}
	return cut{float32(at[0]), float32(at[1]), float32(at[2]), float32(at[3])}
}

// autoThreshold finds the threshold of the stain by Otsu's method, for the whole slide and without each
// of the blocks in leftOut. It is never below p.PositiveOD: on a slide without the stain, Otsu would cut
// the background in two.
func autoThreshold(ctx context.Context, t tiling, p Params, f *tables, leftOut []int, o parallel.Options, prog parallel.Progress) (float64, []float64, error) {
	blocks := make([][]int64, gridSide*gridSide)
	for i := range blocks {
		blocks[i] = make([]int64, odBins)
	}
	var mu sync.Mutex
	prog.Stage("stain threshold", t.count())
	err := parallel.Each(ctx, t.count(), o, prog, func(ctx context.Context, i int) error {
		r := t.rect(i)
		px, err := t.smooth(ctx, r, p.SmoothPX)
		if err != nil {
			return err
		}
		tissue, positive := make([]float32, r.Dx()), make([]float32, r.Dx())
		for _, b := range t.blocks(r) {
			part := make([]int64, odBins)
			for y := b.rect.Min.Y; y < b.rect.Max.Y; y++ {
				row := px[3*((y-r.Min.Y)*r.Dx()+b.rect.Min.X-r.Min.X):]
				countTissue(part, row, tissue[:b.rect.Dx()], positive[:b.rect.Dx()], f, float32(p.TissueOD))
			}
			mu.Lock()
			for k, n := range part {
				blocks[b.index][k] += n
			}
			mu.Unlock()
		}
		return nil
	})
	if err != nil {
		return 0, nil, err
	}
	return otsuOf(blocks, leftOut, p.PositiveOD)
}

func countTissue(hist []int64, row []uint8, tissue, positive []float32, f *tables, least float32) {
	f.tissue.Map(tissue, row)
	f.positive.Map(positive, row)
	for i, v := range tissue {
		if v >= least {
			hist[odBin(positive[i])]++
		}
	}
}

func otsuOf(blocks [][]int64, leftOut []int, least float64) (float64, []float64, error) {
	whole := threshold.Histogram{Lo: odLow, Width: odWidth, Counts: make([]int64, odBins)}
	for _, b := range blocks {
		for k, n := range b {
			whole.Counts[k] += n
		}
	}
	if whole.Total() == 0 {
		return least, nil, nil // no tissue
	}
	v, err := threshold.Otsu(whole)
	if err != nil {
		return 0, nil, fmt.Errorf("automatic threshold of the stain: %w", err)
	}
	var left []float64
	for _, b := range leftOut {
		part := threshold.Histogram{Lo: odLow, Width: odWidth, Counts: blocks[b]}
		without, err := threshold.Otsu(whole.Minus(part))
		if err != nil {
			return 0, nil, fmt.Errorf("automatic threshold without block %d: %w", b, err)
		}
		left = append(left, max(without, least))
	}
	return max(v, least), left, nil
}
