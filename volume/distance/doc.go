// Package distance gives the exact Euclidean distance of every voxel to the nearest voxel of a
// class, on grids with any spacing, measured to the interface between the voxels.
//
// The nearest site is found exactly, axis by axis: along z from the faces of slabs, then between the
// sites of each column and row, by a search where they are near and by lower envelopes of parabolas
// where they are not.
// If it lies k = (i, j, k) voxels away, the straight line between the two centres is |k| index
// steps long, |k| = sqrt(i²+j²+k²), and its last half step belongs to the site. The distance is
// therefore D·(1 - 1/(2|k|)), D being the distance of the centres in mm. Along an axis this takes
// off half the spacing of that axis; on a grid of cubes it takes off half an edge in every
// direction; obliquely on any other grid it takes off half of that voxel's extent in the sense of
// the ellipsoid inscribed in it, 1/(2·sqrt(Σ(u_a/s_a)²)) for the unit vector u and spacing s.
//
// This is exact for planes along the grid. Beyond curved and oblique surfaces, where some site's
// centre nearly always lies closer to the true surface than half a voxel, distances are too short,
// on average by up to 0.37 of a spacing (ball of radius 15 voxels).
//
// Source: Felzenszwalb, Huttenlocher, Theory of Computing 8:415-428, 2012,
// doi:10.4086/toc.2012.v008a019.
package distance
