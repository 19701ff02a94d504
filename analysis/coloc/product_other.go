//go:build !amd64

package coloc

func productWide(_ *[4]float64, _ Blocked, _ []int) bool { return false }
