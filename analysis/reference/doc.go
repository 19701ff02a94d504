// Package reference compares a used device with an unused one: the burden that is left when what the same
// method finds in the unused device, over the same space, is taken away (dep.net), with its sign.
//
// The unused device is registered to the used one ([explant/volume/register]); voxels of both that the
// other scan does not show are left out of both.
package reference

// Algorithms names the algorithms of this package and their versions. A reference is an input and no
// part of the method, so that they stand beside the values and not in the method's hash.
func Algorithms() map[string]string {
	return map[string]string{"reference.register": "1", "reference.net": "1"}
}
