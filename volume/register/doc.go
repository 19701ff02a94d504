// Package register finds where one grey volume of a device lies in another: a rigid motion, then a
// small smooth displacement, both in millimetres of the scanner's frame.
//
// The two volumes may differ in size, spacing, which may be anisotropic, and type. Greys are first made
// the share of solid (0 air, 1 anything as bright as the mean solid), so that what lies brighter on the
// solid of one scan counts no more than the solid. The start is searched for among the 24 ways to lay
// a box, with the best shifts of each by correlation in the Fourier domain; candidates are refined from
// coarse to fine by Gauss-Newton steps on the edges of the fixed volume, under Tukey's weights, which
// leave out what is in one volume and not in the other. A fit that too little of the volumes supports
// is refused with [ErrUnlike].
//
// Sources: robust weights: Beaton, Tukey, Technometrics 16(2):147-185, 1974, doi:10.1080/00401706.1974.10489171.
// Steps on the fixed volume's gradient: Baker, Matthews, Int. J. Comput. Vis. 56(3):221-255, 2004,
// doi:10.1023/B:VISI.0000011205.11775.fd.
package register
