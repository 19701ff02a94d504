//go:build hdf5

#include "shim.h"

#include <stdlib.h>
#include <string.h>

// first keeps the innermost message of a stack of errors.
static herr_t first(unsigned n, const H5E_error2_t *e, void *data) {
	char *message = data;
	if (n == 0 && e->desc) {
		strncpy(message, e->desc, HX_TEXT - 1);
		message[HX_TEXT - 1] = 0;
	}
	return 0;
}

static int64_t failed(char *message) {
	message[0] = 0;
	H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, first, message);
	if (!message[0]) strcpy(message, "the file is damaged");
	return -1;
}

// quiet is called first by all: with a thread-safe library each thread has its own stack of errors.
static void quiet(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

hid_t hx_open(const char *path, char *message) {
	quiet();
	H5PLset_loading_state(0);
	hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
	return file < 0 ? failed(message) : file;
}

void hx_close(hid_t file) {
	quiet();
	H5Fclose(file);
}

typedef struct {
	char *out;
	int64_t n, used;
	int objects;
} listing;

static herr_t visit(hid_t file, const char *name, const H5O_info_t *o, void *data) {
	(void)file;
	listing *l = data;
	int64_t size = (int64_t)strlen(name) + 1;
	if (++l->objects > 100000) return 1;
	if (o->type != H5O_TYPE_DATASET) return 0;
	if (l->used + size <= l->n) memcpy(l->out + l->used, name, size);
	l->used += size;
	return 0;
}

int64_t hx_list(hid_t file, char *out, int64_t n, char *message) {
	quiet();
	listing l = {out, n, 0, 0};
	if (H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, visit, &l) < 0) return failed(message);
	return l.used;
}

static void describe_type(hid_t type, hx_info *info) {
	info->size = (int)H5Tget_size(type);
	info->kind = '?';
	switch (H5Tget_class(type)) {
	case H5T_INTEGER:
		info->kind = H5Tget_sign(type) == H5T_SGN_NONE ? 'u' : 'i';
		break;
	case H5T_FLOAT:
		info->kind = 'f';
		break;
	default:
		break;
	}
}

static int describe(hid_t set, hx_info *info) {
	hid_t space = H5Dget_space(set), type = H5Dget_type(set), plist = H5Dget_create_plist(set);
	int ok = -1;
	if (space >= 0 && type >= 0 && plist >= 0) {
		hsize_t dims[H5S_MAX_RANK], chunk[H5S_MAX_RANK];
		int rank = H5Sget_simple_extent_dims(space, dims, NULL);
		info->rank = rank;
		describe_type(type, info);
		info->storage = H5Dget_storage_size(set);
		H5D_layout_t layout = H5Pget_layout(plist);
		info->elsewhere = layout == H5D_VIRTUAL || H5Pget_external_count(plist) > 0;
		int cut = layout == H5D_CHUNKED && rank > 0 && H5Pget_chunk(plist, rank, chunk) == rank;
		for (int i = 0; i < rank && i < HX_RANK; i++) {
			info->dims[i] = dims[i];
			info->chunk[i] = cut ? chunk[i] : 0;
		}
		ok = rank < 0 ? -1 : 0;
	}
	if (space >= 0) H5Sclose(space);
	if (type >= 0) H5Tclose(type);
	if (plist >= 0) H5Pclose(plist);
	return ok;
}

int hx_describe(hid_t file, const char *path, hx_info *info, char *message) {
	quiet();
	memset(info, 0, sizeof *info);
	hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
	if (set < 0) return (int)failed(message);
	int ok = describe(set, info);
	if (ok < 0) failed(message);
	H5Dclose(set);
	return ok;
}

hid_t hx_dataset(hid_t file, const char *path, size_t cache, char *message) {
	quiet();
	hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
	if (access < 0) return failed(message);
	H5Pset_chunk_cache(access, 12421, cache, 1);
	hid_t set = H5Dopen2(file, path, access);
	if (set < 0) failed(message);
	H5Pclose(access);
	return set;
}

void hx_release(hid_t dataset) {
	quiet();
	H5Dclose(dataset);
}

static hid_t memory_type(char kind, int size) {
	switch (size) {
	case 1: return kind == 'u' ? H5T_STD_U8LE : H5T_STD_I8LE;
	case 2: return kind == 'u' ? H5T_STD_U16LE : H5T_STD_I16LE;
	case 4: return kind == 'f' ? H5T_IEEE_F32LE : kind == 'u' ? H5T_STD_U32LE : H5T_STD_I32LE;
	}
	return H5T_IEEE_F64LE;
}

int hx_read(hid_t dataset, int rank, const uint64_t *start, const uint64_t *count, char kind, int size, void *buf, char *message) {
	quiet();
	hsize_t from[HX_RANK], n[HX_RANK];
	for (int i = 0; i < rank; i++) {
		from[i] = start[i];
		n[i] = count[i];
	}
	int ok = -1;
	hid_t space = H5Dget_space(dataset), memory = H5Screate_simple(rank, n, NULL);
	if (space >= 0 && memory >= 0 && H5Sselect_hyperslab(space, H5S_SELECT_SET, from, NULL, n, NULL) >= 0)
		ok = H5Dread(dataset, memory_type(kind, size), memory, space, H5P_DEFAULT, buf) < 0 ? -1 : 0;
	if (ok < 0) failed(message);
	if (space >= 0) H5Sclose(space);
	if (memory >= 0) H5Sclose(memory);
	return ok;
}

// attribute opens an attribute and tells how many elements it has.
static hid_t attribute(hid_t file, const char *object, const char *name, hssize_t *n) {
	quiet();
	hid_t a = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
	if (a < 0) return a;
	hid_t space = H5Aget_space(a);
	*n = space < 0 ? 0 : H5Sget_simple_extent_npoints(space);
	if (space >= 0) H5Sclose(space);
	return a;
}

int hx_numbers(hid_t file, const char *object, const char *name, double *out, int n) {
	hssize_t have;
	hid_t a = attribute(file, object, name, &have);
	if (a < 0) return -1;
	hid_t type = H5Aget_type(a);
	H5T_class_t class = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
	int ok = have <= n && (class == H5T_INTEGER || class == H5T_FLOAT) && H5Aread(a, H5T_NATIVE_DOUBLE, out) >= 0;
	if (type >= 0) H5Tclose(type);
	H5Aclose(a);
	return ok ? (int)have : -1;
}

// whole reads all elements of fixed size one after the other.
static int whole(hid_t a, hid_t type, hssize_t have, char *out, int n) {
	size_t size = H5Tget_size(type);
	if (size == 0 || have < 1 || (uint64_t)have > (uint64_t)(n - 1) / size || H5Aread(a, type, out) < 0) return -1;
	return (int)(size * have);
}

// one reads a text that knows its own length.
static int one(hid_t a, hid_t type, hssize_t have, char *out, int n) {
	char *text = NULL;
	if (have != 1 || H5Aread(a, type, &text) < 0 || !text) return -1;
	int size = (int)strnlen(text, n - 1);
	memcpy(out, text, size);
	H5free_memory(text);
	return size;
}

int hx_text(hid_t file, const char *object, const char *name, char *out, int n) {
	hssize_t have;
	hid_t a = attribute(file, object, name, &have);
	if (a < 0) return -1;
	int size = -1;
	hid_t type = H5Aget_type(a);
	if (type >= 0 && H5Tget_class(type) == H5T_STRING)
		size = H5Tis_variable_str(type) > 0 ? one(a, type, have, out, n) : whole(a, type, have, out, n);
	if (type >= 0) H5Tclose(type);
	H5Aclose(a);
	return size;
}
