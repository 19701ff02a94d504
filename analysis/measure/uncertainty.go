package measure

import (
	"math"

	"explant/analysis/result"
	"explant/analysis/segment"
)

// coverage is the probability of an interval of k = 2 standard uncertainties.
const coverage = 0.95

// fewestReplicates is the least number of blocks whose jackknife says something.
const fewestReplicates = 8

// term is one relative standard uncertainty of a value and its name.
type term struct {
	name string
	rel  float64
}

// bound puts the interval of k = 2 and its largest term to m. Terms that are 0 or unknown are left
// out, and a value without any has no interval. Amounts are not negative, and neither is u_lo.
//
// Source: JCGM 100:2008 (GUM), 5.1 and 6.2.
func bound(m *result.Measurement, terms ...term) {
	var sum, most float64
	for _, t := range terms {
		if !(t.rel > 0) {
			continue
		}
		sum += t.rel * t.rel
		if t.rel > most {
			most, m.Dominant = t.rel, t.name
		}
	}
	if sum == 0 {
		return
	}
	u := 2 * math.Sqrt(sum) * math.Abs(m.Value)
	m.ULo, m.UHi, m.Coverage = result.F(max(m.Value-u, 0)), result.F(m.Value+u), result.F(coverage)
}

// jackknife is the relative standard error of a statistic of the counts, from the replicates that
// leave one block out each; 0 where there are fewer than 8 or the statistic is 0.
//
// Source: Efron, Stein, Ann. Stat. 9(3):586-596, 1981, doi:10.1214/aos/1176345462.
func jackknife(replicates []segment.Counts, f func(segment.Counts) float64) float64 {
	if len(replicates) < fewestReplicates {
		return 0
	}
	n := float64(len(replicates))
	first, mean := f(replicates[0]), f(replicates[0])
	for _, r := range replicates {
		mean += (f(r) - first) / n // exact where all are alike
	}
	if !(math.Abs(mean) > 0) {
		return 0
	}
	sum := 0.0
	for _, r := range replicates {
		d := f(r) - mean
		sum += d * d
	}
	return math.Sqrt((n-1)/n*sum) / math.Abs(mean)
}

func depositOf(c segment.Counts) float64   { return float64(c.Deposit) }
func bloodSideOf(c segment.Counts) float64 { return float64(c.BloodSide) }

func burdenOf(c segment.Counts) float64 {
	if c.BloodSide == 0 {
		return 0
	}
	return float64(c.Deposit) / float64(c.BloodSide)
}

// known is the value behind p, 0 where it is unknown.
func known(p *float64) float64 {
	if p == nil {
		return 0
	}
	return *p
}
