package metaimage

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"explant/io/array"
)

// parts finds the samples of the first volume: in the file itself, in one beside it, in a list of files
// or in a numbered series.
func (h *header) parts(path string, sizes []int) ([]array.Part, error) {
	at, compressed := int64(0), h.yes("compresseddata")
	if v := h.fields["headersize"]; v != "" {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < -1 || n == -1 && compressed {
			return nil, fmt.Errorf("field \"HeaderSize\": %.40q is not read", v)
		}
		at = n
	}
	names, err := h.dataFiles(sizes)
	if err != nil {
		return nil, err
	}
	if names == nil && at == 0 {
		at = h.bytes
	}
	part := array.Part{Path: path, At: at}
	if compressed {
		part.Unpack = array.Inflate
	}
	if names == nil {
		return []array.Part{part}, nil
	}
	parts := make([]array.Part, len(names))
	for i, name := range names {
		if part.Path, err = array.Beside(path, name); err != nil {
			return nil, err
		}
		parts[i] = part
	}
	return parts, nil
}

// dataFiles are the names of the files that hold the first volume, nil when it follows the header.
func (h *header) dataFiles(sizes []int) ([]string, error) {
	value := h.fields["elementdatafile"]
	words := strings.Fields(value)
	switch {
	case value == "":
		return nil, errors.New("field \"ElementDataFile\" is empty")
	case strings.EqualFold(value, "LOCAL"):
		return nil, nil
	case words[0] == "LIST":
		dims := len(sizes) - 1
		if len(words) > 1 {
			n, err := strconv.Atoi(strings.TrimSuffix(words[1], "D"))
			if err != nil || n < 1 || n > len(sizes) {
				return nil, fmt.Errorf("field \"ElementDataFile\": %.60q is not read", value)
			}
			dims = n
		}
		return firstVolume(h.list, sizes, dims)
	case strings.Contains(words[0], "%"):
		names, err := series(words)
		if err != nil {
			return nil, err
		}
		return firstVolume(names, sizes, len(sizes)-1)
	}
	return []string{value}, nil
}

// firstVolume keeps the files, of dims dimensions each, that make the first volume.
func firstVolume(names []string, sizes []int, dims int) ([]string, error) {
	n := 1
	for a := dims; a < min(len(sizes), 3); a++ {
		if n *= sizes[a]; n > len(names) {
			break
		}
	}
	if n > len(names) {
		return nil, fmt.Errorf("%d data files are named for a volume of size %v", len(names), sizes)
	}
	return names[:n], nil
}

var numbered = regexp.MustCompile(`^[^%]*%0?[0-9]?d[^%]*$`)

// series makes the names of "slice%03d.raw FIRST LAST [STEP]".
func series(words []string) ([]string, error) {
	first, last, step := 1, 0, 1
	for i, p := range []*int{&first, &last, &step} {
		if i+1 >= len(words) {
			break
		}
		n, err := strconv.Atoi(words[i+1])
		if err != nil || n < 0 || n > 1<<20 {
			return nil, fmt.Errorf("field \"ElementDataFile\": %.40q is not a slice number", words[i+1])
		}
		*p = n
	}
	if !numbered.MatchString(words[0]) || len(words) < 3 || last < first || step < 1 {
		return nil, fmt.Errorf("field \"ElementDataFile\": write the series %.60q as name%%03d.raw FIRST LAST STEP", strings.Join(words, " "))
	}
	var names []string
	for i := first; i <= last; i += step {
		names = append(names, fmt.Sprintf(words[0], i))
	}
	return names, nil
}
