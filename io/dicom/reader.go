package dicom

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"explant/io/imagefile"
)

// Reader reads a file, a series or a slide. Its methods may be called from several goroutines at once.
type Reader struct {
	path  string
	info  imagefile.Info
	files []*header
	image image
}

// image gives the values of a volume or of a slide.
type image interface {
	readInto(ctx context.Context, w imagefile.Window, dst []byte) error
	close() error
}

// Info tells what the file or the folder holds.
func (r *Reader) Info() imagefile.Info { return r.info }

// tell adds warnings that were not given yet.
func (r *Reader) tell(warnings []string) {
	for _, w := range warnings {
		if !slices.Contains(r.info.Warnings, w) {
			r.info.Warnings = append(r.info.Warnings, w)
		}
	}
}

// toldBy are the warnings of files.
func toldBy(files []*header) (out []string) {
	for _, h := range files {
		if h.told != "" {
			out = append(out, h.told)
		}
	}
	return out
}

// Compressed reports pixels that are decoded by C code, which a damaged file may end the program in.
func (r *Reader) Compressed() bool {
	for _, h := range r.files {
		if h.syntax.codec != "" {
			return true
		}
	}
	return false
}

// Files are the paths of the files that hold the image, sorted by name.
func (r *Reader) Files() []string {
	out := make([]string, len(r.files))
	for i, h := range r.files {
		out[i] = h.path
	}
	return out
}

// Read decodes a window.
func (r *Reader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto decodes a window into dst, which must have its size, several slices or tiles at once.
func (r *Reader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	if err := imagefile.CheckInto(r.info, w, dst); err != nil {
		return fmt.Errorf("read DICOM %s: %w", filepath.Base(r.path), err)
	}
	if err := r.image.readInto(ctx, w, dst); err != nil {
		return err
	}
	return ctx.Err()
}

// Close frees the files.
func (r *Reader) Close() error { return r.image.close() }
