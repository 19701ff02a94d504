package slide

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
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
	functions []*stain.Linear
	weights   [][3]float64 // of red, green, blue in each function, for shifts of the glass level
	limits    []limit      // the first is that of tissue
	rules     []bound
	residual  *stain.Linear // amount that no stain explains; nil for profiles of three stains
}

// limit is a least value of a function.
type limit struct {
	function int
	least    float64
}

// bound is a rule as limits[from:to]; amount is the function that measures its class and own the limit on
// it, both 0 where it has none.
type bound struct {
	named
	from, to    int
	amount, own int
}

func newTables(p Params, i0 [3]float64) (*tables, error) {
	u, err := p.Stain.Unmixing()
	if err != nil {
		return nil, fmt.Errorf("stain profile %s: %w", p.Stain.Name, err)
	}
	t := &tables{}
	q := quantities(p, u)
	t.add(q[mean], p.TissueOD)
	for _, r := range p.ordered() {
		b := bound{named: r, from: len(t.limits)}
		for _, k := range slices.Sorted(maps.Keys(r.MinOD)) {
			if k == r.Amount {
				b.own = len(t.limits)
				b.amount = t.function(q[k])
			}
			t.add(q[k], r.MinOD[k])
		}
		for _, k := range slices.Sorted(maps.Keys(r.MaxOD)) {
			t.add(scaled(q[k], -1), -r.MaxOD[k])
		}
		for _, k := range slices.Sorted(maps.Keys(r.MinFraction)) {
			t.add(plus(scaled(q[total], -r.MinFraction[k]), q[k]), 0)
		}
		for _, k := range slices.Sorted(maps.Keys(r.MaxFraction)) {
			t.add(plus(scaled(q[total], r.MaxFraction[k]), scaled(q[k], -1)), 0)
		}
		b.to = len(t.limits)
		t.rules = append(t.rules, b)
	}
	for _, w := range t.weights {
		t.functions = append(t.functions, stain.NewLinear(w, i0))
	}
	if len(p.Stain.Stains) == 2 {
		t.residual = stain.NewLinear(u[2], i0)
	}
	return t, nil
}

// quantities are the weights of the quantities that rules name.
func quantities(p Params, u stain.Unmixing) map[string][3]float64 {
	q := map[string][3]float64{mean: {1.0 / 3, 1.0 / 3, 1.0 / 3}, residual: u[2]}
	var sum [3]float64
	for k, s := range p.Stain.Stains {
		q[s.Name] = u[k]
		sum = plus(sum, u[k])
	}
	q[total] = sum
	return q
}

func plus(a, b [3]float64) [3]float64 { return [3]float64{a[0] + b[0], a[1] + b[1], a[2] + b[2]} }

func scaled(a [3]float64, f float64) [3]float64 { return [3]float64{f * a[0], f * a[1], f * a[2]} }

// add asks for a function of at least that value.
func (t *tables) add(w [3]float64, least float64) {
	t.limits = append(t.limits, limit{t.function(w), least})
}

// function is the index of the function with these weights, which it makes when there is none.
func (t *tables) function(w [3]float64) int {
	if i := slices.Index(t.weights, w); i >= 0 {
		return i
	}
	t.weights = append(t.weights, w)
	return len(t.weights) - 1
}

// cut is one set of thresholds, one a limit.
type cut []float32

// cutAt gives the thresholds that hold at glass level i0, on values computed at glass level base: another
// level of glass shifts every density of a channel by the same amount. own are the thresholds of the
// amounts, one a rule.
func (t *tables) cutAt(own []float64, i0, base [3]float64) cut {
	at := make([]float64, len(t.limits))
	for i, l := range t.limits {
		at[i] = l.least
	}
	for k, r := range t.rules {
		if r.own > 0 {
			at[r.own] = own[k]
		}
	}
	c := make(cut, len(at))
	for i, l := range t.limits {
		for ch := range base {
			at[i] -= t.weights[l.function][ch] * math.Log10(i0[ch]/base[ch])
		}
		c[i] = float32(at[i])
	}
	return c
}

// autoThreshold finds the threshold of a class's amount by Otsu's method, for the whole slide and without
// each of the blocks in leftOut. It is never below the rule's own: on a slide without the stain, Otsu would
// cut the background in two.
func autoThreshold(ctx context.Context, t tiling, p Params, f *tables, r bound, leftOut []int, o parallel.Options, prog parallel.Progress) (float64, []float64, error) {
	blocks := make([][]int64, gridSide*gridSide)
	for i := range blocks {
		blocks[i] = make([]int64, odBins)
	}
	var mu sync.Mutex
	prog.Stage("threshold of "+r.class, t.count())
	err := parallel.Each(ctx, t.count(), o, prog, func(ctx context.Context, i int) error {
		at := t.rect(i)
		return t.smooth(ctx, at, p.SmoothPX, func(px []uint8) error {
			tissue, amount := make([]float32, at.Dx()), make([]float32, at.Dx())
			for _, b := range t.blocks(at) {
				part := make([]int64, odBins)
				for y := b.rect.Min.Y; y < b.rect.Max.Y; y++ {
					row := px[3*((y-at.Min.Y)*at.Dx()+b.rect.Min.X-at.Min.X):]
					n := b.rect.Dx()
					f.functions[0].Map(tissue[:n], row)
					f.functions[r.amount].Map(amount[:n], row)
					countTissue(part, tissue[:n], amount[:n], float32(p.TissueOD))
				}
				mu.Lock()
				for k, n := range part {
					blocks[b.index][k] += n
				}
				mu.Unlock()
			}
			return nil
		})
	})
	if err != nil {
		return 0, nil, err
	}
	return otsuOf(blocks, leftOut, r.MinOD[r.Amount])
}

func countTissue(hist []int64, tissue, amount []float32, least float32) {
	for i, v := range tissue {
		if v >= least {
			hist[odBin(amount[i])]++
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
