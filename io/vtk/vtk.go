// Package vtk reads images of the Visualization Toolkit: legacy files (.vtk) with STRUCTURED_POINTS, as
// text or binary, and XML ImageData (.vti) with samples as text, base64 or appended raw bytes, plain or
// packed with zlib.
//
// The array that is marked as the scalars is read, otherwise the first with one component, on points or
// on cells. The formats know no unit of length, so that the spacing stays unknown until a person states
// it. LZ4 and LZMA packing, images in several pieces and other data sets are refused.
//
// Source: https://docs.vtk.org/en/latest/vtk_file_formats/index.html.
package vtk

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"explant/io/array"
	"explant/io/calibration"
	"explant/io/imagefile"
	"explant/volume"
)

// Is reports the first bytes of a legacy file or of XML ImageData.
func Is(head []byte) bool {
	s := string(head)
	return strings.HasPrefix(s, legacyMagic) || strings.Contains(s, "<VTKFile")
}

// Open reads the header of a .vtk or .vti file; no sample is decoded, though text is passed over to reach
// the array that is read.
func Open(path string) (*array.Reader, error) {
	r, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("read VTK file %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func open(path string) (*array.Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := bufio.NewReader(f)
	head, err := b.Peek(512)
	if len(head) == 0 {
		return nil, fmt.Errorf("the file is empty: %w", err)
	}
	if strings.HasPrefix(string(head), legacyMagic) {
		return openLegacy(path, b)
	}
	return openXML(path, f, b)
}

// found is an array that an image consists of.
type found struct {
	name       string
	typ        string // as spelt in the file
	components int
	cells      bool // on cells, of which there is one less than points along each axis
}

// info describes an image of points along x, y, z. Its channels are measurements of their own unless
// there are three of bytes.
func (a found) info(format string, points [3]int, spacing [3]float64, types map[string]imagefile.Type) (info imagefile.Info, err error) {
	info = imagefile.Info{Format: format, Type: types[strings.ToLower(a.typ)], Channels: a.components}
	if info.Type == "" {
		return info, fmt.Errorf("array %.40q: samples of type %.40q are not read", a.name, a.typ)
	}
	if a.components < 1 || a.components > 64 {
		return info, fmt.Errorf("array %.40q: %d components are not read", a.name, a.components)
	}
	info.Grid = volume.Grid{N: points}
	if a.cells {
		for k := range 3 {
			info.Grid.N[k] = max(points[k]-1, 1)
		}
	}
	calibration.Statement{Field: "VTK Spacing", Size: spacing}.Apply(&info.Grid)
	if c := a.components; c > 1 && (c != 3 || info.Type != imagefile.Uint8) {
		for i := range c {
			info.ChannelNames = append(info.ChannelNames, fmt.Sprintf("%.40s %d", a.name, i+1))
		}
	}
	return info, nil
}

// widen sets the conversion of 64-bit integers.
func widen(l *array.Layout, info *imagefile.Info, typ string) {
	switch strings.ToLower(typ) {
	case "long", "int64", "vtktypeint64", "vtkidtype":
		l.Convert = array.Int64
	case "unsigned_long", "uint64", "vtktypeuint64":
		l.Convert = array.Uint64
	default:
		return
	}
	info.Warnings = append(info.Warnings, array.Note64)
}
