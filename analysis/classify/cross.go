package classify

import (
	"context"
	"math"
	"slices"

	"explant/analysis/forest"
	"explant/volume/parallel"
)

// Cross is a cross-validation over whole regions: those of a fold are classified by a forest that has seen none of
// them.
type Cross struct {
	Folds     int              `json:"folds"`
	Confusion forest.Confusion `json:"confusion"` // of samples
	Agreement float64          `json:"kappa"`     // Cohen's kappa of the confusion matrix
}

// folds gives each region a fold from 1 to most or fewer: those of a class go round, the largest first, so that every
// fold has some of each. 0 folds: no class has two regions.
func folds(class []int, area []int64, classes, most int) (fold []int, n int) {
	fold = make([]int, len(class))
	next := 0
	for c := range classes {
		var own []int
		for k, of := range class {
			if of == c {
				own = append(own, k)
			}
		}
		n = max(n, min(len(own), most))
		slices.SortStableFunc(own, func(a, b int) int { return int(min(max(area[b]-area[a], -1), 1)) })
		for _, k := range own {
			fold[k] = next
			next++
		}
	}
	if n < 2 {
		return make([]int, len(class)), 0
	}
	for k := range fold {
		fold[k] = fold[k]%n + 1
	}
	return fold, n
}

// crossing is a cross-validation at work.
type crossing struct {
	samples forest.Samples
	region  []int     // of each sample
	weight  []float64 // by region: pixels that a sample stands for
	fold    []int     // by region
	params  forest.Params
	sums    Cross
	errors  [][]float64 // by class: relative errors of its area, one a fold
}

// validate classifies each fold by what the others taught. Where the others lack a class it cannot be found.
func (c *crossing) validate(ctx context.Context, n int, o parallel.Options, prog parallel.Progress) error {
	c.sums = Cross{Folds: n, Confusion: forest.NewConfusion(c.samples.Classes)}
	c.errors = make([][]float64, c.samples.Classes)
	for k := 1; k <= n; k++ {
		var taught, asked []int
		for i, r := range c.region {
			if c.fold[r] == k {
				asked = append(asked, i)
			} else {
				taught = append(taught, i)
			}
		}
		known, present := compact(c.samples.Take(taught))
		if len(present) < 2 || len(asked) == 0 {
			continue
		}
		g, err := forest.Train(ctx, known, c.params, o, prog)
		if err != nil {
			return err
		}
		c.judge(g.Forest, present, asked)
	}
	c.sums.Agreement = kappa(c.sums.Confusion)
	return nil
}

// compact numbers the classes that have samples from 0; present are their old numbers.
func compact(s forest.Samples) (out forest.Samples, present []int) {
	number := make([]int, s.Classes)
	seen := make([]bool, s.Classes)
	for _, c := range s.Class {
		seen[c] = true
	}
	for c, is := range seen {
		if is {
			number[c] = len(present)
			present = append(present, c)
		}
	}
	for i, c := range s.Class {
		s.Class[i] = uint8(number[c])
	}
	s.Classes = len(present)
	return s, present
}

// judge classifies samples and counts them.
func (c *crossing) judge(f *forest.Forest, present, asked []int) {
	s := c.samples.Take(asked)
	truth, given := make([]float64, s.Classes), make([]float64, s.Classes)
	b, votes := new(forest.Work), make([]uint32, forest.Block*f.Classes)
	for lo := 0; lo < s.Len(); lo += forest.Block {
		n := min(forest.Block, s.Len()-lo)
		for k, v := range s.Values {
			f.Bin(b, k, v[lo:lo+n])
		}
		f.Votes(votes[:n*f.Classes], b, n)
		for i := range n {
			got, _ := forest.Best(votes[i*f.Classes:][:f.Classes])
			own, w := s.Class[lo+i], c.weight[c.region[asked[lo+i]]]
			c.sums.Confusion[own][present[got]]++
			truth[own] += w
			given[present[got]] += w
		}
	}
	for k, t := range truth {
		if t > 0 && slices.Contains(present, k) {
			c.errors[k] = append(c.errors[k], given[k]/t-1)
		}
	}
}

// leastFolds is how many errors of a class's area make a statement.
const leastFolds = 3

// areaError is the root mean square of the relative errors of a class's area; nil where they are too few.
func (c *crossing) areaError(class int) *float64 {
	e := c.errors[class]
	if len(e) < leastFolds {
		return nil
	}
	sum := 0.0
	for _, v := range e {
		sum += float64(v * v)
	}
	rms := math.Sqrt(sum / float64(len(e)))
	return &rms
}

// kappa is agreement beyond chance.
//
// Source: Cohen, Educ. Psychol. Meas. 20(1):37-46, 1960, doi:10.1177/001316446002000104.
func kappa(c forest.Confusion) float64 {
	total, right := c.Total()
	if total == 0 {
		return 0
	}
	chance := 0.0
	for k := range c {
		own, given, _ := c.Class(k)
		chance += float64(float64(own) * float64(given))
	}
	n := float64(total)
	chance /= float64(n * n)
	if chance == 1 {
		return 1
	}
	return (float64(right)/n - chance) / (1 - chance)
}
