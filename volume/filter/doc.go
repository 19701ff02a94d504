// Package filter smooths volumes: an exact 3x3x3 median and a separable Gaussian.
//
// Beyond the faces of the volume the nearest voxel is repeated. The functions run slab by slab and
// give the same bytes with any number of workers.
package filter
