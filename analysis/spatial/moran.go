package spatial

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"explant/volume/parallel"
)

// MoranPermutations is the number of permutations behind the p-value of Moran's I: it is one test, and
// 1/1000 the smallest p it can give.
const MoranPermutations = 999

// moranChunk is the number of them that share a generator.
const moranChunk = 37

// Moran is how alike neighbours are.
type Moran struct {
	I        float64 // 1 where neighbours are equal, -1 where they are opposites
	Expected float64 // of values in random order: -1/(n-1)
	P        float64 // probability of as high an I in random order
}

// MoranI is Moran's I of the values x with weights of 1 for neighbours, and its p-value by permutation.
// ok is false where it does not exist: all values are alike, or no cell has a neighbour.
//
// Source: Moran, Biometrika 37:17-23, 1950, doi:10.1093/biomet/37.1-2.17; Cliff and Ord, Spatial Processes,
// Pion, 1981.
func MoranI(ctx context.Context, x []float64, near [][]int32, seed uint64, o parallel.Options) (m Moran, ok bool, err error) {
	mean, sd := meanSD(x)
	pairs := 0
	for _, n := range near {
		pairs += len(n)
	}
	if !(sd > 0) || pairs == 0 {
		return m, false, ctx.Err()
	}
	z := make([]float64, len(x))
	for i, v := range x {
		z[i] = (v - mean) / sd
	}
	observed := crossed(z, near)
	var above atomic.Int64
	err = parallel.Each(ctx, MoranPermutations/moranChunk, o, nil, func(_ context.Context, k int) error {
		random, shuffled := rand.New(rand.NewPCG(seed, 1<<32|uint64(k))), slices.Clone(z)
		for range moranChunk {
			random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			if crossed(shuffled, near) >= observed-1e-9 {
				above.Add(1)
			}
		}
		return nil
	})
	return Moran{observed / float64(pairs), -1 / float64(len(x)-1), float64(1+above.Load()) / (1 + MoranPermutations)}, true, err
}

// crossed is the sum of the products of neighbours, each pair taken twice.
func crossed(z []float64, near [][]int32) (sum float64) {
	for i, n := range near {
		around := 0.0
		for _, j := range n {
			around += z[j]
		}
		sum += z[i] * around
	}
	return sum
}
