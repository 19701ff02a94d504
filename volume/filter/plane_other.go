//go:build !amd64

package filter

func mirror32Wide(_ []float32, _, _ [][]float32, _ []float32) int { return 0 }

func fold32Wide(_, _, _ []float32) int { return 0 }

func raiseWide(_, _ []float32) int { return 0 }

func lowerWide(_ *[4]float64, _ []float32) int { return 0 }
