#ifndef EXPLANT_HDF5_SHIM_H
#define EXPLANT_HDF5_SHIM_H

#define H5_USE_110_API
#include <hdf5.h>
#include <stdint.h>

#define HX_RANK 8
#define HX_TEXT 300

// What one data set is. kind is 'u' unsigned, 'i' signed, 'f' floating, or '?' for what is not read.
typedef struct {
	int rank;
	uint64_t dims[HX_RANK], chunk[HX_RANK]; // chunk[0] is 0 where the data are not in chunks
	char kind;
	int size;         // bytes of a stored sample
	uint64_t storage; // bytes in the file
	int elsewhere;    // the samples lie in other files
} hx_info;

// All calls return a negative number on failure, with the innermost message of the library in message.
// They print nothing and load no plug-in. Not safe for concurrent use.
hid_t hx_open(const char *path, char *message);
void hx_close(hid_t file);

// hx_list writes the paths of all data sets that can be reached by hard links, each with a zero behind it,
// and returns the number of bytes, or of those that it would need.
int64_t hx_list(hid_t file, char *out, int64_t n, char *message);
int hx_describe(hid_t file, const char *path, hx_info *info, char *message);

// hx_dataset opens a data set with a cache for its chunks of that many bytes.
hid_t hx_dataset(hid_t file, const char *path, size_t cache, char *message);
void hx_release(hid_t dataset);

// hx_read reads a box of samples as little-endian numbers of that kind and size.
int hx_read(hid_t dataset, int rank, const uint64_t *start, const uint64_t *count, char kind, int size, void *buf, char *message);

// hx_numbers reads up to n numbers of an attribute of an object and returns how many it has; hx_text reads
// a text, or letters that stand for themselves, and returns its length. Both return -1 where there is none.
int hx_numbers(hid_t file, const char *object, const char *name, double *out, int n);
int hx_text(hid_t file, const char *object, const char *name, char *out, int n);

#endif
