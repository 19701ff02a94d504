package openslide

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// slidedat describes a MIRAX slide, in the folder of its pixels.
const slidedat = "Slidedat.ini"

// mirax reads which files lie in the folder of a MIRAX slide.
func mirax(path string) (folder string, names []string, err error) {
	folder = strings.TrimSuffix(path, filepath.Ext(path))
	if st, err := os.Stat(folder); err != nil || !st.IsDir() {
		return "", nil, fmt.Errorf("its folder %s, which holds the pixels, is missing: copy it beside the file", filepath.Base(folder))
	}
	k, err := readKeyFile(filepath.Join(folder, slidedat))
	if err != nil {
		return "", nil, fmt.Errorf("%s in its folder %s: %w", slidedat, filepath.Base(folder), err)
	}
	if err := believable(k); err != nil {
		return "", nil, fmt.Errorf("%s in its folder %s: %w", slidedat, filepath.Base(folder), err)
	}
	names = []string{slidedat}
	if name := k["HIERARCHICAL"]["INDEXFILE"]; name != "" {
		names = append(names, name)
	}
	for key, name := range k["DATAFILE"] {
		if strings.HasPrefix(key, "FILE_") && key != "FILE_COUNT" {
			names = append(names, name)
		}
	}
	return folder, names, nil
}

// believable refuses counts over which OpenSlide stumbles: it multiplies them and takes the memory.
func believable(k keyFile) error {
	const most = 1 << 20 // camera images along a side, levels, files; no slide has a hundredth of them
	general, hierarchical := k["GENERAL"], k["HIERARCHICAL"]
	for _, c := range []struct{ key, text string }{
		{"IMAGENUMBER_X", general["IMAGENUMBER_X"]}, {"IMAGENUMBER_Y", general["IMAGENUMBER_Y"]}, {"FILE_COUNT", k["DATAFILE"]["FILE_COUNT"]},
		{"HIER_0_COUNT", hierarchical["HIER_0_COUNT"]}, {"NONHIER_COUNT", hierarchical["NONHIER_COUNT"]},
	} {
		if n, err := strconv.ParseFloat(c.text, 64); err == nil && n > most {
			return fmt.Errorf("%s = %.20s is not believable", c.key, c.text)
		}
	}
	x, y, parts := count(general, "IMAGENUMBER_X"), count(general, "IMAGENUMBER_Y"), count(general, "CameraImageDivisionsPerSide")
	if x*y > most*64 {
		return fmt.Errorf("%d x %d images are not believable", x, y)
	}
	if x > 0 && y > 0 && parts > min(x, y) {
		return fmt.Errorf("%d x %d images are not parts of camera pictures of %d x %d images", x, y, parts, parts)
	}
	return nil
}

// count is a number of a key file; 0 where there is none, about which OpenSlide has its own opinion.
func count(group map[string]string, key string) int {
	n, _ := strconv.Atoi(group[key]) // what is no number is 0, or the largest
	return n
}

// OfFolder is the MIRAX slide whose pixels lie in a folder; "" where the folder is none or its slide is missing.
func OfFolder(folder string) string {
	slide := filepath.Clean(folder) + ".mrxs"
	for _, name := range []string{slide, filepath.Join(folder, slidedat)} {
		if st, err := os.Stat(name); err != nil || !st.Mode().IsRegular() {
			return ""
		}
	}
	return slide
}
