#include "codec.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

typedef struct {
	struct jpeg_error_mgr base;
	jmp_buf back;
} ground;

static void leave(j_common_ptr c) { longjmp(((ground *)c->err)->back, 1); }
static void quiet(j_common_ptr c) { (void)c; }
static void nothing(j_common_ptr c, int level) { (void)c, (void)level; }

static struct jpeg_error_mgr *errors(ground *g)
{
	jpeg_std_error(&g->base);
	g->base.error_exit = leave;
	g->base.output_message = quiet;
	g->base.emit_message = nothing;
	return &g->base;
}

int js_encode(const unsigned char *rgb, int w, int h, int quality, int ycc, unsigned char *out, unsigned long *out_n,
	unsigned char *tables, unsigned long *tables_n)
{
	struct jpeg_compress_struct c;
	ground g;
	c.err = errors(&g);
	if (setjmp(g.back)) {
		jpeg_destroy_compress(&c);
		return 0;
	}
	jpeg_create_compress(&c);
	c.image_width = (JDIMENSION)w;
	c.image_height = (JDIMENSION)h;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	jpeg_set_colorspace(&c, ycc ? JCS_YCbCr : JCS_RGB);
	jpeg_set_quality(&c, quality, TRUE);
	c.write_JFIF_header = c.write_Adobe_marker = FALSE;
	jpeg_mem_dest(&c, &tables, tables_n);
	jpeg_write_tables(&c);
	jpeg_mem_dest(&c, &out, out_n);
	jpeg_suppress_tables(&c, TRUE);
	jpeg_start_compress(&c, FALSE);
	while (c.next_scanline < c.image_height) {
		JSAMPROW row = (JSAMPROW)rgb + (size_t)c.next_scanline * (size_t)w * 3;
		jpeg_write_scanlines(&c, &row, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	return 1;
}

int js_decode(const unsigned char *tables, unsigned long tables_n, const unsigned char *data, unsigned long n, int ycc, int w, int h,
	unsigned char *rgb)
{
	struct jpeg_decompress_struct d;
	ground g;
	d.err = errors(&g);
	if (setjmp(g.back)) {
		jpeg_destroy_decompress(&d);
		return 0;
	}
	jpeg_create_decompress(&d);
	jpeg_mem_src(&d, tables, tables_n);
	jpeg_read_header(&d, FALSE);
	jpeg_mem_src(&d, data, n);
	jpeg_read_header(&d, TRUE);
	d.jpeg_color_space = ycc ? JCS_YCbCr : JCS_RGB;
	d.out_color_space = JCS_RGB;
	jpeg_start_decompress(&d);
	if ((int)d.output_width != w || (int)d.output_height != h)
		leave((j_common_ptr)&d);
	while (d.output_scanline < d.output_height) {
		JSAMPROW rows[16];
		int i;
		for (i = 0; i < 16; i++)
			rows[i] = rgb + ((size_t)d.output_scanline + (size_t)i) * (size_t)w * 3;
		jpeg_read_scanlines(&d, rows, (JDIMENSION)(h - (int)d.output_scanline < 16 ? h - (int)d.output_scanline : 16));
	}
	jpeg_finish_decompress(&d);
	jpeg_destroy_decompress(&d);
	return 1;
}
