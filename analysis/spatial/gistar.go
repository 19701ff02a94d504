package spatial

import "math"

// GiStar is the statistic G_i* of the values x, cell by cell: by how many standard deviations the sum over
// the cell and its neighbours is above what the same number of cells drawn at random would have. All
// weights are 1. Where all values are alike, or all cells are neighbours, it is 0.
//
// Source: Ord and Getis, Geogr. Anal. 27(4):286-306, 1995, doi:10.1111/j.1538-4632.1995.tb00912.x, eq. 14;
// Getis and Ord, Geogr. Anal. 24(3):189-206, 1992, doi:10.1111/j.1538-4632.1992.tb00261.x.
func GiStar(x []float64, near [][]int32) []float64 {
	n := float64(len(x))
	mean, sd := meanSD(x)
	z := make([]float64, len(x))
	for i := range x {
		m := float64(1 + len(near[i]))
		if scale := sd * math.Sqrt(m*(n-m)/(n-1)); scale > 0 {
			z[i] = (around(x, near, i) - m*mean) / scale
		}
	}
	return z
}

// around is the sum over a cell and its neighbours.
func around(x []float64, near [][]int32, i int) float64 {
	sum := x[i]
	for _, j := range near[i] {
		sum += x[j]
	}
	return sum
}

// meanSD are the mean and the standard deviation with n in the denominator.
func meanSD(x []float64) (mean, sd float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		sd += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, math.Sqrt(sd)
}
