// Package morph erodes, dilates and opens classes of voxels by the cube of 3x3x3 voxels, and opens and
// closes them by balls of any radius. What lies beyond the faces of the volume neither erodes nor dilates.
package morph
