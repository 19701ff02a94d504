package zarr

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
)

// archive is a store in a zip file, as OME-Zarr .ozx and .zarr.zip are. Nothing is ever written to the
// names that stand in it.
type archive struct {
	f     *os.File
	files map[string]*zip.File
	below map[string][]string // names by folder, in order

	mu      sync.Mutex
	lastKey string // the deflated object that was inflated last
	last    []byte
}

// openZip lists an archive; the store begins at the shallowest folder that holds one.
func openZip(name string) (store, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, plain(err)
	}
	a := &archive{f: f, files: map[string]*zip.File{}, below: map[string][]string{}}
	root, err := a.index()
	if err != nil {
		f.Close()
		return nil, err
	}
	return below{a, root}, nil
}

func (a *archive) index() (root string, err error) {
	st, err := a.f.Stat()
	if err != nil {
		return "", plain(err)
	}
	z, err := zip.NewReader(a.f, st.Size())
	if err != nil {
		return "", cut(err)
	}
	for _, e := range z.File {
		if strings.HasSuffix(e.Name, "/") {
			continue
		}
		key := path.Clean(e.Name)
		if !fs.ValidPath(key) || strings.Contains(key, `\`) {
			return "", fmt.Errorf("the name %.80q in the archive leads out of it", e.Name)
		}
		if a.files[key] != nil {
			return "", fmt.Errorf("the name %.80q stands twice in the archive", e.Name)
		}
		a.files[key] = e
		a.climb(key)
	}
	for _, names := range a.below {
		slices.Sort(names)
	}
	return a.root()
}

// climb enters a key below its folder, and the folder below its own.
func (a *archive) climb(key string) {
	for key != "." {
		dir := path.Dir(key)
		known := a.below[dir] != nil
		a.below[dir] = append(a.below[dir], path.Base(key))
		if known {
			return
		}
		key = dir
	}
}

func (a *archive) root() (string, error) {
	here := []string{"."}
	for range 4 {
		var stores, next []string
		for _, dir := range here {
			if isNode(a, dir) {
				stores = append(stores, dir)
			}
			for _, name := range a.below[dir] {
				if sub := path.Join(dir, name); a.below[sub] != nil {
					next = append(next, sub)
				}
			}
		}
		switch {
		case len(stores) == 1:
			return stores[0], nil
		case len(stores) > 1:
			return "", fmt.Errorf("the archive holds %d Zarr stores (%s): unpack it and open one of them", len(stores), some(stores))
		}
		here = next
	}
	return "", errors.New("the archive holds no Zarr store (.zgroup, .zarray or zarr.json)")
}

func (a *archive) size(key string) (int64, error) {
	e := a.files[path.Clean(key)]
	if e == nil {
		return 0, fs.ErrNotExist
	}
	if e.UncompressedSize64 > maxChunk || e.UncompressedSize64/1100 > e.CompressedSize64 {
		return 0, fmt.Errorf("it claims %d bytes in %d bytes of the archive", e.UncompressedSize64, e.CompressedSize64)
	}
	return int64(e.UncompressedSize64), nil
}

// readAt reads a part. Of an object that is not stored as it is, the whole is inflated and remembered.
func (a *archive) readAt(key string, b []byte, at int64) error {
	key = path.Clean(key)
	n, err := a.size(key)
	if err != nil {
		return err
	}
	if at < 0 || at > n || int64(len(b)) > n-at {
		return errors.New("it is cut short")
	}
	e := a.files[key]
	if e.Method == zip.Store {
		return a.stored(e, b, at)
	}
	whole, err := a.inflated(key, n)
	if err != nil {
		return err
	}
	copy(b, whole[at:])
	return nil
}

func (a *archive) stored(e *zip.File, b []byte, at int64) error {
	start, err := e.DataOffset()
	if err != nil {
		return cut(err)
	}
	if e.CompressedSize64 != e.UncompressedSize64 {
		return errors.New("its two sizes in the archive differ")
	}
	if _, err := a.f.ReadAt(b, start+at); err != nil {
		return cut(plain(err))
	}
	return nil
}

func (a *archive) inflated(key string, n int64) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lastKey == key && a.last != nil {
		return a.last, nil
	}
	r, err := a.files[key].Open()
	if err != nil {
		return nil, cut(err)
	}
	defer r.Close()
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, cut(err)
	}
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, io.EOF) { // also checks the sum
		return nil, errors.New("its bytes in the archive are damaged")
	}
	a.lastKey, a.last = key, b
	return b, nil
}

func (a *archive) list(key string) []string { return a.below[path.Clean(key)] }

func (a *archive) Close() error { return a.f.Close() }
