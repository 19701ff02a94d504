#ifndef EXPLANT_GDCM_SHIM_H
#define EXPLANT_GDCM_SHIM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { EX_JPEG = 1, EX_JPEGLS = 2, EX_JPEG2000 = 3 };

// A frame is what its codestream says of itself; who calls has checked that it does.
typedef struct {
	int codec;
	unsigned columns, rows;
	int samples;   // a pixel
	int bits;      // of a sample: 1 to 16, of JPEG 2000 to 32
	int is_signed; // of JPEG 2000 only
} ex_frame;

// ex_decode decodes one codestream to out, whose size must be that of the samples in whole bytes: of one,
// two or four, little-endian, as the codestream has them, colours not converted. 1 on success, 0 with a
// message; nothing is written anywhere else.
int ex_decode(const ex_frame *f, const void *data, size_t n, void *out, size_t size, char *message, size_t room);

#ifdef __cplusplus
}
#endif

#endif
