// Package serial makes a block of clot cut into serial sections, from a seed: stained sections that are
// turned, shifted, stretched and bent against the block, unevenly stained, some lost, with the truth of all
// of it, to judge registration and the component volume that is built of them.
//
// The block's frame has its origin in the centre of voxel (0, 0, 0), x to the right, y down, z from the first
// section to the last, in mm. A section has its origin in the centre of its first pixel, and lies in the
// middle of its thickness.
package serial
