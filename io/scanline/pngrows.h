#ifndef EXPLANT_SCANLINE_PNG_H
#define EXPLANT_SCANLINE_PNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct ex_png ex_png;

// What a file will give.
typedef struct {
	uint32_t width, height;
	int channels, bytes; // 1 or 3 samples a pixel; 1 or 2 bytes a sample, the low byte first
	int interlaced;      // rows come only all at once
} ex_png_form;

// ex_png_open reads the header. NULL, with a message, on failure.
ex_png *ex_png_open(const char *path, ex_png_form *form, char *message, size_t n);
void ex_png_close(ex_png *h);
const char *ex_png_message(const ex_png *h);

// The calls below return 1 on success and 0 with a message. Of an interlaced picture all rows
// must be asked for at once.
int ex_png_rows(ex_png *h, uint8_t *out, size_t stride, uint32_t n);
int ex_png_finish(ex_png *h); // after the last row: checks what is behind it

#endif
