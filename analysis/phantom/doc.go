// Package phantom makes images whose truth is known, from a seed: the demo, the reference of the
// tests, the source of detection floors and the check of an installation.
//
// The pixels depend on the parameters and the seed alone, never on slabs or threads: what is drawn
// in sequence (the objects) is drawn by one generator before any pixel is made, and noise is a hash
// of the pixel's position. Truth comes from analytic or sub-voxel coverage.
package phantom
