// Package pin places a section in the volume of a scan: from pairs of points that show the same place in both, and
// then by what slide and scan show.
//
// A slide's places are in mm to the right and down from its upper left corner, the scan's in its own coordinates.
//
// Sources: least squares over rotations: Arun, Huang, Blostein, IEEE Trans. Pattern Anal. Mach. Intell.
// 9(5):698-700, 1987, doi:10.1109/TPAMI.1987.4767965; with scale: Umeyama, 13(4):376-380, 1991,
// doi:10.1109/34.88573. Mutual information: Viola, Wells, Int. J. Comput. Vis. 24(2):137-154, 1997,
// doi:10.1023/A:1007958904918. Search: Hooke, Jeeves, J. ACM 8(2):212-229,
// 1961, doi:10.1145/321062.321069.
package pin

// Algorithms names the algorithms of this package and their versions, for the method hash. A version
// changes whenever the same input may give another result.
func Algorithms() map[string]string {
	return map[string]string{"pin.points": "1", "pin.refine": "1"}
}
