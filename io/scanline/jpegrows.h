#ifndef EXPLANT_SCANLINE_JPEG_H
#define EXPLANT_SCANLINE_JPEG_H

#include <stddef.h>
#include <stdint.h>

typedef struct ex_jpeg ex_jpeg;

// What a file will give.
typedef struct {
	uint32_t width, height;
	int channels;      // 1 or 3
	int ink;           // it holds cyan, magenta, yellow and black
	uint64_t held;     // bytes of coefficients that are held until the last row; 0 when rows are enough
} ex_jpeg_form;

// ex_jpeg_open reads the header. Rows come 1/scale as large: scale is 1, 2, 4 or 8. NULL, with a message,
// on failure.
ex_jpeg *ex_jpeg_open(const char *path, int scale, ex_jpeg_form *form, char *message, size_t n);
void ex_jpeg_close(ex_jpeg *h);
const char *ex_jpeg_message(const ex_jpeg *h);

// The calls below return 1 on success and 0 with a message.
int ex_jpeg_rows(ex_jpeg *h, uint8_t *out, size_t stride, uint32_t n);
int ex_jpeg_finish(ex_jpeg *h); // after the last row: reads what is behind it

#endif
