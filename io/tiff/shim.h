#ifndef EXPLANT_TIFF_SHIM_H
#define EXPLANT_TIFF_SHIM_H

#include <stddef.h>
#include <stdint.h>
#include <tiffio.h>

// A handle is one open file with the first error that libtiff reported on it.
typedef struct {
	TIFF *tif;
	uint64_t dir; // offset of the current directory
	int64_t row;  // the row that a sequence of ex_rows gives next; -1 when there is none
	uint16_t sample;
	char message[300];
} ex_handle;

// A page is what one directory says. Strings and tables belong to libtiff and live until the next
// directory is set.
typedef struct {
	uint64_t offset;
	uint32_t width, height, depth, subfile;
	uint32_t chunk_w, chunk_h, chunks; // of a tile or a strip
	uint64_t chunk_bytes;              // decoded
	uint64_t first_byte;               // where the first strip or tile lies
	uint16_t bits, samples, format, photometric, planar, compression, orientation, unit;
	uint16_t extras, extra[8], inks;
	float xres, yres;
	int tiled, has_palette, artist, host;
	uint16_t *red, *green, *blue;
	char *description;
	const void *text; // of an electron microscope, in the tag
	uint32_t text_n;
	int text_tag;
	const void *tables; // of JPEG
	uint32_t tables_n;
	int subs;
	uint64_t *sub;
} ex_page;

// ex_open opens a file for reading without mapping it, so that a file cut short under us is an error
// and no signal. No single allocation of libtiff exceeds max_alloc. NULL, with a message, on failure.
ex_handle *ex_open(const char *path, int64_t max_alloc, char *message, size_t n);
void ex_close(ex_handle *h);

// The calls below return 1 on success and 0 with a message in the handle.
int ex_describe(ex_handle *h, ex_page *p);  // the current directory
int ex_convertible(ex_handle *h);           // whether ex_rgba can give the current directory
int ex_next(ex_handle *h);                  // 0 without a message after the last directory
int ex_seek(ex_handle *h, uint64_t offset); // makes the directory at offset the current one
int ex_chunk(ex_handle *h, uint32_t index, int tiled, void *buf, int64_t n);
// ex_rows decodes rows of the strip that begins at row first, decoding and dropping what lies between:
// compressed strips can only be read from their start.
int ex_rows(ex_handle *h, uint32_t first, uint32_t row, uint32_t rows, uint16_t sample, void *buf, int64_t stride);
int ex_rgba(ex_handle *h, uint32_t x, uint32_t y, uint32_t w, uint32_t rows, uint32_t *buf);

#endif
