// Package rescan asks what a segmentation makes of itself: a block of its labels is taken for the truth,
// painted with the levels of its classes, blurred and made noisy as the scan is, and segmented again. What
// is then missing or too much is the error of the method on objects of these very shapes: a parametric
// bootstrap.
//
// Source: Efron, Tibshirani, An Introduction to the Bootstrap, 1993, chapters 6 and 10 (parametric
// bootstrap, estimate of bias).
package rescan

// Algorithms names the algorithm of this package and its version, for the method hash. A version changes
// whenever the same input may give another result.
func Algorithms() map[string]string { return map[string]string{"rescan.block": "1"} }
