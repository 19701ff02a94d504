// Package morph erodes, dilates and opens classes of voxels by the cube of 3x3x3 voxels. What lies
// beyond the faces of the volume neither erodes nor dilates.
package morph
