// Package raster reads pictures: PNG and JPEG through libpng and libjpeg-turbo (package scanline), BMP with
// Go's decoder.
//
// PNG and JPEG of any size are decoded from the first row to the last, and the last rows are kept, so that
// windows that are asked for in about rising order are served in one pass with bounded memory; a window
// above the kept rows starts the pass again. Three kinds must be held whole and are refused, with what to
// do, where they are too large: progressive JPEG, interlaced PNG, and pictures that their EXIF orientation
// turns or puts upside down. A long JPEG has smaller levels (1/2, 1/4, 1/8), which libjpeg decodes from fewer
// coefficients: for overviews, nearly but not exactly the mean of the pixels.
//
// Grey stays grey, also in a palette of greys; everything else becomes RGB: palettes are looked up, YCbCr
// is converted, CMYK and YCCK too, with a warning that no colour profile was applied, alpha is dropped with
// a warning. PNG keeps its 16 bits; 1, 2 and 4 bits stretch to 0..255. The EXIF orientation of a JPEG is
// honoured and told.
//
// PNG and JPEG are decoded by C code: a program opens them through package worker.
package raster
