// Package tiff reads TIFF and BigTIFF files through libtiff, page by page: slices of a stack, levels
// of a pyramid, channels of a microscope image.
//
// Integers of 1 to 32 bits, half, single and double floats are read from strips or tiles, interleaved
// or planar, in either byte order and with every compression of the installed libtiff. Grey values
// keep their numbers: 9 to 15 bits widen to 16 without scaling; 1, 2 and 4 bits stretch to 0..255.
// MinIsWhite is turned over, palettes, YCbCr and CMYK become RGB, alpha is dropped with a warning and
// the orientation tag is honoured.
//
// libtiff is C and the files come from elsewhere: a program opens them through package worker, which
// calls this package in a process of its own. Samples are little-endian because the machines that this
// is built for are (amd64, arm64, riscv64).
package tiff
