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
	"sync"

	"golang.org/x/sync/errgroup"

	"explant/io/nrrd"
)

// Hash is the SHA-256 of the content of a file in hexadecimal. For a folder it is the SHA-256 of one
// line for each file directly in it, sorted by name: the file's hash, two spaces, its name (what
// sha256sum prints). A detached NRRD header is hashed so together with its data file. Paths and times do not enter; hidden files and folders below are left out.
func Hash(ctx context.Context, path string) (string, error) {
	st, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("hash %s: %w", path, unwrap(err))
	}
	if !st.IsDir() {
		if data, err := nrrd.DataFile(path); err == nil && data != path {
			return hashNames(ctx, filepath.Dir(path), []string{filepath.Base(path), relative(path, data)})
		}
		return hashFile(ctx, path)
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
	return hashNames(ctx, path, names)
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
