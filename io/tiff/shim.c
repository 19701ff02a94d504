#include "shim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// keep records the first error only: what follows it are its consequences.
static int keep(TIFF *tif, void *user, const char *module, const char *format, va_list args)
{
	ex_handle *h = user;
	(void)tif;
	if (h && !h->message[0]) {
		int n = module ? snprintf(h->message, sizeof h->message, "%.60s: ", module) : 0;
		vsnprintf(h->message + n, sizeof h->message - (size_t)n, format, args);
	}
	return 1;
}

static int ignore(TIFF *tif, void *user, const char *module, const char *format, va_list args)
{
	(void)tif, (void)user, (void)module, (void)format, (void)args;
	return 1;
}

static int fail(ex_handle *h, const char *message)
{
	if (!h->message[0])
		snprintf(h->message, sizeof h->message, "%s", message);
	return 0;
}

// settle makes libtiff give red, green, blue where the file holds JPEG-coded luma and chroma.
static void settle(ex_handle *h)
{
	uint16_t compression = 0, photometric = 0;
	TIFFGetFieldDefaulted(h->tif, TIFFTAG_COMPRESSION, &compression);
	TIFFGetField(h->tif, TIFFTAG_PHOTOMETRIC, &photometric);
	if (compression == COMPRESSION_JPEG && photometric == PHOTOMETRIC_YCBCR)
		TIFFSetField(h->tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
	h->dir = TIFFCurrentDirOffset(h->tif);
	h->row = -1;
}

ex_handle *ex_open(const char *path, int64_t max_alloc, char *message, size_t n)
{
	ex_handle *h = calloc(1, sizeof *h);
	TIFFOpenOptions *o = TIFFOpenOptionsAlloc();
	if (h && o) {
		TIFFOpenOptionsSetMaxSingleMemAlloc(o, max_alloc);
		TIFFOpenOptionsSetErrorHandlerExtR(o, keep, h);
		TIFFOpenOptionsSetWarningHandlerExtR(o, ignore, NULL);
		h->tif = TIFFOpenExt(path, "rm", o);
	}
	TIFFOpenOptionsFree(o);
	if (h && h->tif) {
		settle(h);
		return h;
	}
	snprintf(message, n, "%s", h && h->message[0] ? h->message : "libtiff cannot open it");
	free(h);
	return NULL;
}

void ex_close(ex_handle *h)
{
	TIFFClose(h->tif);
	free(h);
}

static void layout(TIFF *t, ex_page *p)
{
	p->tiled = TIFFIsTiled(t);
	if (p->tiled) {
		TIFFGetField(t, TIFFTAG_TILEWIDTH, &p->chunk_w);
		TIFFGetField(t, TIFFTAG_TILELENGTH, &p->chunk_h);
		p->chunks = TIFFNumberOfTiles(t);
		p->chunk_bytes = TIFFTileSize64(t);
	} else {
		uint32_t rows = 0;
		TIFFGetFieldDefaulted(t, TIFFTAG_ROWSPERSTRIP, &rows);
		p->chunk_w = p->width;
		p->chunk_h = rows < p->height ? rows : p->height;
		p->chunks = TIFFNumberOfStrips(t);
		p->chunk_bytes = TIFFStripSize64(t);
	}
}

// microscope finds the text that an electron microscope wrote; libtiff knows these tags as numbers only.
static void microscope(TIFF *t, ex_page *p)
{
	static const int tags[] = {34118, 34680, 34682, 50431};
	size_t i;
	for (i = 0; i < sizeof tags / sizeof *tags && !p->text; i++) {
		const TIFFField *f = TIFFFindField(t, (uint32_t)tags[i], TIFF_ANY);
		if (!f || !TIFFFieldPassCount(f) || TIFFFieldReadCount(f) != TIFF_VARIABLE2)
			continue;
		if (TIFFFieldDataType(f) != TIFF_ASCII && TIFFFieldDataType(f) != TIFF_BYTE && TIFFFieldDataType(f) != TIFF_UNDEFINED)
			continue;
		if (TIFFGetField(t, (uint32_t)tags[i], &p->text_n, &p->text))
			p->text_tag = tags[i];
		else
			p->text = NULL;
	}
}

int ex_describe(ex_handle *h, ex_page *p)
{
	TIFF *t = h->tif;
	uint16_t n = 0, *extra = NULL;
	char *person;
	memset(p, 0, sizeof *p);
	h->message[0] = 0;
	p->offset = TIFFCurrentDirOffset(t);
	if (!TIFFGetField(t, TIFFTAG_IMAGEWIDTH, &p->width) || !TIFFGetField(t, TIFFTAG_IMAGELENGTH, &p->height))
		return fail(h, "it states no width or no height");
	TIFFGetFieldDefaulted(t, TIFFTAG_IMAGEDEPTH, &p->depth);
	TIFFGetFieldDefaulted(t, TIFFTAG_SUBFILETYPE, &p->subfile);
	TIFFGetFieldDefaulted(t, TIFFTAG_BITSPERSAMPLE, &p->bits);
	TIFFGetFieldDefaulted(t, TIFFTAG_SAMPLESPERPIXEL, &p->samples);
	TIFFGetFieldDefaulted(t, TIFFTAG_SAMPLEFORMAT, &p->format);
	TIFFGetFieldDefaulted(t, TIFFTAG_PLANARCONFIG, &p->planar);
	TIFFGetFieldDefaulted(t, TIFFTAG_COMPRESSION, &p->compression);
	TIFFGetFieldDefaulted(t, TIFFTAG_ORIENTATION, &p->orientation);
	TIFFGetFieldDefaulted(t, TIFFTAG_RESOLUTIONUNIT, &p->unit);
	TIFFGetFieldDefaulted(t, TIFFTAG_INKSET, &p->inks);
	if (!TIFFGetField(t, TIFFTAG_PHOTOMETRIC, &p->photometric))
		p->photometric = p->samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
	TIFFGetField(t, TIFFTAG_XRESOLUTION, &p->xres);
	TIFFGetField(t, TIFFTAG_YRESOLUTION, &p->yres);
	TIFFGetField(t, TIFFTAG_IMAGEDESCRIPTION, &p->description);
	p->artist = TIFFGetField(t, TIFFTAG_ARTIST, &person);
	p->host = TIFFGetField(t, TIFFTAG_HOSTCOMPUTER, &person);
	if (TIFFGetField(t, TIFFTAG_EXTRASAMPLES, &n, &extra))
		for (p->extras = n < 8 ? n : 8, n = 0; n < p->extras; n++)
			p->extra[n] = extra[n];
	p->has_palette = TIFFGetField(t, TIFFTAG_COLORMAP, &p->red, &p->green, &p->blue);
	n = 0;
	if (TIFFGetField(t, TIFFTAG_SUBIFD, &n, &p->sub))
		p->subs = n;
	microscope(t, p);
	if (p->compression == COMPRESSION_JPEG && !TIFFGetField(t, TIFFTAG_JPEGTABLES, &p->tables_n, &p->tables))
		p->tables = NULL;
	layout(t, p);
	p->first_byte = TIFFGetStrileOffset(t, 0);
	if (!TIFFIsCODECConfigured(p->compression)) {
		snprintf(h->message, sizeof h->message, "compression %u is not supported", p->compression);
		return 0;
	}
	return h->message[0] ? 0 : 1;
}

int ex_convertible(ex_handle *h)
{
	char message[1024] = "";
	TIFFRGBAImage img;
	h->message[0] = 0;
	if (!TIFFRGBAImageOK(h->tif, message) || !TIFFRGBAImageBegin(&img, h->tif, 1, message))
		return fail(h, message[0] ? message : "its colours cannot be converted");
	TIFFRGBAImageEnd(&img);
	return 1;
}

int ex_next(ex_handle *h)
{
	h->message[0] = 0;
	if (TIFFLastDirectory(h->tif) || !TIFFReadDirectory(h->tif))
		return 0;
	settle(h);
	return 1;
}

int ex_seek(ex_handle *h, uint64_t offset)
{
	h->message[0] = 0;
	if (h->dir == offset)
		return 1;
	if (!TIFFSetSubDirectory(h->tif, offset))
		return fail(h, "a page cannot be found");
	settle(h);
	return 1;
}

int ex_chunk(ex_handle *h, uint32_t index, int tiled, void *buf, int64_t n)
{
	tmsize_t got;
	h->message[0] = 0;
	h->row = -1;
	got = tiled ? TIFFReadEncodedTile(h->tif, index, buf, n) : TIFFReadEncodedStrip(h->tif, index, buf, n);
	if (got < 0)
		return fail(h, "its pixel data cannot be decoded");
	if (got < n)
		return fail(h, "its pixel data end too early");
	return 1;
}

int ex_rows(ex_handle *h, uint32_t first, uint32_t row, uint32_t rows, uint16_t sample, void *buf, int64_t stride)
{
	int64_t next = h->row >= first && h->row <= row && h->sample == sample ? h->row : first;
	char *out = buf;
	h->message[0] = 0;
	for (h->row = -1; next < (int64_t)row + rows; next++) {
		if (TIFFReadScanline(h->tif, out, (uint32_t)next, sample) < 0)
			return fail(h, "its pixel data cannot be decoded");
		if (next >= row)
			out += stride;
	}
	h->row = next;
	h->sample = sample;
	return 1;
}

int ex_rgba(ex_handle *h, uint32_t x, uint32_t y, uint32_t w, uint32_t rows, uint32_t *buf)
{
	char message[1024] = "";
	TIFFRGBAImage img;
	int ok;
	h->message[0] = 0;
	h->row = -1;
	if (!TIFFRGBAImageOK(h->tif, message) || !TIFFRGBAImageBegin(&img, h->tif, 1, message))
		return fail(h, message[0] ? message : "its colours cannot be converted");
	img.orientation = img.req_orientation = ORIENTATION_TOPLEFT;
	img.row_offset = (int)y;
	img.col_offset = (int)x;
	ok = TIFFRGBAImageGet(&img, buf, w, rows);
	TIFFRGBAImageEnd(&img);
	return ok ? 1 : fail(h, "its pixel data cannot be decoded");
}
