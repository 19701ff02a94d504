// Package open finds the right reader for a file or a folder, by content first and by name second.
package open

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"explant/io/dicom"
	"explant/io/hdf5"
	"explant/io/imagefile"
	"explant/io/metaimage"
	"explant/io/nifti"
	"explant/io/nrrd"
	"explant/io/openslide"
	"explant/io/raster"
	"explant/io/rawfile"
	"explant/io/scanco"
	"explant/io/stack"
	"explant/io/tiff"
	"explant/io/vgstudio"
	"explant/io/vtk"
	"explant/io/worker"
	"explant/io/zarr"
)

// Options says how a file is opened; the zero value is the default.
type Options struct {
	// InProcess decodes C formats in this process instead of a worker: faster by a copy, and a hostile
	// file can then end the program.
	InProcess bool
	Limits    worker.Limits // on the memory and the time of a worker
}

// ErrFormat is returned for a file that no reader knows.
var ErrFormat = errors.New("not a format that is read here: TIFF (also OME, ImageJ, Aperio), slides of Hamamatsu, MIRAX, Leica, Ventana, Philips and Sakura, PNG, JPEG, BMP, DICOM, NRRD, MetaImage, NIfTI, Scanco ISQ and AIM, VTK images, OME-Zarr, VGI and Nikon volumes, raw samples with a description beside them, or a folder of TIFF, PNG, JPEG or BMP slices")

// Path opens a file, a folder of slices, or a data set in an HDF5 file (FILE:/PATH).
func Path(ctx context.Context, path string, o Options) (imagefile.Reader, error) {
	if _, set := hdf5.Split(path); set != "" {
		return decode(ctx, worker.HDF5, path, o)
	}
	st, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, unwrap(err))
	}
	if mirax := openslide.OfFolder(path); mirax != "" {
		return slide(ctx, mirax, o)
	}
	if st.IsDir() && zarr.IsFolder(path) {
		return reader(zarr.Open(path))
	}
	if st.IsDir() && dicom.IsFolder(path) {
		return dicomImage(ctx, path, o)
	}
	if st.IsDir() {
		return reader(stack.Open(ctx, path, func(ctx context.Context, slice string) (imagefile.Reader, error) {
			return file(ctx, slice, o)
		}))
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("open %s: neither a file nor a folder", path)
	}
	return file(ctx, path, o)
}

func file(ctx context.Context, path string, o Options) (imagefile.Reader, error) {
	head, err := readHead(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, unwrap(err))
	}
	switch format(head, path) {
	case "tiff":
		if r, err := tiff.OpenPlain(path); !errors.Is(err, tiff.ErrNotPlain) {
			return reader(r, err)
		}
		return decode(ctx, worker.TIFF, path, o)
	case "slide":
		return slide(ctx, path, o)
	case "picture":
		return decode(ctx, worker.Raster, path, o)
	case "bmp":
		return reader(raster.OpenBMP(path))
	case "dicom":
		return dicomImage(ctx, path, o)
	case "nrrd":
		return reader(nrrd.Open(path))
	case "metaimage":
		return reader(metaimage.Open(path))
	case "nifti":
		return reader(nifti.Open(path))
	case "scanco":
		return reader(scanco.Open(path))
	case "vtk":
		return reader(vtk.Open(path))
	case "hdf5":
		return decode(ctx, worker.HDF5, path, o)
	case "vgstudio":
		return reader(vgstudio.Open(path))
	case "zarr":
		return reader(zarr.Open(path))
	case "raw":
		return reader(rawfile.Open(path))
	}
	return nil, fmt.Errorf("open %s: %s%w", filepath.Base(path), foreign(head, path), ErrFormat)
}

// decode opens what C code decodes, in a worker unless the caller wants it here.
func decode(ctx context.Context, d worker.Decoder, path string, o Options) (imagefile.Reader, error) {
	if o.InProcess {
		return worker.InProcess(ctx, d, path)
	}
	return reader(worker.Open(ctx, d, path, o.Limits))
}

// reader keeps a nil pointer of a failed opening from becoming a reader that is not nil.
func reader[R imagefile.Reader](r R, err error) (imagefile.Reader, error) {
	if err != nil {
		return nil, err
	}
	return r, nil
}

// unwrap drops the path that errors of package os repeat.
func unwrap(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

func readHead(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

// format names the reader for a file that begins with head.
func format(head []byte, path string) string {
	s := string(head)
	switch {
	case dicom.Is(head):
		return "dicom" // though it may begin as a TIFF does
	case openslide.Is(head, path):
		return "slide" // though it may begin as a TIFF or a JPEG does
	case strings.HasPrefix(s, "II*\x00"), strings.HasPrefix(s, "MM\x00*"), strings.HasPrefix(s, "II+\x00"), strings.HasPrefix(s, "MM\x00+"), tiff.IsCompanion(head):
		return "tiff"
	case strings.HasPrefix(s, "\x89PNG"), strings.HasPrefix(s, "\xff\xd8\xff"):
		return "picture"
	case raster.IsBMP(head):
		return "bmp"
	case strings.HasPrefix(s, "NRRD"):
		return "nrrd"
	case metaHeader(s):
		return "metaimage"
	case nifti.Is(head):
		return "nifti"
	case scanco.Is(head):
		return "scanco"
	case vtk.Is(head):
		return "vtk"
	case hdf5.Is(head):
		return "hdf5"
	case zarr.IsZip(head), zarr.IsMeta(path):
		return "zarr"
	}
	return byName(path)
}

// byName names the reader for a file whose content says nothing: a damaged one, so that the reader says
// how, or one whose header lies beside it.
func byName(path string) string {
	switch strings.ToLower(filepath.Ext(strings.TrimSuffix(path, ".gz"))) {
	case ".tif", ".tiff":
		return "tiff"
	case ".dcm":
		return "dicom"
	case ".ndpi", ".scn", ".bif", ".svslide":
		return "slide"
	case ".mha", ".mhd":
		return "metaimage"
	case ".nii", ".hdr":
		return "nifti"
	case ".isq", ".aim":
		return "scanco"
	case ".vtk", ".vti":
		return "vtk"
	case ".img":
		if isFile(nifti.HeaderFile(path)) {
			return "nifti"
		}
	case ".ozx":
		return "zarr"
	case ".vgi", ".xtekct":
		return "vgstudio"
	case ".vol", ".raw":
		if rawfile.Sidecar(path) == "" && (vgstudio.Describes(path) || strings.HasSuffix(strings.ToLower(path), ".vol")) {
			return "vgstudio"
		}
		return "raw"
	}
	switch {
	case rawfile.Sidecar(path) != "":
		return "raw"
	case vgstudio.Names(path):
		return "vgstudio"
	}
	return ""
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

// metaHeader reports the text header of a MetaImage; its fields have no fixed order.
func metaHeader(s string) bool {
	for _, first := range []string{"ObjectType", "NDims", "Comment"} {
		if rest, ok := strings.CutPrefix(s, first); ok && strings.HasPrefix(strings.TrimLeft(rest, " \t"), "=") {
			return true
		}
	}
	return false
}

// foreign names a known format that is not read, so that the message helps.
func foreign(head []byte, path string) string {
	ext := strings.ToLower(filepath.Ext(path))
	switch {
	case len(head) == 0:
		return "an empty file is "
	case slices.Contains([]string{".zvi", ".vsi", ".isyntax", ".lif", ".nd2", ".oib", ".oif", ".oir"}, ext):
		return "this microscope's format is, without an export as OME-TIFF, "
	}
	return ""
}
