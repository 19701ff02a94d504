// Package zarr reads images from Zarr stores, versions 2 and 3: those that OME-Zarr 0.1 to 0.5 describes,
// with their axes, sizes, channels and resolutions, and arrays and groups that say less.
//
// A store is a folder or a zip file. A window decodes the chunks that it touches, each chunk once as long
// as it is remembered; see [Reader].
//
// Sources: https://zarr-specs.readthedocs.io (versions 2 and 3), https://ngff.openmicroscopy.org (0.4 and 0.5).
package zarr

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"explant/io/array"
)

const note64 = array.Note64

// IsFolder reports a folder that is a Zarr array or group.
func IsFolder(path string) bool { return isNode(folder(path), ".") }

// IsZip reports a zip file, whatever it holds.
func IsZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

// IsMeta reports a file of a store that describes the folder it lies in, such as zarr.json.
func IsMeta(path string) bool {
	return slices.Contains(metaFiles, filepath.Base(path)) || filepath.Base(path) == ".zmetadata"
}

// Open understands a store; no chunk is decoded. path is a folder, the folder of an array or a group in a
// store, a file that describes one (zarr.json, .zattrs), or a zip file.
func Open(path string) (*Reader, error) {
	r, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("read Zarr %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func open(name string) (*Reader, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, plain(err)
	}
	if !st.IsDir() && IsMeta(name) {
		name = filepath.Dir(name)
	} else if !st.IsDir() {
		s, err := openZip(name)
		if err != nil {
			return nil, err
		}
		r, err := read(name, s, ".")
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		return r, nil
	}
	if root, key := imageAbove(name); root != "" {
		return read(name, folder(root), key)
	}
	return read(name, folder(name), ".")
}

// read makes a reader of what lies at key.
func read(name string, s store, key string) (*Reader, error) {
	i, err := understand(s, key)
	if err != nil {
		return nil, err
	}
	if err := i.plausible(s); err != nil {
		return nil, err
	}
	return newReader(name, s, i), nil
}

// understand takes one level of the image at the root of s, or what lies at key "." itself.
func understand(s store, key string) (*image, error) {
	if key == "." {
		return find(s, key, 0)
	}
	n, err := load(s, ".")
	if err != nil {
		return nil, err
	}
	m, warnings, err := multiscaleOf(n)
	if err != nil {
		return nil, err
	}
	return pyramid(s, n, m, []int{m.index(key)}, warnings)
}

// index is the level of a pyramid that lies at key, -1 for none.
func (m *multiscale) index(key string) int {
	for i, d := range m.Datasets {
		if path.Clean(d.Path) == key {
			return i
		}
	}
	return -1
}

// imageAbove finds the image of which the array in a folder is a level: the folder of the image, and the key
// of the level in it; "" when there is none.
func imageAbove(name string) (root, key string) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", ""
	}
	n, err := load(folder(abs), ".")
	if err != nil || n.array == nil {
		return "", ""
	}
	root, key = abs, ""
	for range 3 {
		root, key = filepath.Dir(root), path.Join(filepath.Base(root), key)
		if n, err := load(folder(root), "."); err == nil {
			if m, _, err := multiscaleOf(n); err == nil && m != nil && m.index(key) >= 0 {
				return root, key
			}
		}
	}
	return "", ""
}
