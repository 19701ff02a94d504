// Package features describes each pixel or voxel by its surroundings at several scales, for a classifier:
// the grey itself, the grey less its wide surroundings, and at each level the smoothed grey, the length of its
// gradient, its Laplacian, and the eigenvalues of its structure tensor and of its Hessian.
//
// Level j smooths by the binomial 1 4 6 4 1 with its taps 2^j apart, upon the level below (the algorithme à
// trous): together they are a cubic B-spline, which differs little from a Gaussian, of standard deviation
// sqrt((4^(j+1) - 1)/3): 1, 2.24, 4.58, 9.22 pixels. Differences are taken over 2^j pixels on both sides. A wide
// level so costs no more than a narrow one.
//
// Every feature is one 16-bit number in the unit of the grey (65535 is the whole range); what may be negative
// is stored with 32768 added. Sums are rounded after each step in a fixed order, no multiplication is fused with an
// addition, and no function of a mathematical library beyond the square root is used: the same
// greys give the same numbers on every machine, which filters of OpenCV do not promise for floats. Pixels beyond
// the border repeat the outermost one; a tile with a halo of [Bank.Halo] pixels gives what the whole image gives.
//
// Source: Burt, Adelson, IEEE Trans. Commun. 31(4):532-540, 1983, doi:10.1109/TCOM.1983.1095851 (the kernel);
// Starck, Murtagh, Astronomical Image and Data Analysis, Springer 2006 (à trous); Bigün, Granlund, Proc. ICCV
// 1987:433-438 (structure tensor); the set of features is that of interactive pixel classifiers, Berg et al.,
// Nat. Methods 16:1226-1232, 2019, doi:10.1038/s41592-019-0582-9.
package features
