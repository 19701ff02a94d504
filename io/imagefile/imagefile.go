// Package imagefile is what every image format looks like from outside: a [Reader] that tells what
// it holds and reads windows of it.
//
// Samples travel as little-endian bytes in a [Block], so that a worker process can hand them over
// through shared memory without a copy or a conversion.
package imagefile

import (
	"context"
	"fmt"

	"explant/volume"
)

// Type is the type of one sample.
type Type string

// The sample types that readers give; narrower ones (1, 4, 12 bits, half floats) are widened.
const (
	Uint8   Type = "uint8"
	Int8    Type = "int8"
	Uint16  Type = "uint16"
	Int16   Type = "int16"
	Uint32  Type = "uint32"
	Int32   Type = "int32"
	Float32 Type = "float32"
	Float64 Type = "float64"
)

// Size is the number of bytes of one sample, 0 for a type that is not known.
func (t Type) Size() int {
	switch t {
	case Uint8, Int8:
		return 1
	case Uint16, Int16:
		return 2
	case Uint32, Int32, Float32:
		return 4
	case Float64:
		return 8
	}
	return 0
}

// Level is one resolution of a pyramid; level 0 is the full one.
type Level struct {
	N          [3]int  `json:"size"`
	Downsample float64 `json:"downsample"`
	Tile       [2]int  `json:"tile"` // pixels decoded at once; {width, rows} for strips
}

// Info is what a file says about itself before any pixel is decoded.
type Info struct {
	Format      string      // "TIFF", "ImageJ TIFF stack", "NRRD", "PNG", "TIFF slices" …
	Grid        volume.Grid // of level 0: size, spacing in mm, calibration
	Type        Type
	Channels    int      // samples a pixel: 1 grey, 3 red green blue (alpha is dropped by the reader)
	Levels      []Level  // at least one
	Identifiers []string // names of fields that may identify a person, never their values
	Warnings    []string // gaps, odd sizes, truncated tails: what a careful person wants to know

	// Beside are the names of other files in the folder of this one that the image needs: the rest of its
	// set, a text that states its pixel size.
	Beside []string

	// ChannelNames is set when the channels are measurements of their own (fluorescence), one name
	// each; grey and RGB images have none.
	ChannelNames []string
}

// Bytes is the size of level 0 when decoded.
func (i Info) Bytes() int64 { return int64(i.Grid.Len()) * int64(i.Channels) * int64(i.Type.Size()) }

// Window is a half-open box of pixels [Min, Max) of one level.
type Window struct {
	Level    int
	Min, Max [3]int
}

// N is the size of the window.
func (w Window) N() [3]int {
	return [3]int{w.Max[0] - w.Min[0], w.Max[1] - w.Min[1], w.Max[2] - w.Min[2]}
}

// Block is a decoded window: len(Data) == N[0]*N[1]*N[2]*Channels*Type.Size(), channels interleaved,
// x fastest, samples little-endian.
type Block struct {
	N        [3]int
	Channels int
	Type     Type
	Data     []byte
}

// Reader reads one image. Read may be called from several goroutines at once.
type Reader interface {
	Info() Info
	// Read decodes a window. The window must lie inside its level.
	Read(ctx context.Context, w Window) (Block, error)
	Close() error
}

// Light marks a Reader that holds neither a file nor memory between reads: as many as wanted may be kept.
type Light interface{ Light() }

// CheckWindow reports a window that is empty or reaches outside its level.
func CheckWindow(i Info, w Window) error {
	if w.Level < 0 || w.Level >= len(i.Levels) {
		return fmt.Errorf("level %d of %d", w.Level, len(i.Levels))
	}
	n := i.Levels[w.Level].N
	for a := range 3 {
		if w.Min[a] < 0 || w.Max[a] > n[a] || w.Min[a] >= w.Max[a] {
			return fmt.Errorf("window %v to %v outside level %d of size %v", w.Min, w.Max, w.Level, n)
		}
	}
	return nil
}
