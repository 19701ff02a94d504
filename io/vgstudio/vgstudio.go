// Package vgstudio reads volumes of samples alone (.vol, .raw) that a text beside them describes: the .vgi
// of VGStudio, which many micro-CT scanners write, and the .xtekct of Nikon's scanners. Either file of a
// pair may be opened.
//
// The text must fit the file exactly: another length would read as noise. There is no public description of
// .vgi; the keys read here are those that files of scanners have.
package vgstudio

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"explant/io/array"
	"explant/io/imagefile"
)

// Open reads the description of a volume; no sample is decoded. path is the description or the samples.
func Open(path string) (*array.Reader, error) {
	r, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func open(path string) (*array.Reader, error) {
	text, data := pair(path)
	switch {
	case text == "":
		return nil, errors.New("it has no header itself, and no .vgi or .xtekct of its name lies beside it that says what it holds")
	case isNikon(text):
		d, err := parseXTekCT(text)
		if err != nil {
			return nil, named(text, path, err)
		}
		return d.reader("Nikon volume", path, text, data)
	}
	d, err := parseVGI(text)
	if err != nil {
		return nil, named(text, path, err)
	}
	if beside := filepath.Join(filepath.Dir(text), d.name); text == path && (isFile(beside) || data == "" && d.name != "") {
		data = beside
	}
	return d.reader("VGStudio volume", path, text, data)
}

// Describes reports samples that a .vgi or .xtekct of their name describes, or a .vgi beside them that names
// them.
func Describes(path string) bool {
	text, _ := pair(path)
	return text != "" && text != path
}

// Names reports a file that a .vgi beside it names as its samples, whatever it is called.
func Names(path string) bool { return naming(path) != "" }

// Files are the paths of the description and the samples of a volume that can be read.
func Files(path string) []string {
	r, err := open(path)
	if err != nil {
		return nil
	}
	defer r.Close()
	text, _ := pair(path)
	return append([]string{text}, r.Files()...)
}

// named tells the description's name where another file was opened.
func named(text, path string, err error) error {
	if text == path {
		return err
	}
	return fmt.Errorf("%s: %w", filepath.Base(text), err)
}

// isText reports a description by its name.
func isText(path string) bool {
	return isNikon(path) || strings.EqualFold(filepath.Ext(path), ".vgi")
}

func isNikon(path string) bool { return strings.EqualFold(filepath.Ext(path), ".xtekct") }

// pair is the description and the samples that belong to path, which is one of them; text is "" when
// nothing describes it. Samples are described by the .vgi or .xtekct of their name, or by the .vgi in their
// folder that names them.
func pair(path string) (text, data string) {
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	if isText(path) {
		return path, first(stem, ".vol", ".raw", ".VOL", ".RAW")
	}
	if text = first(stem, ".vgi", ".VGI"); text != "" {
		return text, path
	}
	if text = naming(path); text != "" {
		return text, path
	}
	return first(stem, ".xtekct", ".XTEKCT"), path
}

// first is the first of some files that exists, "" when none does.
func first(stem string, ends ...string) string {
	for _, end := range ends {
		if isFile(stem + end) {
			return stem + end
		}
	}
	return ""
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

// naming is the .vgi in the folder of path that names it.
func naming(path string) string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return ""
	}
	for _, e := range entries {
		text := filepath.Join(filepath.Dir(path), e.Name())
		if e.IsDir() || !strings.EqualFold(filepath.Ext(text), ".vgi") {
			continue
		}
		if d, err := parseVGI(text); err == nil && strings.EqualFold(d.name, filepath.Base(path)) {
			return text
		}
	}
	return ""
}

// reader makes a reader of samples that fit their description.
func (d described) reader(format, path, text, data string) (*array.Reader, error) {
	if data == "" {
		return nil, errors.New("no .vol or .raw of its name lies beside it")
	}
	st, err := os.Stat(data)
	if err != nil {
		return nil, fmt.Errorf("its samples %s: %w", filepath.Base(data), plain(err))
	}
	voxels := int64(d.n[0]) * int64(d.n[1])
	if voxels > 1<<50/int64(d.n[2]) {
		return nil, fmt.Errorf("size %v is not believable", d.n)
	}
	voxels *= int64(d.n[2])
	if d.typ == "" {
		d.typ = map[int64]imagefile.Type{voxels: imagefile.Uint8, 2 * voxels: imagefile.Uint16, 4 * voxels: imagefile.Float32}[st.Size()]
		d.warnings = append(d.warnings, fmt.Sprintf("the type of the samples is not stated; by the length of the file it is %s", d.typ))
	}
	if need := d.skip + voxels*int64(d.typ.Size()); d.typ == "" || need != st.Size() {
		return nil, fmt.Errorf("%s has %d bytes, which size %v of %s does not give", filepath.Base(data), st.Size(), d.n, filepath.Base(text))
	}
	info := imagefile.Info{Format: format, Type: d.typ, Channels: 1, Warnings: d.warnings}
	info.Grid.N = d.n
	d.size.Apply(&info.Grid)
	return array.New(path, info, array.Layout{Type: d.typ, BigEndian: d.bigEndian}, array.Part{Path: data, At: d.skip})
}
