#include "jpegrows.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// A progressive file needs a dozen scans; each of thousands would cost as much as a picture.
#define MAX_SCANS 500

struct ex_jpeg {
	struct jpeg_decompress_struct c;
	struct jpeg_error_mgr errors;
	struct jpeg_progress_mgr progress;
	jmp_buf escape;
	FILE *file;
	int started;
	uint8_t *ink; // one row of cyan, magenta, yellow, black
	char message[JMSG_LENGTH_MAX + 1];
};

static void give_up(j_common_ptr c)
{
	ex_jpeg *h = c->client_data;
	c->err->format_message(c, h->message);
	longjmp(h->escape, 1);
}

static void silent(j_common_ptr c) { (void)c; }

// warned makes errors of the warnings that come with invented pixels.
static void warned(j_common_ptr c, int level)
{
	if (level >= 0)
		return;
	switch (c->err->msg_code) {
	case JWRN_JPEG_EOF:
	case JWRN_HIT_MARKER:
	case JWRN_HUFF_BAD_CODE:
	case JWRN_ARITH_BAD_CODE:
	case JWRN_MUST_RESYNC:
		give_up(c);
	}
}

static void watch(j_common_ptr c)
{
	ex_jpeg *h = c->client_data;
	if (((j_decompress_ptr)c)->input_scan_number <= MAX_SCANS)
		return;
	snprintf(h->message, sizeof h->message, "it has more than %d scans", MAX_SCANS);
	longjmp(h->escape, 1);
}

// settle chooses the colours and describes them; 0 with a message for those that are unknown.
static int settle(ex_jpeg *h, int scale, ex_jpeg_form *f)
{
	j_decompress_ptr c = &h->c;
	switch (c->jpeg_color_space) {
	case JCS_GRAYSCALE:
		c->out_color_space = JCS_GRAYSCALE;
		break;
	case JCS_YCbCr:
	case JCS_RGB:
		c->out_color_space = JCS_RGB;
		break;
	case JCS_CMYK:
	case JCS_YCCK:
		c->out_color_space = JCS_CMYK;
		break;
	default:
		snprintf(h->message, sizeof h->message, "its %d components are no known colours", c->num_components);
		return 0;
	}
	c->scale_num = 1;
	c->scale_denom = (unsigned)scale;
	c->dct_method = JDCT_ISLOW;
	jpeg_calc_output_dimensions(c);
	f->width = c->output_width;
	f->height = c->output_height;
	f->channels = c->out_color_space == JCS_GRAYSCALE ? 1 : 3;
	f->ink = c->out_color_space == JCS_CMYK;
	f->held = 0;
	if (jpeg_has_multiple_scans(c))
		for (int i = 0; i < c->num_components; i++)
			f->held += (uint64_t)c->comp_info[i].width_in_blocks * c->comp_info[i].height_in_blocks * sizeof(JBLOCK);
	return 1;
}

ex_jpeg *ex_jpeg_open(const char *path, int scale, ex_jpeg_form *form, char *message, size_t n)
{
	ex_jpeg *h = calloc(1, sizeof *h);
	if (!h) {
		snprintf(message, n, "no memory");
		return NULL;
	}
	h->c.err = jpeg_std_error(&h->errors);
	h->errors.error_exit = give_up;
	h->errors.output_message = silent;
	h->errors.emit_message = warned;
	h->c.client_data = h;
	h->progress.progress_monitor = watch;
	if (!setjmp(h->escape)) {
		jpeg_create_decompress(&h->c);
		h->c.progress = &h->progress;
		h->file = fopen(path, "rb");
		if (h->file) {
			jpeg_stdio_src(&h->c, h->file);
			jpeg_read_header(&h->c, TRUE);
			if (settle(h, scale, form))
				return h;
		}
	}
	snprintf(message, n, "%s", h->message[0] ? h->message : "it cannot be opened");
	ex_jpeg_close(h);
	return NULL;
}

void ex_jpeg_close(ex_jpeg *h)
{
	jpeg_destroy_decompress(&h->c);
	if (h->file)
		fclose(h->file);
	free(h->ink);
	free(h);
}

const char *ex_jpeg_message(const ex_jpeg *h) { return h->message; }

static int start(ex_jpeg *h)
{
	if (h->started)
		return 1;
	if (h->c.out_color_space == JCS_CMYK && !(h->ink = malloc((size_t)h->c.output_width * 4))) {
		snprintf(h->message, sizeof h->message, "no memory");
		return 0;
	}
	h->started = 1;
	jpeg_start_decompress(&h->c);
	return 1;
}

// print_row makes red, green, blue of ink. Adobe's programs store the amount of paper that is left
// instead of the amount of ink.
static void print_row(const ex_jpeg *h, uint8_t *out)
{
	const uint8_t flip = h->c.saw_Adobe_marker ? 0 : 255, *in = h->ink;
	for (uint32_t x = 0; x < h->c.output_width; x++, in += 4, out += 3) {
		unsigned light = in[3] ^ flip;
		for (int k = 0; k < 3; k++)
			out[k] = (uint8_t)(((in[k] ^ flip) * light + 127) / 255);
	}
}

int ex_jpeg_rows(ex_jpeg *h, uint8_t *out, size_t stride, uint32_t n)
{
	if (setjmp(h->escape))
		return 0;
	if (!start(h))
		return 0;
	for (uint32_t y = 0; y < n; y++, out += stride) {
		JSAMPROW row = h->ink ? h->ink : out;
		if (jpeg_read_scanlines(&h->c, &row, 1) != 1) {
			snprintf(h->message, sizeof h->message, "it has no more rows");
			return 0;
		}
		if (h->ink)
			print_row(h, out);
	}
	return 1;
}

int ex_jpeg_finish(ex_jpeg *h)
{
	if (setjmp(h->escape))
		return 0;
	jpeg_finish_decompress(&h->c);
	return 1;
}
