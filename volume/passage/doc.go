// Package passage tells how a volume lets something pass from one of its faces to the opposite one: what
// of its open space takes part, and how wide the widest way is at its narrowest.
//
// Steps lead from a voxel to the six that share a face with it: over edges and corners a way would leak
// through a wall of one voxel that lies aslant.
package passage
