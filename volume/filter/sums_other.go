//go:build !amd64

package filter

func sumsWide[T sample](_ []float64, _ [][]T, _ []float64) int { return 0 }

func foldsWide(_ []float32, _, _ []float64) int { return 0 }
