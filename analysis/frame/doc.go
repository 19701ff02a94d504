// Package frame gives an explanted device coordinates of its own: u along the flow, 0 at the inlet and 1
// at the outlet, and v and w across it. It reads the description of a frame, places voxels and points in
// it, looks zones up in a map of labels, and finds the mats of a stack of fibres.
//
// Lengths are in mm in the coordinates of the scanner, as a volume's Grid states them.
package frame
