package openslide

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Files are the files that a slide consists of, path first and the others sorted. A file that is missing is
// an error that names it.
func Files(path string) ([]string, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, errors.Unwrap(err)
	}
	folder, names, err := named(path)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	out := []string{path}
	for _, name := range slices.Compact(names) {
		full := filepath.Join(folder, name)
		if name != filepath.Base(name) || name == ".." {
			return nil, fmt.Errorf("it names a file in another folder, %.80q: a slide has its files together", name)
		}
		if st, err := os.Stat(full); err != nil || !st.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is missing in %s: copy the slide again with all its files", name, filepath.Base(folder))
		}
		out = append(out, full)
	}
	return out, nil
}

// named are the names of the other files of a slide, and the folder in which they lie.
func named(path string) (folder string, names []string, err error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".mrxs":
		return mirax(path)
	case ".vms", ".vmu":
		return hamamatsu(path)
	}
	return filepath.Dir(path), nil, nil
}

// hamamatsu reads which pictures a VMS or VMU file names. Other focal planes than the first are not read and may
// be missing.
func hamamatsu(path string) (folder string, names []string, err error) {
	k, err := readKeyFile(path)
	if err != nil {
		return "", nil, err
	}
	keys := map[string]string{}
	maps.Copy(keys, k["Virtual Microscope Specimen"])
	maps.Copy(keys, k["Uncompressed Virtual Microscope Specimen"])
	for key, name := range keys {
		plane := strings.Count(key, ",") == 2 && !strings.HasPrefix(key, "ImageFile(0,")
		if name != "" && !plane && (strings.HasPrefix(key, "ImageFile") || key == "MapFile" || key == "MacroImage") {
			names = append(names, name)
		}
	}
	return filepath.Dir(path), names, nil
}
