// Package volume holds 3D arrays and the geometry that places them in a scanner.
//
// A [Grid] says how many voxels there are, how large they are in millimetres, where they lie and
// who said so. A [Volume] is a scalar image on a Grid. The kernels that work on them live in the
// packages below; they know no file format and no medicine:
//
//   - greys: filter (medians, Gaussian), denoise, rings, gain, threshold, resample, reslice
//   - classes: label, morph, distance, thickness, passage, geodesic, centreline
//   - numbers: area, minkowski, moments, mesh
//   - pictures and closed forms: render, shape
//
// The offset of voxel (x, y, z) is x + Nx*(y + Ny*z) everywhere.
//
// A grid whose spacing is unknown has Spacing 0 there: lengths, areas and volumes then give
// [ErrSpacing] instead of a number. A spacing is never assumed to be 1.
package volume
