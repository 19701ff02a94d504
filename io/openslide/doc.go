// Package openslide reads whole slides of scanners whose formats only OpenSlide knows: Hamamatsu (NDPI,
// VMS, VMU), MIRAX (MRXS), Leica SCN, Ventana BIF, Sakura SVSLIDE, Philips and Trestle TIFF, Aperio slides
// in JPEG 2000, and Zeiss CZI where the installed OpenSlide has it. [Is] finds such files; other TIFF files
// are faster through package tiff, which gives the same pixels.
//
// Pixels are 8-bit red, green and blue. What a scanner left out is transparent in OpenSlide and gets the
// slide's own background colour here, or white. Label and macro photographs, which may show a name, are
// never read.
//
// OpenSlide and the libraries below it are C and the files come from elsewhere: a program opens them through
// package worker, which calls this package in a process of its own.
package openslide
