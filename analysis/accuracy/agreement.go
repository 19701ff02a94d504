package accuracy

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Pair is one measurement of a phantom and its truth, in the same unit. Interval is empty where the
// measurement has none.
type Pair struct {
	Value, Truth float64
	Interval     *[2]float64 // lower and upper end
}

// Agreement sums up the relative errors of many measurements, in percent of the truth.
type Agreement struct {
	N    int     `json:"n"`
	Bias float64 `json:"bias_percent"`     // mean error
	SD   float64 `json:"sd_percent"`       // of the errors; 0 for one measurement
	RMS  float64 `json:"rms_percent"`      // root of the mean squared error
	Low  float64 `json:"loa_low_percent"`  // limits of agreement: bias ± 1.96 SD
	High float64 `json:"loa_high_percent"` //

	BiasLow  float64 `json:"bias_low_percent"` // 95 % confidence interval of the bias, by Student's t
	BiasHigh float64 `json:"bias_high_percent"`

	Intervals int        `json:"intervals"`           // measurements that have an interval
	Covered   int        `json:"covered"`             // of these, intervals that hold the truth
	Wilson    [2]float64 `json:"coverage_95"`         // 95 % interval of the coverage, as shares
	HalfWidth float64    `json:"half_width_percent"`  // mean half-width of the intervals
	WidthRMS  float64    `json:"half_width_over_rms"` // over the RMS error of the same measurements; 0 where that is 0
}

// Agree sums up pairs whose truth is not 0. The limits of agreement are those of differences from a
// known truth, not from the mean of two methods.
//
// Source: Bland, Altman, Lancet 327(8476):307-310, 1986, doi:10.1016/S0140-6736(86)90837-8.
func Agree(pairs []Pair) (Agreement, error) {
	var a Agreement
	var errors, covered, halves []float64
	for i, p := range pairs {
		e := 100 * (p.Value - p.Truth) / math.Abs(p.Truth)
		if math.IsNaN(e) || math.IsInf(e, 0) {
			return a, fmt.Errorf("measurement %d: value %g for a truth of %g has no relative error", i+1, p.Value, p.Truth)
		}
		errors = append(errors, e)
		if p.Interval == nil {
			continue
		}
		a.Intervals++
		if p.Interval[0] <= p.Truth && p.Truth <= p.Interval[1] {
			a.Covered++
		}
		halves = append(halves, 50*(p.Interval[1]-p.Interval[0])/math.Abs(p.Truth))
		covered = append(covered, e)
	}
	if a.N = len(errors); a.N == 0 {
		return a, nil
	}
	a.Bias, a.RMS = stat.Mean(errors, nil), rms(errors)
	a.BiasLow, a.BiasHigh = a.Bias, a.Bias
	if a.N > 1 {
		a.SD = stat.StdDev(errors, nil)
		half := distuv.StudentsT{Sigma: 1, Nu: float64(a.N - 1)}.Quantile(0.975) * a.SD / math.Sqrt(float64(a.N))
		a.BiasLow, a.BiasHigh = a.Bias-half, a.Bias+half
	}
	a.Low, a.High = a.Bias-1.96*a.SD, a.Bias+1.96*a.SD
	if a.Intervals > 0 {
		a.Wilson = Wilson(a.Covered, a.Intervals)
		a.HalfWidth = stat.Mean(halves, nil)
		if r := rms(covered); r > 0 {
			a.WidthRMS = a.HalfWidth / r
		}
	}
	return a, nil
}

func rms(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum / float64(len(v)))
}

// Wilson is the 95 % interval of a share of which k of n were seen; 0 to 1 for n = 0.
//
// Source: Wilson, J. Am. Stat. Assoc. 22(158):209-212, 1927, doi:10.1080/01621459.1927.10502953.
func Wilson(k, n int) [2]float64 {
	if n == 0 {
		return [2]float64{0, 1}
	}
	z := distuv.UnitNormal.Quantile(0.975)
	p, m := float64(k)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return [2]float64{max(centre-half, 0), min(centre+half, 1)}
}
