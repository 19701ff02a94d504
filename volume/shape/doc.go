// Package shape holds solids whose volume and area are known in closed form, and renders them on a
// grid by sub-voxel coverage. Tests and phantoms take their truth from it.
//
// Points and lengths are in mm, in the scanner frame in which Grid.Origin lies.
package shape
