#include "pngrows.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

struct ex_png {
	png_structp p;
	png_infop info;
	jmp_buf escape;
	FILE *file;
	int started, passes;
	uint32_t width, height;
	int channels;
	uint8_t *index; // one row of a palette's indices
	uint8_t table[256][3];
	char message[200];
};

static void give_up(png_structp p, png_const_charp message)
{
	ex_png *h = png_get_error_ptr(p);
	snprintf(h->message, sizeof h->message, "%s", message);
	longjmp(h->escape, 1);
}

static void silent(png_structp p, png_const_charp message) { (void)p, (void)message; }

// look_up fills the table of a palette; it returns 1 when it has no colours.
static int look_up(ex_png *h)
{
	png_colorp palette = NULL;
	int n = 0, grey = 1;
	png_get_PLTE(h->p, h->info, &palette, &n);
	for (int i = 0; i < n && i < 256; i++) {
		h->table[i][0] = palette[i].red;
		h->table[i][1] = palette[i].green;
		h->table[i][2] = palette[i].blue;
		grey &= palette[i].red == palette[i].green && palette[i].green == palette[i].blue;
	}
	return grey;
}

// settle asks for plain samples without alpha.
static int settle(ex_png *h, ex_png_form *f)
{
	int type = png_get_color_type(h->p, h->info), bits = png_get_bit_depth(h->p, h->info);
	f->width = h->width = png_get_image_width(h->p, h->info);
	f->height = h->height = png_get_image_height(h->p, h->info);
	f->bytes = bits == 16 ? 2 : 1;
	f->interlaced = png_get_interlace_type(h->p, h->info) != PNG_INTERLACE_NONE;
	if (type == PNG_COLOR_TYPE_PALETTE) {
		f->channels = look_up(h) ? 1 : 3;
		png_set_packing(h->p);
		h->index = malloc(h->width);
		if (!h->index) {
			snprintf(h->message, sizeof h->message, "no memory");
			return 0;
		}
	} else {
		f->channels = type & PNG_COLOR_MASK_COLOR ? 3 : 1;
		if (bits < 8)
			png_set_expand_gray_1_2_4_to_8(h->p);
		if (bits == 16)
			png_set_swap(h->p);
		if (type & PNG_COLOR_MASK_ALPHA)
			png_set_strip_alpha(h->p);
	}
	h->channels = f->channels;
	h->passes = f->interlaced ? png_set_interlace_handling(h->p) : 1;
	return 1;
}

ex_png *ex_png_open(const char *path, ex_png_form *form, char *message, size_t n)
{
	ex_png *h = calloc(1, sizeof *h);
	if (!h) {
		snprintf(message, n, "no memory");
		return NULL;
	}
	if (!setjmp(h->escape)) {
		h->p = png_create_read_struct(PNG_LIBPNG_VER_STRING, h, give_up, silent);
		h->info = h->p ? png_create_info_struct(h->p) : NULL;
		h->file = fopen(path, "rb");
		if (h->info && h->file) {
			png_init_io(h->p, h->file);
			png_set_keep_unknown_chunks(h->p, PNG_HANDLE_CHUNK_NEVER, NULL, -1); // profiles and texts
			png_set_user_limits(h->p, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
			png_read_info(h->p, h->info);
			if (settle(h, form))
				return h;
		}
	}
	snprintf(message, n, "%s", h->message[0] ? h->message : "it cannot be opened");
	ex_png_close(h);
	return NULL;
}

void ex_png_close(ex_png *h)
{
	png_destroy_read_struct(&h->p, &h->info, NULL);
	if (h->file)
		fclose(h->file);
	free(h->index);
	free(h);
}

const char *ex_png_message(const ex_png *h) { return h->message; }

static void paint(const ex_png *h, uint8_t *out)
{
	for (uint32_t x = 0; x < h->width; x++)
		for (int k = 0; k < h->channels; k++)
			*out++ = h->table[h->index[x]][k];
}

static void pass(ex_png *h, uint8_t *out)
{
	if (!h->index) {
		png_read_row(h->p, out, NULL);
		return;
	}
	png_read_row(h->p, h->index, NULL);
	paint(h, out);
}

// weave reads all passes of an interlaced picture. Each pass adds to what the earlier ones gave, so that the
// indices of a palette are kept, at the end of each row, and painted once all are there.
static void weave(ex_png *h, uint8_t *out, size_t stride, uint32_t n)
{
	size_t at = h->index ? stride - h->width : 0;
	for (int k = 0; k < h->passes; k++)
		for (uint32_t y = 0; y < n; y++)
			png_read_row(h->p, out + y * stride + at, NULL);
	for (uint32_t y = 0; h->index && y < n; y++) {
		memcpy(h->index, out + y * stride + at, h->width);
		paint(h, out + y * stride);
	}
}

int ex_png_rows(ex_png *h, uint8_t *out, size_t stride, uint32_t n)
{
	if (setjmp(h->escape))
		return 0;
	if (!h->started)
		png_read_update_info(h->p, h->info);
	h->started = 1;
	if (h->passes > 1 && n != h->height) {
		snprintf(h->message, sizeof h->message, "rows of an interlaced picture come all at once");
		return 0;
	}
	if (h->passes > 1) {
		weave(h, out, stride, n);
		return 1;
	}
	for (uint32_t y = 0; y < n; y++)
		pass(h, out + y * stride);
	return 1;
}

int ex_png_finish(ex_png *h)
{
	if (setjmp(h->escape))
		return 0;
	png_read_end(h->p, NULL);
	return 1;
}
