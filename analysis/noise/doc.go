// Package noise measures how a segmented scan is blurred and how noisy it is, from the scan itself: for
// phantoms made as it was, where no fitted model of the device says so.
package noise

// Algorithms names the algorithm of this package and its version, for the method hash. A version changes
// whenever the same input may give another result.
func Algorithms() map[string]string { return map[string]string{"noise.scan": "1"} }
