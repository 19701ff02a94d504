package spatial

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"

	"explant/volume/parallel"
)

// FewestPermutations is the least number of permutations that Spots draws: with 999 no cell of thousands
// survives the correction for their number.
const FewestPermutations = 19_999

// chunk is the number of permutations of one generator.
const chunk = 1000

// Hot is where the values are higher than chance explains.
type Hot struct {
	Z            []float64 // G_i*
	P            []float64 // probability of as high a mean around the cell, by permutation
	In           []bool    // P survives the correction for the number of cells
	Worth        []int     // independent cells that the cell and its neighbours are worth
	Independent  float64   // that as a share of their number; 0 where it is not known, and P and In say nothing
	Permutations int
}

// Spots finds cells around which the shares of load are high, at a false discovery rate of q.
//
// The null hypothesis is that pieces of load, as large as they are found here, are thrown anywhere into the
// room. Neighbours are then alike as far as pieces reach, and to shuffle cells one by one would find a hot
// spot in every piece. So the mean over a cell and its m neighbours is not compared with means of m+1 cells
// drawn at random but of fewer: of as many as make such means differ as those of neighbourhoods side by side do.
// Where neighbours are not alike this is the permutation test of G_i*. Cells should be twice as wide as pieces
// are alike (the correlation length of Covariance) or wider: of scatters of larger pieces too many have hot spots.
//
// P counts the draws that reach the observed mean, the observed one being one of them (Besag and Clifford,
// Biometrika 78:301-304, 1991, doi:10.1093/biomet/78.2.301, without stopping early: all cells share the
// draws); In follows Benjamini and Hochberg, J. R. Stat. Soc. B 57:289-300, 1995,
// doi:10.1111/j.2517-6161.1995.tb02031.x. There are 20 draws a cell, at least FewestPermutations.
func Spots(ctx context.Context, cells []Cell, reach, q float64, seed uint64, o parallel.Options) (Hot, error) {
	x, near := Shares(cells), Near(cells, reach)
	h := Hot{Z: GiStar(x, near), P: make([]float64, len(x)), Worth: make([]int, len(x)), Permutations: max(FewestPermutations, 20*len(x))}
	h.Permutations = (h.Permutations+chunk)/chunk*chunk - 1
	if _, sd := meanSD(x); !(sd > 0) {
		for i := range h.P {
			h.P[i], h.Worth[i] = 1, 1+len(near[i])
		}
		h.In = Discoveries(h.P, q)
		return h, ctx.Err()
	}
	h.Independent = worth(cells, x, near, reach, seed)
	for i := range x {
		h.Worth[i] = max(int(h.Independent*float64(1+len(near[i]))+1e-9), 1)
	}
	sums, err := draws(ctx, x, slices.Max(h.Worth), h.Permutations, seed, o)
	if err != nil {
		return Hot{}, err
	}
	for i := range x {
		w := h.Worth[i]
		goal := around(x, near, i) / float64(1+len(near[i])) * float64(w) * (1 - 1e-12) // equal sums in another order
		at, _ := slices.BinarySearch(sums[w-1], goal)
		h.P[i] = float64(1+len(sums[w-1])-at) / float64(1+h.Permutations)
	}
	h.In = Discoveries(h.P, q)
	return h, nil
}

// draws are sums of the first 1, 2 … most of the values in random order, n of each, rising.
func draws(ctx context.Context, x []float64, most, n int, seed uint64, o parallel.Options) ([][]float64, error) {
	sums := make([][]float64, most)
	for m := range sums {
		sums[m] = make([]float64, n)
	}
	err := parallel.Each(ctx, (n+chunk-1)/chunk, o, nil, func(_ context.Context, k int) error {
		random, pool := rand.New(rand.NewPCG(seed, uint64(k))), slices.Clone(x)
		for b := k * chunk; b < min((k+1)*chunk, n); b++ {
			sum := 0.0
			for m := range most {
				j := m + random.IntN(len(pool)-m)
				pool[m], pool[j] = pool[j], pool[m]
				sum += pool[m]
				sums[m][b] = sum
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sums, parallel.Each(ctx, most, o, nil, func(_ context.Context, m int) error {
		slices.Sort(sums[m])
		return nil
	})
}

// Discoveries are the p-values that Benjamini and Hochberg's procedure rejects at a false discovery rate q.
func Discoveries(p []float64, q float64) []bool {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	in := make([]bool, len(p))
	for k := len(order) - 1; k >= 0; k-- {
		if p[order[k]] <= q*float64(k+1)/float64(len(p)) {
			for _, i := range order[:k+1] {
				in[i] = true
			}
			break
		}
	}
	return in
}
