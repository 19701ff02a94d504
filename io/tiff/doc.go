// Package tiff reads TIFF and BigTIFF files through libtiff, page by page: slices of a stack, levels
// of a pyramid, channels of a microscope image.
//
// Integers of 1 to 32 bits, half, single and double floats are read from strips or tiles, interleaved
// or planar, in either byte order and with every compression of the installed libtiff. Grey values
// keep their numbers: 9 to 15 bits widen to 16 without scaling; 1, 2 and 4 bits stretch to 0..255.
// MinIsWhite is turned over, palettes and YCbCr become RGB, CMYK and CIELab too, with a warning that no
// colour profile was applied; alpha is dropped with a warning and the orientation tag is honoured, for the
// size of a pixel as well.
//
// Tiles of JPEG are decoded by libjpeg alone, into the window itself where they fit, as fast as libjpeg
// goes. Strips and tiles that windows cut or overlap are remembered, and each is decoded once when windows
// come in row order. A strip of more than 64 MiB is read in blocks of rows: from its first row on, because
// compressed strips can only be read so, and not in colours that libtiff has to convert (subsampled YCbCr
// without JPEG, CMYK in planes, old-style JPEG), which are refused when a strip is too large for that.
//
// Planes of an OME-TIFF are placed by its TiffData, in one file or in several of the same folder, with the
// description in one of them or in a companion; pages below SubIFDs are levels, of every plane. The size of
// a pixel comes from the description, else from the text of an electron microscope in a tag or beside the
// file (package microscope), else from the resolution tags.
//
// libtiff is C and the files come from elsewhere: a program opens them through package worker, which
// calls this package in a process of its own. Samples are little-endian because the machines that this
// is built for are (amd64, arm64, riscv64). Plain grey files are read in Go alone ([OpenPlain]).
package tiff
