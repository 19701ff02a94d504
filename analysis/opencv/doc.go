// Package opencv does the 2D work that OpenCV is best at, a tile at a time. It takes and gives Go memory:
// a gocv.Mat never leaves a function. It is the only package that imports gocv.
//
// OpenCV's own threads are held at one, because callers already work on several tiles at once; every
// function may be called from several goroutines. At the border of a tile the outermost pixels are
// repeated, so a caller that wants seamless tiles gives each a halo of the filter's radius and crops it.
package opencv

import "gocv.io/x/gocv"

func init() { gocv.SetNumThreads(1) }
