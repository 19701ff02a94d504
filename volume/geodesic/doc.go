// Package geodesic measures the shortest ways through a class of voxels.
//
// A way is a chain of straight lines between voxel centres that stays in the class; where it touches the
// edge between voxels, one of those beside the edge must belong to the class, so that no way leaks through a
// wall that holds back steps over faces. Lengths are those of real ways, therefore never too short; ways
// need not turn in directions of the grid, so that no metric of the grid enters. They are found by a search
// that carries straight lines along and breaks them where something stands in between. It may miss the very
// shortest way: on straight, bent and obstructed channels whose shortest way is known lengths were at most
// 1 % too long, beside the half voxel by which a way around a corner keeps off it.
//
// Source: Nash, Koenig, Tovey, Lazy Theta*, Proc. AAAI 24(1):147-154, 2010, doi:10.1609/aaai.v24i1.7566;
// lines of voxels as in Amanatides and Woo, Eurographics 1987, doi:10.2312/egtp.19871000.
package geodesic
