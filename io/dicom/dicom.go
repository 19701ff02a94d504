// Package dicom reads DICOM images: a file with one or many frames, a folder that holds one series, or a
// whole slide in one file or several.
//
// Slices are ordered by their positions along the normal of the image plane, never by name; slices that
// are missing or doubled are found by unequal distances. The size of a voxel comes from PixelSpacing and
// from the positions. Grey pixels become values by RescaleSlope and RescaleIntercept; RGB is read as it
// is, YBR and palettes become RGB. The files of a slide are the levels of a pyramid of tiles. What
// identifies a person is named, never shown.
//
// Elements are decoded by github.com/suyashkumar/dicom, after a walk over the file that checks every
// length; the pixels are read where they lie. Native, deflated and RLE pixels are read in Go; JPEG,
// JPEG-LS and JPEG 2000 by package gdcm ([Reader.Compressed]).
//
// Source: DICOM PS3.3 and PS3.5, https://www.dicomstandard.org/current.
package dicom

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Is reports the beginning of a DICOM file: the mark behind the preamble or, where that was left out, an
// explicit element of group 2 or 8.
func Is(head []byte) bool {
	if len(head) >= 132 && string(head[128:132]) == "DICM" {
		return true
	}
	if len(head) < 8 || !bare(head) {
		return false
	}
	switch string(head[4:6]) {
	case "UI", "UL", "CS", "DA", "TM", "SH", "LO":
		return true
	}
	return false
}

// Open reads the header of a file, or those of all files of a folder; no pixel is decoded. Of a slide, files
// of the same series in the folder are read with it.
func Open(ctx context.Context, path string) (*Reader, error) {
	kind, open := "", openFile
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		kind, open = "folder ", openFolder
	}
	r, err := open(ctx, path)
	if err != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("read DICOM %s%s: %w", kind, filepath.Base(path), err)
	}
	return r, err
}

func openFile(ctx context.Context, path string) (*Reader, error) {
	h, err := readHeader(path)
	if err != nil {
		return nil, err
	}
	if !h.tiled {
		return newReader(path, []*header{h})
	}
	files, left, err := siblings(ctx, h)
	if err != nil {
		return nil, err
	}
	r, err := newSlide(path, files)
	if err == nil && len(left) > 0 {
		r.info.Warnings = append(r.info.Warnings, "left out, as they cannot be read: "+listed(left))
	}
	return r, err
}

// IsFolder reports a folder with more DICOM files than images of other kinds.
func IsFolder(path string) bool {
	names, err := list(path)
	if err != nil {
		return false
	}
	others := 0
	var maybe []string
	for _, n := range names {
		switch strings.ToLower(filepath.Ext(n)) {
		case ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".bmp":
			others++
		default:
			maybe = append(maybe, n)
		}
	}
	for i, n := range maybe {
		if len(maybe)-i <= others {
			break // it cannot become more
		}
		if isFile(filepath.Join(path, n)) {
			others--
		}
		if others < 0 {
			return true
		}
	}
	return false
}

// list are the names of the files directly in a folder, without hidden ones, sorted.
func list(folder string) (names []string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, plain(err)
	}
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// isFile reports a DICOM file by its content, or by its name where it begins without a preamble.
func isFile(path string) bool {
	if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() {
		return false // opening a pipe would wait
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 132)
	n, _ := f.ReadAt(head, 0) // a short file has a short head
	return Is(head[:n]) || strings.EqualFold(filepath.Ext(path), ".dcm")
}

// openFolder reads the headers of all files of a folder, several at once.
func openFolder(ctx context.Context, path string) (*Reader, error) {
	names, err := list(path)
	if err != nil {
		return nil, err
	}
	files, left, err := headers(ctx, path, names)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("no DICOM images in the folder")
	}
	assemble := newReader
	if files[0].tiled {
		assemble = newSlide
	} else if len(files) > 1 {
		for _, h := range files {
			if err := h.agree(files[0]); err != nil {
				return nil, err
			}
		}
	}
	r, err := assemble(path, files)
	if err != nil {
		return nil, err
	}
	if len(left) > 0 {
		r.info.Warnings = append(r.info.Warnings, "left out, as no DICOM images: "+listed(left))
	}
	return r, nil
}
