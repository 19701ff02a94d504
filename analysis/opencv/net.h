#ifndef EXPLANT_NET_H
#define EXPLANT_NET_H
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every function catches what OpenCV throws and writes its text to err, of size errn. */

/* explant_net_read parses an ONNX network; NULL on error. */
void *explant_net_read(const char *onnx, size_t n, char *err, size_t errn);

/* explant_net_forward runs a 1 x c x h x w blob through the network. The result must have four dimensions, which
   go to dims, and at most room floats, which go to out. 0 on success. */
int explant_net_forward(void *net, const float *in, int c, int h, int w, float *out, size_t room, int dims[4], char *err, size_t errn);

void explant_net_close(void *net);

#ifdef __cplusplus
}
#endif
#endif
