// Package threshold makes histograms of volumes and finds grey thresholds in them.
//
// A threshold t separates background (grey <= t) from foreground (grey > t).
package threshold
