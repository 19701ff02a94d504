// Package minkowski gives the Euler number, the mean breadth and the surface area of a class of voxels
// from one count: how often each of the 256 patterns of 2 x 2 x 2 voxels occurs. Each of the three is a
// sum over these patterns, with a table that is derived from its definition when the program starts.
//
// Euler number: pieces, less tunnels, plus cavities. With 26 neighbours the class is the union of its
// closed cubes, and vertices - edges + faces - cubes are counted; with 6 neighbours it is the complex of
// the voxels' centres, their pairs, squares and cubes. Both are exact.
//
// Mean breadth: the mean distance of two parallel planes that hold a convex body, over all directions;
// the integral of mean curvature over 2π. By Crofton's formula it is the mean, over the normals of 13
// families of lattice planes, of the Euler numbers of the planar sections summed over the planes and
// times their distance; the families weigh as much as their normals on the sphere.
//
// Surface area: the crossings of lines along the 13 directions, as in package area.
//
// Sources: Ohser, Mücklich, Statistical Analysis of Microstructures in Materials Science, Wiley, 2000;
// Legland, Kiêu, Devaux, Image Anal. Stereol. 26(2):83-92, 2007, doi:10.5566/ias.v26.p83-92;
// Toriwaki, Yonekura, Forma 17:183-209, 2002 (Euler numbers of 6 and 26 neighbours).
package minkowski
