// Package nrrd reads and writes NRRD files: a text header, then raw or gzip-compressed samples, in the
// same file or in one beside it.
//
// Two or three spatial axes are read, with an axis of components before or behind them. Label maps are
// written with their spacing, origin and class names, and the same labels give the same bytes.
//
// Source: http://teem.sourceforge.net/nrrd/format.html.
package nrrd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"explant/io/array"
	"explant/io/imagefile"
)

// Open reads the header of an .nrrd or .nhdr file; no sample is decoded.
func Open(path string) (*array.Reader, error) {
	r, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("read NRRD %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func open(path string) (*array.Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, err := readHeader(f)
	if err != nil {
		return nil, err
	}
	info, component, err := h.describe()
	if err != nil {
		return nil, err
	}
	part, err := h.part(path)
	if err != nil {
		return nil, err
	}
	return array.New(path, info, array.Layout{Type: h.typ, BigEndian: h.bigEndian, Planar: component > 0}, part)
}

// describe tells what the header says; component is the axis of the components, -1 for none.
func (h *header) describe() (i imagefile.Info, component int, err error) {
	component, spatial, err := h.place()
	if err != nil {
		return i, 0, err
	}
	i.Format, i.Type, i.Channels = "NRRD", h.typ, 1
	if component >= 0 {
		i.Channels = h.sizes[component]
		if k := h.kinds; i.Channels != 3 || len(k) == 0 || k[component] != "rgb-color" && k[component] != "3-color" {
			for c := range i.Channels {
				i.ChannelNames = append(i.ChannelNames, fmt.Sprintf("component %d", c+1))
			}
		}
	}
	if i.Channels == 1 {
		i.ChannelNames = nil
	}
	i.Grid = h.grid(spatial)
	return i, component, nil
}

// part finds the samples. Lines are skipped in the file, bytes in what it unpacks to.
func (h *header) part(path string) (p array.Part, err error) {
	p.Path = path
	if h.dataFile != "" {
		if strings.HasPrefix(h.dataFile, "LIST") {
			return p, errors.New("data in a list of files are not read")
		}
		if p.Path, err = array.Beside(path, h.dataFile); err != nil {
			return p, err
		}
		h.start = 0
	}
	if p.At, err = skipLines(p.Path, h.start, h.lineSkip); err != nil {
		return p, err
	}
	switch {
	case h.encoding == "gzip":
		p.Unpack, p.Skip = array.Inflate, max(h.byteSkip, 0)
	case h.byteSkip == -1:
		p.At = -1
	default:
		p.At += h.byteSkip
	}
	return p, nil
}

// skipLines finds where the next line begins that many lines behind at.
func skipLines(path string, at int64, lines int) (int64, error) {
	if lines == 0 {
		return at, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	b := bufio.NewReader(io.NewSectionReader(f, at, 1<<62))
	for lines > 0 {
		c, err := b.ReadByte()
		if err != nil {
			return 0, errors.New("the lines to skip do not end")
		}
		if at++; c == '\n' {
			lines--
		}
	}
	return at, nil
}
