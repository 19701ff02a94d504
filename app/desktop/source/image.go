package source

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"

	"explant/app/pipeline"
	"explant/io/calibration"
	"explant/io/imagefile"
	"explant/io/open"
	"explant/volume"
)

// Image is an open image. It is safe for concurrent use; Close ends its use.
type Image struct {
	Path   string
	Name   string // the base name, as results have it
	Info   imagefile.Info
	Typed  [3]float64 // mm, as typed; 0 where the header is believed
	grid   atomic.Pointer[volume.Grid]
	reader imagefile.Reader
}

// Open opens a file or a folder of slices.
func Open(ctx context.Context, path string) (*Image, error) {
	r, err := open.Path(ctx, path, open.Options{})
	if err != nil {
		return nil, err
	}
	info := r.Info()
	m := &Image{Path: path, Name: pipeline.ImageName(path), Info: info, reader: r}
	m.grid.Store(&info.Grid)
	return m, nil
}

// Of is an image that a reader makes, such as labels in memory.
func Of(name string, r imagefile.Reader) *Image {
	info := r.Info()
	m := &Image{Name: name, Info: info, reader: r}
	m.grid.Store(&info.Grid)
	return m
}

// Close gives the file back.
func (m *Image) Close() error { return m.reader.Close() }

// Reader gives windows of the image.
func (m *Image) Reader() imagefile.Reader { return m.reader }

// Volume reports an image with more than one slice.
func (m *Image) Volume() bool { return m.Info.Grid.N[2] > 1 }

// Color reports samples that are red, green and blue, not measurements of their own.
func (m *Image) Color() bool { return m.Info.Channels == 3 && len(m.Info.ChannelNames) == 0 }

// Calibrate, of the goroutine that opened the image or the UI thread alone, puts a typed spacing in mm in the place of the header's; the zero spacing gives the header
// back. z of 0 leaves the spacing along z as it is.
func (m *Image) Calibrate(mm [3]float64) {
	if !m.Volume() {
		mm[2] = 0
	}
	g := m.Info.Grid
	if mm != [3]float64{} {
		calibration.Override(&g, mm, "typed in")
	}
	m.Typed = mm
	m.grid.Store(&g)
}

// Grid is that of level 0, with the spacing that a person typed, where one did.
func (m *Image) Grid() volume.Grid { return *m.grid.Load() }

// Values are the samples of one pixel of level 0, one a channel.
func (m *Image) Values(ctx context.Context, x, y, z int) ([]float64, error) {
	b, err := m.reader.Read(ctx, imagefile.Window{Min: [3]int{x, y, z}, Max: [3]int{x + 1, y + 1, z + 1}})
	if err != nil {
		return nil, err
	}
	return imagefile.Values(b.Data, b.Type), nil
}

// Range is the smallest and the largest value that a sample of an integer type can have; ok is false for
// other types.
func Range(t imagefile.Type) (low, high float64, ok bool) {
	switch t {
	case imagefile.Uint8:
		return 0, math.MaxUint8, true
	case imagefile.Int8:
		return math.MinInt8, math.MaxInt8, true
	case imagefile.Uint16:
		return 0, math.MaxUint16, true
	case imagefile.Int16:
		return math.MinInt16, math.MaxInt16, true
	}
	return 0, 0, false
}

// Describe tells in one line what the image is: "TIFF, 4 096 x 3 072 px, 3 x uint8".
func (m *Image) Describe() string {
	n, unit := m.Info.Grid.N, "px"
	size := fmt.Sprintf("%d x %d", n[0], n[1])
	if m.Volume() {
		size, unit = size+fmt.Sprintf(" x %d", n[2]), "voxels"
	}
	channels := ""
	if m.Info.Channels > 1 {
		channels = fmt.Sprintf("%d x ", m.Info.Channels)
	}
	return fmt.Sprintf("%s, %s %s, %s%s", m.Info.Format, size, unit, channels, m.Info.Type)
}
