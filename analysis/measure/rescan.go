package measure

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"explant/analysis/result"
	"explant/analysis/segment"
)

// unsure is the share of an estimated bias that is taken for the standard uncertainty of that estimate's
// model: the second scan has neither the rings nor the gain of the first, and begins from labels that are
// smoother than what was scanned. Of 60 phantoms of 128 voxels a half left 7 intervals of the deposit's volume, and
// 7 of burden, without the truth.
const unsure = 0.8

// fewestParts is the least number of parts of a block whose scatter says something.
const fewestParts = 4

// bias is what a segmentation adds to a volume, relative to it, and the standard uncertainty that is left
// when the volume is freed of it.
type bias struct{ rel, u float64 }

// share is part of a sum over the parts of the block: what was added, per what it is added to.
type share struct{ added, to float64 }

// biasOf gives the bias from the shares of the parts: factor turns added/to of the block into the relative
// bias of the whole volume, whose own sum of to is whole. Its random part is the jackknife's standard error
// over the parts, once for the block and once for the volume, which has had noise of its own, as much larger as
// the few parts ask for (GUM G.6.4: k is 2 for many degrees of freedom only); nil where fewer than 4 parts hold
// something.
//
// Source: Efron, Tibshirani, An Introduction to the Bootstrap, 1993, chapter 10; jackknife of a ratio,
// Cochran, Sampling Techniques, 1977, section 6.17.
func biasOf(shares []share, factor, whole float64) *bias {
	var all share
	held := 0
	for _, s := range shares {
		all = share{all.added + s.added, all.to + s.to}
		if s.to > 0 {
			held++
		}
	}
	if held < fewestParts || !(whole > 0) || math.IsNaN(factor) || math.IsInf(factor, 0) {
		return nil
	}
	mean, n := 0.0, float64(len(shares))
	left := make([]float64, len(shares))
	for i, s := range shares {
		left[i] = (all.added - s.added) / (all.to - s.to)
		mean += left[i] / n
	}
	sum := 0.0
	for _, v := range left {
		sum += (v - mean) * (v - mean)
	}
	random := (n - 1) / n * sum * factor * factor * (1 + min(all.to/whole, 1)) * square(student(held-1)/2)
	rel := factor * all.added / all.to
	return &bias{rel, math.Sqrt(random + unsure*unsure*rel*rel)}
}

// student is the two-sided 95 % quantile of Student's distribution.
func student(freedom int) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(freedom)}.Quantile(0.975)
}

// depositBias scales the bias of the block's deposit by its surface over its volume.
func (j *job) depositBias() *bias {
	r, n := j.in.Rescan, float64(j.census.total.n[segment.Deposit])
	if r == nil || n == 0 {
		return nil
	}
	var shares []share
	was := 0.0
	for _, p := range r.Parts {
		shares = append(shares, share{float64(p.DepositAgain - p.Deposit), float64(p.Deposit)})
		was += float64(p.Deposit)
	}
	return biasOf(shares, float64(j.census.faces)/n*was/float64(r.Faces), n)
}

// bloodBias scales the bias of the block's blood side by the polymer, whose surface it is due to.
func (j *job) bloodBias() *bias {
	r, t := j.in.Rescan, j.census.total
	if r == nil || t.bloodSide() == 0 {
		return nil
	}
	var shares []share
	for _, p := range r.Parts {
		shares = append(shares, share{float64(p.BloodSideAgain - p.BloodSide), float64(p.Polymer)})
	}
	polymer := float64(t.n[segment.Polymer])
	return biasOf(shares, polymer/float64(t.bloodSide()), polymer)
}

// ratioBias is that of a ratio of two volumes.
func ratioBias(over, under *bias) *bias {
	if over == nil || under == nil {
		return nil
	}
	return &bias{over.rel - under.rel, math.Hypot(over.u, under.u)}
}

// told puts the bias among the diagnostics.
func (j *job) told(name string, b *bias) {
	if b != nil {
		j.out.Diagnostics[name+"_bias_percent"] = 100 * b.rel
		j.out.Diagnostics[name+"_bias_standard_uncertainty_percent"] = 100 * b.u
	}
}

// boundAbout is bound with the interval about the value that the bias has been taken from; the value itself
// is left as it was measured, and the interval holds it. Without a bias it is bound.
//
// Source: JCGM 100:2008 (GUM), 3.2.3 and F.2.4.5 (known effects that are not corrected for).
func boundAbout(m *result.Measurement, b *bias, terms ...term) {
	if b == nil {
		bound(m, terms...)
		return
	}
	free := *m
	free.Value = m.Value / (1 + max(b.rel, -0.5))
	bound(&free, append(terms, term{"border", b.u})...)
	if free.ULo == nil {
		return
	}
	m.ULo, m.UHi = result.F(min(*free.ULo, m.Value)), result.F(max(*free.UHi, m.Value))
	m.Coverage, m.Dominant = free.Coverage, free.Dominant
}
