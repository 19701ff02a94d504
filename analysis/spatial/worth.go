package spatial

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Two neighbourhoods this many times the reach apart hardly overlap, and are near enough to each other for a
// trend over the space not to part them.
const (
	apartFrom = 5.0 / 3
	apartTo   = 2.0
)

// spreadDraws is the number of pairs of draws by which the spread of chance is known.
const spreadDraws = 8000

// calm is the quantile of differences that is compared: hot spots bear on the large ones.
const calm = 0.25

// worth is the share of the cells of a neighbourhood that are independent of each other: the means of so many
// random cells differ, in the lower quartile of pairs, as those of neighbourhoods side by side do. Neither
// a trend nor a hot spot bears much on that: the one hardly parts what lies side by side, the other parts
// few. 0 says that not even single cells differ so much, or that a quarter of the neighbourhoods are alike, as
// where they are empty.
func worth(cells []Cell, x []float64, near [][]int32, reach float64, seed uint64) float64 {
	most := 1
	for _, n := range near {
		most = max(most, 1+len(n))
	}
	beside := besides(cells, x, near, reach, most)
	if len(beside) == 0 {
		return 0
	}
	goal := quantile(beside, calm)
	chance := chances(x, most, seed)
	for w := most; w > 0 && goal > 0; w-- {
		if chance[w-1] >= goal {
			return float64(w) / float64(most)
		}
	}
	return 0
}

// besides are the differences of the means of neighbourhoods side by side that are most of a whole one, as
// whole ones would have them.
func besides(cells []Cell, x []float64, near [][]int32, reach float64, whole int) (out []float64) {
	for i, far := range Near(cells, apartTo*reach) {
		for _, j := range far {
			m, n := 1+len(near[i]), 1+len(near[j])
			if int(j) <= i || 3*min(m, n) < 2*whole || apart(cells[i], cells[j]) < apartFrom*reach*(1-1e-9) {
				continue
			}
			difference := around(x, near, i)/float64(m) - around(x, near, int(j))/float64(n)
			out = append(out, math.Abs(difference)*math.Sqrt(2/float64(whole)/(1/float64(m)+1/float64(n))))
		}
	}
	return out
}

// chances are the lower quartiles of the differences of the means of 1, 2 … most random cells.
func chances(x []float64, most int, seed uint64) []float64 {
	random := rand.New(rand.NewPCG(seed, 1<<33))
	differences := make([][]float64, most)
	for range spreadDraws {
		difference := 0.0
		for m := range most {
			difference += x[random.IntN(len(x))] - x[random.IntN(len(x))]
			differences[m] = append(differences[m], math.Abs(difference)/float64(m+1))
		}
	}
	out := make([]float64, most)
	for m, d := range differences {
		out[m] = quantile(d, calm)
	}
	return out
}

// quantile of at least one value, straight between them; it sorts them.
func quantile(values []float64, p float64) float64 {
	slices.Sort(values)
	at := p * float64(len(values)-1)
	i := int(at)
	if i+1 == len(values) {
		return values[i]
	}
	return values[i] + (at-float64(i))*(values[i+1]-values[i])
}
