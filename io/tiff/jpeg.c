#include "jpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// maxScans bounds a progressive stream, each scan of which costs the time of a whole picture.
enum { maxScans = 100 };

typedef struct {
	struct jpeg_error_mgr base;
	jmp_buf back;
	int damage; // code of the first warning that means lost pixels; 0 for none
} guard;

static void leave(j_common_ptr c) { longjmp(((guard *)c->err)->back, 1); }

static void quiet(j_common_ptr c) { (void)c; }

// notice remembers warnings after which pixels are wrong. Bytes before a marker, which some writers leave,
// are not among them.
static void notice(j_common_ptr c, int level)
{
	guard *g = (guard *)c->err;
	int code = g->base.msg_code;
	if (level < 0 && !g->damage &&
		(code == JWRN_HIT_MARKER || code == JWRN_JPEG_EOF || code == JWRN_HUFF_BAD_CODE || code == JWRN_MUST_RESYNC || code == JWRN_ARITH_BAD_CODE))
		g->damage = code;
}

static void count(j_common_ptr c)
{
	j_decompress_ptr d = (j_decompress_ptr)c;
	if (d->input_scan_number > maxScans)
		ERREXIT(d, JERR_BAD_PROGRESSION);
}

// foreign reports a stream that does not hold what the directory says.
static int foreign(j_decompress_ptr d, uint32_t w, uint32_t h, int samples, int ycc)
{
	int i;
	if (d->image_width != w || d->image_height != h || d->num_components != samples || d->data_precision != 8)
		return 1;
	if (samples == 4 && d->saw_Adobe_marker && d->Adobe_transform == 2)
		return 0; // chroma may have fewer samples
	for (i = 0; !ycc && i < samples; i++)
		if (d->comp_info[i].h_samp_factor != d->comp_info[0].h_samp_factor || d->comp_info[i].v_samp_factor != d->comp_info[0].v_samp_factor)
			return 1;
	return 0;
}

// show copies what a window wants of the rows from y on.
static void show(const uint8_t *rows, int64_t stride, uint32_t y, uint32_t n, size_t pixel, const ex_view *v, uint8_t *shown)
{
	for (; n > 0; n--, y++, rows += stride)
		if (y >= v->y0 && y < v->y1)
			memcpy(shown + (int64_t)(y - v->y0) * v->stride, rows + v->x0 * pixel, (v->x1 - v->x0) * pixel);
}

static void rows(j_decompress_ptr d, uint8_t *out, int64_t stride, const ex_view *v, uint8_t *shown)
{
	while (d->output_scanline < d->output_height) {
		JSAMPROW row[16];
		JDIMENSION i, n = d->output_height - d->output_scanline;
		n = n < 16 ? n : 16;
		for (i = 0; i < n; i++)
			row[i] = out + (int64_t)(d->output_scanline + i) * stride;
		i = d->output_scanline;
		jpeg_read_scanlines(d, row, n);
		if (shown)
			show(out + (int64_t)i * stride, stride, i, d->output_scanline - i, (size_t)d->output_components, v, shown);
	}
}

// colours says what the samples are and shall be.
static void colours(j_decompress_ptr d, int samples, int ycc)
{
	switch (samples) {
	case 1:
		d->jpeg_color_space = d->out_color_space = JCS_GRAYSCALE;
		break;
	case 3:
		d->jpeg_color_space = ycc ? JCS_YCbCr : JCS_RGB;
		d->out_color_space = JCS_RGB;
		break;
	default:
		d->jpeg_color_space = d->saw_Adobe_marker && d->Adobe_transform == 2 ? JCS_YCCK : JCS_CMYK;
		d->out_color_space = JCS_CMYK;
	}
}

static void turn(uint8_t *out, int64_t stride, uint32_t h, size_t n)
{
	uint32_t y;
	size_t i;
	for (y = 0; y < h; y++, out += stride)
		for (i = 0; i < n; i++)
			out[i] = (uint8_t)(255 - out[i]);
}

int ex_jpeg(const void *tables, size_t tables_n, const void *data, size_t n, uint32_t w, uint32_t h, int samples, int ycc, uint8_t *out,
	int64_t stride, const ex_view *view, uint8_t *shown, char message[200])
{
	struct jpeg_decompress_struct d;
	struct jpeg_progress_mgr progress = {.progress_monitor = count};
	guard g;
	jpeg_std_error(&g.base);
	g.base.error_exit = leave;
	g.base.output_message = quiet;
	g.base.emit_message = notice;
	g.damage = 0;
	d.err = &g.base;
	if (setjmp(g.back)) {
		g.base.format_message((j_common_ptr)&d, message);
		jpeg_destroy_decompress(&d);
		return EX_JPEG_DAMAGED;
	}
	jpeg_create_decompress(&d);
	d.progress = &progress;
	if (tables) {
		jpeg_mem_src(&d, tables, (unsigned long)tables_n);
		jpeg_read_header(&d, FALSE);
	}
	jpeg_mem_src(&d, data, (unsigned long)n);
	if (jpeg_read_header(&d, TRUE) != JPEG_HEADER_OK || foreign(&d, w, h, samples, ycc)) {
		jpeg_destroy_decompress(&d);
		return EX_JPEG_FOREIGN;
	}
	colours(&d, samples, ycc);
	jpeg_start_decompress(&d);
	rows(&d, out, stride, view, shown);
	if (samples == 4 && d.saw_Adobe_marker)
		turn(out, stride, h, (size_t)w * 4);
	if (g.damage) {
		g.base.msg_code = g.damage;
		g.base.format_message((j_common_ptr)&d, message);
	}
	jpeg_destroy_decompress(&d);
	return g.damage ? EX_JPEG_DAMAGED : EX_JPEG_DONE;
}
