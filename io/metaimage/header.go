package metaimage

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Longest header that is taken for honest.
const maxHeader = 4 << 20

// header is the text part of a file: the fields by their names in lower case.
type header struct {
	fields map[string]string
	names  []string // of all fields, as spelt, in their order
	list   []string // lines behind ElementDataFile = LIST
	bytes  int64    // up to and with the line of ElementDataFile
}

// readHeader reads "Field = value" lines up to ElementDataFile, which stands last.
func readHeader(r io.Reader) (*header, error) {
	b := bufio.NewReader(io.LimitReader(r, maxHeader))
	h := &header{fields: map[string]string{}}
	for {
		line, err := b.ReadString('\n')
		h.bytes += int64(len(line))
		if err != nil && (!errors.Is(err, io.EOF) || line == "") {
			return nil, errors.New("the header has no ElementDataFile")
		}
		name, value, ok := strings.Cut(line, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		key := strings.ToLower(name)
		switch {
		case !ok && strings.TrimSpace(line) == "":
			continue
		case !ok:
			return nil, fmt.Errorf("the header line %.60q has no equals sign", strings.TrimSpace(line))
		case h.fields[key] != "":
			return nil, fmt.Errorf("the field %.40q stands twice", name)
		}
		h.fields[key] = value
		h.names = append(h.names, name)
		if key == "elementdatafile" {
			return h, h.readList(b, value)
		}
	}
}

func (h *header) readList(b *bufio.Reader, value string) error {
	if !strings.HasPrefix(value, "LIST") {
		return nil
	}
	rest, err := io.ReadAll(b)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(rest)) {
		if line = strings.TrimSpace(line); line != "" {
			h.list = append(h.list, line)
		}
	}
	return nil
}

// any is the value of the first of several names of one field.
func (h *header) any(names ...string) string {
	for _, n := range names {
		if v := h.fields[n]; v != "" {
			return v
		}
	}
	return ""
}

// yes reads a truth value; a missing one is false.
func (h *header) yes(names ...string) bool {
	v := strings.ToLower(h.any(names...))
	return v == "true" || v == "1" || v == "t" || v == "yes"
}

// integers reads n whole numbers of at least 1.
func (h *header) integers(name string, n int) ([]int, error) {
	words := strings.Fields(h.fields[strings.ToLower(name)])
	if len(words) != n {
		return nil, fmt.Errorf("field %q: %d values for %d dimensions", name, len(words), n)
	}
	out := make([]int, n)
	for i, w := range words {
		v, err := strconv.Atoi(w)
		if err != nil || v < 1 || v > math.MaxInt32 {
			return nil, fmt.Errorf("field %q: %.40q is not a size", name, w)
		}
		out[i] = v
	}
	return out, nil
}

// numbers reads n numbers, or none when the field is missing.
func numbers(value string, n int) ([]float64, error) {
	words := strings.Fields(value)
	if len(words) == 0 {
		return nil, nil
	}
	if len(words) != n {
		return nil, fmt.Errorf("%d values, not %d", len(words), n)
	}
	out := make([]float64, n)
	for i, w := range words {
		v, err := strconv.ParseFloat(w, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%.40q is not a number", w)
		}
		out[i] = v
	}
	return out, nil
}
