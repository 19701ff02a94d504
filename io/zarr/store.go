package zarr

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// maxMeta is the longest description that is read.
const maxMeta = 16 << 20

// store is where the objects of a Zarr hierarchy lie, by keys with slashes. Missing ones give
// fs.ErrNotExist. Its methods may be called from several goroutines at once.
type store interface {
	size(key string) (int64, error)
	readAt(key string, b []byte, at int64) error
	list(key string) []string // names directly below, in order
	Close() error
}

// readAll reads an object of at most limit bytes.
func readAll(s store, key string, limit int64) ([]byte, error) {
	n, err := s.size(key)
	if err != nil {
		return nil, err
	}
	if n > limit {
		return nil, fmt.Errorf("it has %d bytes, more than the %d that are read", n, limit)
	}
	b := make([]byte, n)
	return b, s.readAt(key, b, 0)
}

// exists reports an object, not a folder.
func exists(s store, key string) bool {
	_, err := s.size(key)
	return err == nil
}

// folder is a store of files.
type folder string

func (f folder) file(key string) string { return filepath.Join(string(f), filepath.FromSlash(key)) }

func (f folder) size(key string) (int64, error) {
	st, err := os.Stat(f.file(key))
	if err != nil {
		return 0, plain(err)
	}
	if !st.Mode().IsRegular() {
		return 0, fs.ErrNotExist
	}
	return st.Size(), nil
}

func (f folder) readAt(key string, b []byte, at int64) error {
	file, err := os.Open(f.file(key))
	if err != nil {
		return plain(err)
	}
	defer file.Close()
	if _, err := file.ReadAt(b, at); err != nil && !(errors.Is(err, io.EOF) && len(b) == 0) {
		return cut(plain(err))
	}
	return nil
}

func (f folder) list(key string) (names []string) {
	entries, err := os.ReadDir(f.file(key))
	if err != nil {
		return nil
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (folder) Close() error { return nil }

// below is a part of a store.
type below struct {
	store
	prefix string
}

func (b below) size(key string) (int64, error) { return b.store.size(path.Join(b.prefix, key)) }
func (b below) readAt(key string, p []byte, at int64) error {
	return b.store.readAt(path.Join(b.prefix, key), p, at)
}
func (b below) list(key string) []string { return b.store.list(path.Join(b.prefix, key)) }

// plain drops the path that errors of package os repeat.
func plain(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

// cut names the end of an object that comes too early.
func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it is cut short")
	}
	return err
}
