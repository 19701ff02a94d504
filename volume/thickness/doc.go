// Package thickness gives the local thickness of a class of voxels: at each voxel the diameter of
// the largest ball that holds the voxel's centre and fits into the class.
//
// Balls are centred on voxels. A ball holds the centres that are nearer to its own than any centre
// outside the class is; its radius is the distance of package distance, to the interface between
// voxels. A film of an odd number of voxels so has its exact thickness, and one of an even number,
// whose middle lies between voxels, one voxel less; balls, cylinders and shells come out 0.6 to 1
// voxel too thin. Balls whose centres all lie in a larger ball of a neighbour are left out, which
// changes nothing; the others, the distance ridge, are drawn.
//
// Sources: Hildebrand, Rüegsegger, J. Microsc. 185(1):67-75, 1997, doi:10.1046/j.1365-2818.1997.1340694.x;
// Dougherty, Kunzelmann, Microsc. Microanal. 13(S02):1678-1679, 2007, doi:10.1017/S1431927607074430.
package thickness
