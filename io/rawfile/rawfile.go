// Package rawfile reads samples without a header. A small YAML or JSON file beside them, NAME.yaml or
// NAME.json for NAME (scan.raw.yaml for scan.raw), says what they are:
//
//	size: [1024, 1024, 800]   # along x, y, z
//	type: uint16              # uint8, int8, uint16, int16, uint32, int32, float32, float64
//	byte_order: little        # or big; needed for types of more than one byte
//	offset: 0                 # bytes before the first sample
//	spacing: 20um             # or 20um,20um,40um; left out when it is not known
//
// Every other key is an error, and the file must be exactly as long as it says: a wrong size would read
// as noise.
package rawfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"explant/io/array"
	"explant/io/calibration"
	"explant/io/imagefile"
	"explant/volume"
)

// maxSidecar is the longest description that is read.
const maxSidecar = 1 << 16

// description is what the file beside the samples says.
type description struct {
	Size      []int          `yaml:"size"`
	Type      imagefile.Type `yaml:"type"`
	ByteOrder string         `yaml:"byte_order"`
	Offset    int64          `yaml:"offset"`
	Spacing   string         `yaml:"spacing"`
}

// Sidecar is the path of the description of path, "" when there is none.
func Sidecar(path string) string {
	for _, ext := range []string{".yaml", ".yml", ".json"} {
		if st, err := os.Stat(path + ext); err == nil && st.Mode().IsRegular() {
			return path + ext
		}
	}
	return ""
}

// Open reads the description of path; no sample is decoded.
func Open(path string) (*array.Reader, error) {
	r, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("read raw file %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func open(path string) (*array.Reader, error) {
	side := Sidecar(path)
	if side == "" {
		if h := header(path); h != "" {
			return nil, fmt.Errorf("it has no header itself: open %s beside it", filepath.Base(h))
		}
		return nil, fmt.Errorf("it has no header: say what it holds in a file %s.yaml beside it, for example "+
			"{size: [1024, 1024, 800], type: uint16, byte_order: little, offset: 0, spacing: 20um}", filepath.Base(path))
	}
	d, err := load(side)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(side), err)
	}
	info := imagefile.Info{Format: "raw samples", Type: d.Type, Channels: 1}
	info.Grid.N = [3]int{1, 1, 1}
	copy(info.Grid.N[:], d.Size)
	if d.Spacing == "" {
		info.Grid.Calibration.Source = volume.Unknown
		info.Grid.Calibration.Withheld = filepath.Base(side) + " states no spacing"
	} else if err := d.calibrate(&info, filepath.Base(side)); err != nil {
		return nil, err
	}
	r, err := array.New(path, info, array.Layout{Type: d.Type, BigEndian: d.ByteOrder == "big"}, array.Part{Path: path, At: d.Offset})
	if err != nil {
		return nil, err
	}
	return r, d.exact(path, r.Info().Bytes())
}

// header is a file of the same name that may describe path in a format of its own, "" when there is none.
func header(path string) string {
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	for _, ext := range []string{".mhd", ".nhdr"} {
		if _, err := os.Stat(stem + ext); err == nil {
			return stem + ext
		}
	}
	return ""
}

// calibrate takes the spacing, which a person wrote.
func (d *description) calibrate(info *imagefile.Info, name string) error {
	mm, err := calibration.ParseSpacing(d.Spacing)
	if len(d.Size) == 2 {
		mm, err = calibration.ParsePixelSize(d.Spacing)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	calibration.Override(&info.Grid, mm, name+" spacing")
	return nil
}

// exact reports a file of another length than its description says.
func (d *description) exact(path string, samples int64) error {
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	if st.Size() != d.Offset+samples {
		return fmt.Errorf("it has %d bytes, but size %v of %s from byte %d needs %d", st.Size(), d.Size, d.Type, d.Offset, d.Offset+samples)
	}
	return nil
}

// load reads and checks a description. JSON is YAML too.
func load(path string) (*description, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSidecar+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxSidecar {
		return nil, fmt.Errorf("it is longer than %d bytes", maxSidecar)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	d := &description{}
	if err := dec.Decode(d); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.New(strings.Join(strings.Fields(err.Error()), " "))
	}
	if err := dec.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one document")
	}
	return d, d.check()
}

func (d *description) check() error {
	if n := len(d.Size); n != 2 && n != 3 {
		return fmt.Errorf("size: %d numbers, not 2 or 3: write for example size: [1024, 1024, 800]", n)
	}
	for _, n := range d.Size {
		if n < 1 || n > math.MaxInt32 {
			return fmt.Errorf("size: %d is not a number of voxels", n)
		}
	}
	switch {
	case d.Type.Size() == 0:
		return fmt.Errorf("type: %.40q is not one of uint8, int8, uint16, int16, uint32, int32, float32, float64", d.Type)
	case d.ByteOrder != "little" && d.ByteOrder != "big" && (d.ByteOrder != "" || d.Type.Size() > 1):
		return fmt.Errorf("byte_order: %.40q is neither little nor big", d.ByteOrder)
	case d.Offset < 0 || d.Offset > 1<<50:
		return fmt.Errorf("offset: %d is not a number of bytes", d.Offset)
	}
	return nil
}
