// Package mesh makes triangle meshes of surfaces in volumes: where the greys pass a level, by marching
// cubes.
//
// The cells lie between the centres of eight neighbouring voxels. On each of their twelve edges whose ends
// lie on different sides of the level stands one vertex, placed by linear interpolation of the greys, so
// that a grey edge is found to a fraction of a voxel. How the vertices of a cell join is not taken from a
// table but derived, once, from one rule for a face of the cell: inside corners that only meet over the
// diagonal of a face stay apart. Both cells at a face follow the same rule, which leaves no holes.
//
// What lies beyond the volume is outside: surfaces that reach a face of the volume are closed half a voxel
// behind the last centres.
//
// Source: Lorensen and Cline, SIGGRAPH 1987, doi:10.1145/37401.37422; for the ambiguous faces Nielson and
// Hamann, Visualization 1991, doi:10.1109/VISUAL.1991.175782.
package mesh
