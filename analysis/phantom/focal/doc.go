// Package focal makes stacks of focal planes of immunofluorescence with known truth: nuclei, many of them touching,
// NETs of strands between them, and platelets, in three dimensions, seen through a point spread that is longer along
// the axis than across it.
//
// Truth is by 27 samples of each voxel. The same seed gives the same voxels whatever the number of workers.
package focal
