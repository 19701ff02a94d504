#ifndef EXPLANT_TIFF_JPEG_H
#define EXPLANT_TIFF_JPEG_H

#include <stddef.h>
#include <stdint.h>

// What became of a tile.
enum { EX_JPEG_DONE, EX_JPEG_FOREIGN, EX_JPEG_DAMAGED };

// ex_view is the part of a tile, [x0, x1) x [y0, y1), that a window shows, and where it goes: rows that are stride
// bytes apart.
typedef struct {
	uint32_t x0, y0, x1, y1;
	int64_t stride;
} ex_view;

// ex_jpeg decompresses one tile of w x h pixels into out, whose rows are stride bytes apart. tables is the tag
// JPEGTables, NULL without one. samples is 1, 3 that become red, green, blue (from luma and chroma when ycc is
// not 0), or 4: cyan, magenta, yellow, black with 0 for no ink. Adobe's marker in the stream says that inks are
// turned over and perhaps coded as luma and chroma, which libtiff does not heed. EX_JPEG_FOREIGN is a stream that libtiff has to judge: of another size, number of samples or
// kind. EX_JPEG_DAMAGED leaves a message. Otherwise the pixels are those that libtiff gives. Unless shown is NULL, the view of the
// tile is copied there while its rows are in the cache of the processor.
int ex_jpeg(const void *tables, size_t tables_n, const void *data, size_t n, uint32_t w, uint32_t h, int samples, int ycc, uint8_t *out,
	int64_t stride, const ex_view *view, uint8_t *shown, char message[200]);

#endif
