package open

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"explant/io/array"
	"explant/io/hdf5"
	"explant/io/metaimage"
	"explant/io/nifti"
	"explant/io/nrrd"
	"explant/io/openslide"
	"explant/io/rawfile"
	"explant/io/stack"
	"explant/io/vgstudio"
	"explant/io/zarr"
)

// Hash is the SHA-256 of the content of a file in hexadecimal. For a folder it is the SHA-256 of one
// line for each file directly in it, sorted by name: the file's hash, two spaces, its name (what
// sha256sum prints); behind them comes the line of a log beside the folder that states its voxel size. A
// header whose samples lie in other files is hashed so together with them, and raw samples with their
// description. Paths and times do not enter; hidden files and folders below are left out. Of a Zarr store
// all files enter, in folders below and hidden ones too, and what above it describes it; of a data set in an
// HDF5 file (FILE:/PATH) its name. beside names further files of the folder that a single file needs, as
// its reader says.
func Hash(ctx context.Context, path string, beside ...string) (string, error) {
	if file, set := hdf5.Split(path); set != "" {
		return hashPart(ctx, file, set)
	}
	st, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("hash %s: %w", path, unwrap(err))
	}
	if !st.IsDir() && zarr.IsMeta(path) {
		path = filepath.Dir(path)
	} else if !st.IsDir() {
		names := append(companions(path), beside...)
		if len(names) == 0 {
			return hashFile(ctx, path)
		}
		names = append(names, filepath.Base(path))
		slices.Sort(names)
		return hashNames(ctx, filepath.Dir(path), slices.Compact(names))
	}
	if zarr.IsFolder(path) {
		return hashStore(ctx, path)
	}
	entries, err := os.ReadDir(path) // sorted by name
	if err != nil {
		return "", fmt.Errorf("hash %s: %w", path, unwrap(err))
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && e.Name()[0] != '.' {
			names = append(names, e.Name())
		}
	}
	if log := stack.LogBeside(path); log != "" {
		names = append(names, relative(filepath.Join(path, "x"), log))
	}
	return hashNames(ctx, path, names)
}

// hashPart hashes a file together with the name of the part of it that is read.
func hashPart(ctx context.Context, file, part string) (string, error) {
	of, err := hashFile(ctx, file)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	h.Write([]byte(of + "  " + part + "\n")) // a hash takes everything
	return sum(h), nil
}

// hashStore hashes a Zarr store.
func hashStore(ctx context.Context, path string) (string, error) {
	files, err := zarr.Files(path)
	if err != nil {
		return "", err
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = filepath.ToSlash(relative(filepath.Join(path, "x"), f))
	}
	return hashNames(ctx, path, names)
}

// companions are the names of the other files that an image in several files consists of.
func companions(path string) (names []string) {
	head, err := readHead(path)
	if err != nil {
		return nil
	}
	var files []string
	switch format(head, path) {
	case "dicom":
		files = dicomFiles(path)
	case "nrrd":
		files = filesOf(nrrd.Open(path))
	case "metaimage":
		files = filesOf(metaimage.Open(path))
	case "nifti":
		files = append(filesOf(nifti.Open(path)), nifti.HeaderFile(path))
	case "slide":
		files, _ = openslide.Files(path) // of a slide without all its files only itself
	case "vgstudio":
		files = vgstudio.Files(path)
	case "raw":
		if side := rawfile.Sidecar(path); side != "" {
			files = []string{side}
		}
	}
	for _, f := range files {
		if f != path && !slices.Contains(names, relative(path, f)) {
			names = append(names, relative(path, f))
		}
	}
	return names
}

// filesOf are the files that hold the samples of r.
func filesOf(r *array.Reader, err error) []string {
	if err != nil {
		return nil // it is hashed as it lies there
	}
	defer r.Close()
	return r.Files()
}

// relative is the name of data as seen from the folder of header.
func relative(header, data string) string {
	if rel, err := filepath.Rel(filepath.Dir(header), data); err == nil {
		return rel
	}
	return filepath.Base(data)
}

func hashNames(ctx context.Context, folder string, names []string) (string, error) {
	sums := make([]string, len(names))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		g.Go(func() (err error) {
			sums[i], err = hashFile(gctx, filepath.Join(folder, name))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return "", err
	}
	h := sha256.New()
	for i, name := range names {
		h.Write([]byte(sums[i] + "  " + name + "\n")) // a hash takes everything
	}
	return sum(h), nil
}

func sum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// buffers are shared between the files of a folder.
var buffers = sync.Pool{New: func() any { return new([1 << 20]byte) }}

func hashFile(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("hash %s: %w", path, unwrap(err))
	}
	defer f.Close()
	b := buffers.Get().(*[1 << 20]byte)
	defer buffers.Put(b)
	h := sha256.New()
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := f.Read(b[:])
		h.Write(b[:n])
		if err == io.EOF {
			return sum(h), nil
		}
		if err != nil {
			return "", fmt.Errorf("hash %s: %w", path, unwrap(err))
		}
	}
}
