#ifndef EXPLANT_JPEGSLIDE_CODEC_H
#define EXPLANT_JPEGSLIDE_CODEC_H

#include <stddef.h>

// js_encode writes a w x h picture of interleaved red, green, blue as one stream without tables into out,
// and the tables into tables, each with room for n bytes. With ycc the colours become luma and chroma with
// half the samples in each direction. It gives 0 on failure.
int js_encode(const unsigned char *rgb, int w, int h, int quality, int ycc, unsigned char *out, unsigned long *out_n,
	unsigned char *tables, unsigned long *tables_n);
// js_decode is what libjpeg needs at least: the tables, the stream, and a buffer of w x h pixels.
int js_decode(const unsigned char *tables, unsigned long tables_n, const unsigned char *data, unsigned long n, int ycc, int w, int h,
	unsigned char *rgb);

#endif
