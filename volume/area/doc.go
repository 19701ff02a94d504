// Package area estimates the surface area of voxel objects by Crofton's formula: the number of
// crossings between neighbouring voxels along the 13 directions of the 3x3x3 cube, weighted by the
// part of the sphere of directions that lies nearest to each. Counting voxel faces instead would
// give 1.5 times the area of a ball.
//
// Where an object touches a face of the volume it is cut there; the cut is not surface.
//
// Sources: Lehmann, Legland, Insight J. 2012, hdl:10380/3342; Ohser, Mücklich, Statistical Analysis
// of Microstructures in Materials Science, Wiley, 2000.
package area
