// Package scanline decodes JPEG and PNG files row by row, from the first to the last, through libjpeg-turbo
// and libpng, so that the memory does not grow with the picture.
//
// Rows are interleaved samples without alpha: grey or red, green, blue, of 8 bits or little-endian of 16.
// JPEG gives exactly the values of libjpeg with its accurate inverse transform and smooth chroma, which are
// those of djpeg, ImageJ, OpenCV and Pillow; YCbCr becomes RGB, CMYK and YCCK become RGB by multiplying
// ink with black, without a colour profile. PNG keeps its 16 bits; 1, 2 and 4 bits of grey stretch to
// 0..255, palettes are looked up and alpha is dropped. A file that is cut short or damaged is an error at
// the row where it shows, never a grey area. No row is passed over: jpeg_skip_scanlines of libjpeg-turbo 2.1
// changes the rows that follow.
//
// Both libraries are C and the files come from elsewhere: a program uses this package through package
// worker. A decoder is for one goroutine at a time.
package scanline
