package zarr

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Files are the paths of all files of a store in a folder, in order, hidden ones too, and of those above
// it that say what its axes and sizes are. They are its content.
func Files(path string) (files []string, err error) {
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if st, err := os.Stat(p); err == nil && st.Mode().IsRegular() {
			files = append(files, p)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list Zarr %s: %w", filepath.Base(path), plain(err))
	}
	return append(files, above(path)...), nil
}

// above are the files above the folder of an array that describe the image of which it is a level.
func above(path string) (files []string) {
	root, _ := imageAbove(path)
	if root == "" {
		return nil
	}
	for _, m := range metaFiles {
		if exists(folder(root), m) {
			files = append(files, filepath.Join(root, m))
		}
	}
	return files
}
