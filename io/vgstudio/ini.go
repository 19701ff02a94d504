package vgstudio

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxText is the longest description that is read.
const maxText = 4 << 20

// section is a part of a description: its name in lower case, and its keys in lower case.
type section struct {
	object, name string // {volume1} and [file1]
	keys         map[string]string
}

// readSections reads "key = value" lines below [sections] and {objects}. Lines of other kinds are passed
// over. Texts of UTF-16 begin with a byte order mark; others are taken byte by byte.
func readSections(path string) ([]section, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, plain(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(transform.NewReader(f, unicode.BOMOverride(encoding.Nop.NewDecoder())), maxText+1))
	if err != nil {
		return nil, plain(err)
	}
	if len(text) > maxText {
		return nil, fmt.Errorf("it is longer than %d bytes", maxText)
	}
	all := []section{{keys: map[string]string{}}}
	object := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		key, value, pair := strings.Cut(line, "=")
		switch {
		case strings.HasPrefix(line, "{") && strings.HasSuffix(line, "}"):
			object = strings.ToLower(line[1 : len(line)-1])
			all = append(all, section{object: object, keys: map[string]string{}})
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			all = append(all, section{object: object, name: strings.ToLower(line[1 : len(line)-1]), keys: map[string]string{}})
		case pair:
			all[len(all)-1].keys[strings.ToLower(strings.TrimSpace(key))] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return all, nil
}

// find is the first section of a name, nil when there is none.
func find(all []section, name string) *section {
	for i := range all {
		if all[i].name == name {
			return &all[i]
		}
	}
	return nil
}

// numbers reads n numbers of a key, or none when it is missing.
func (s *section) numbers(key string, n int) ([]float64, error) {
	words := strings.Fields(s.keys[key])
	if len(words) == 0 {
		return nil, nil
	}
	out := make([]float64, len(words))
	for i, w := range words {
		v, err := strconv.ParseFloat(strings.Replace(w, ",", ".", 1), 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %.40q is not a number", key, w)
		}
		out[i] = v
	}
	if len(out) != n {
		return nil, fmt.Errorf("%s: %d numbers, not %d", key, len(out), n)
	}
	return out, nil
}

// size reads three whole numbers of at least 1.
func size(v []float64) (n [3]int, err error) {
	if len(v) != 3 {
		return n, errors.New("it states no size")
	}
	for a := range n {
		if v[a] != float64(int32(v[a])) || v[a] < 1 {
			return n, fmt.Errorf("size %g along %c is not a number of voxels", v[a], "xyz"[a])
		}
		n[a] = int(v[a])
	}
	return n, nil
}

// plain drops the path that errors of package os repeat.
func plain(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}
