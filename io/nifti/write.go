package nifti

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/gzip"

	"explant/io/array"
	"explant/io/imagefile"
	"explant/volume"
	"explant/volume/parallel"
)

// WriteImage writes level 0 of a grey image, or one of 8-bit colours, as a single .nii file, gzip-compressed
// when packed, band by band: no more than a slice is held in memory. It is NIfTI-1, which has sizes and
// positions as float32, and NIfTI-2 where a side is longer than 32767 voxels. A voxel size that is not known is 1 in
// an unknown unit; an unknown distance between slices alone is 0. lost says what the file could not take.
func WriteImage(ctx context.Context, w io.Writer, r imagefile.Reader, packed bool, p parallel.Progress) (lost []string, err error) {
	h, lost, err := newHeader(r.Info())
	if err != nil {
		return nil, err
	}
	b := bufio.NewWriterSize(w, 1<<16)
	out, finish := io.Writer(b), b.Flush
	if packed {
		z, err := gzip.NewWriterLevel(b, gzip.BestSpeed)
		if err != nil {
			return nil, fmt.Errorf("write NIfTI: %w", err)
		}
		out, finish = z, func() error {
			if err := z.Close(); err != nil {
				return err
			}
			return b.Flush()
		}
	}
	if _, err := out.Write(h.bytes()); err != nil {
		return nil, fmt.Errorf("write NIfTI: %w", err)
	}
	err = imagefile.Bands(ctx, r, p, func(_ imagefile.Window, samples []byte) error {
		if _, err := out.Write(samples); err != nil {
			return fmt.Errorf("write NIfTI: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := finish(); err != nil {
		return nil, fmt.Errorf("write NIfTI: %w", err)
	}
	return lost, nil
}

// codes are the sample types as they are written.
var codes = map[imagefile.Type]int{
	imagefile.Uint8: 2, imagefile.Int16: 4, imagefile.Int32: 8, imagefile.Float32: 16, imagefile.Float64: 64,
	imagefile.Int8: 256, imagefile.Uint16: 512, imagefile.Uint32: 768,
}

// newHeader says what the format can say of an image.
func newHeader(i imagefile.Info) (h *header, lost []string, err error) {
	h = &header{size: size1, datatype: codes[i.Type], slope: 1, pixdim: [8]float64{1, 1, 1, 1, 1, 1, 1, 1}, dim: [8]int64{3, 1, 1, 1, 1, 1, 1, 1}}
	switch {
	case i.Channels == 3 && i.Type == imagefile.Uint8 && len(i.ChannelNames) == 0:
		h.datatype = rgb
	case i.Channels != 1:
		return nil, nil, fmt.Errorf("write NIfTI: an image with %d channels of %s has no place in it: write .nrrd or .ome.tif", i.Channels, i.Type)
	}
	if i.Grid.N[2] == 1 {
		h.dim[0] = 2
	}
	for a, n := range i.Grid.N {
		h.dim[a+1] = int64(n)
		if n > math.MaxInt16 {
			h.size = size2
		}
	}
	h.offset = float64(h.size + 4)
	return h, h.state(i.Grid), nil
}

// state sets the voxel size, and where the voxels lie as the sform.
func (h *header) state(g volume.Grid) (lost []string) {
	const mm = 2
	if !(g.Spacing[0] > 0 && g.Spacing[1] > 0) {
		if array.Placed(g) {
			lost = append(lost, "origin and axes are left out with the voxel size")
		}
		return append(lost, "the voxel size is unknown: pixdim is 1 with the unit unknown, which programs that pass over units take for 1 mm")
	}
	h.units = mm
	copy(h.pixdim[1:], g.Spacing[:h.dim[0]])
	switch {
	case !g.Calibrated():
		lost = append(lost, "the distance between slices is unknown: pixdim[3] is 0")
		if array.Placed(g) {
			lost = append(lost, "origin and axes are left out with it")
		}
	case h.dim[0] == 3 || array.Placed(g):
		h.turn(g)
	}
	return lost
}

// turn writes origin and axes in the right-anterior-superior frame. The direction across a picture, whose
// thickness is not known, has a length of 1.
func (h *header) turn(g volume.Grid) {
	h.sform = 1 // scanner
	sign := [3]float64{-1, -1, 1}
	for a, axis := range array.Axes(g) {
		step := g.Spacing[a]
		if a == 2 && h.dim[0] == 2 {
			step = 1
		}
		for k := range 3 {
			h.srow[k][a] = sign[k] * axis[k] * step
			h.srow[k][3] = sign[k] * g.Origin[k]
		}
	}
}

// bytes is the header with the four bytes behind it that announce no extension.
func (h *header) bytes() []byte {
	b := make([]byte, h.size+4)
	if h.size == size1 {
		h.putFirst(b)
	} else {
		h.putSecond(b)
	}
	return b
}

// putFirst writes the fields of NIfTI-1 at their offsets.
func (h *header) putFirst(b []byte) {
	le := binary.LittleEndian
	short := func(at int, v int64) { le.PutUint16(b[at:], uint16(v)) }
	float := func(at int, v float64) { le.PutUint32(b[at:], math.Float32bits(float32(v))) }
	le.PutUint32(b, size1)
	copy(b[344:], "n+1\x00")
	for i := range 8 {
		short(40+2*i, h.dim[i])
		float(76+4*i, h.pixdim[i])
	}
	short(70, int64(h.datatype))
	short(72, int64(h.bits()))
	float(108, h.offset)
	float(112, h.slope)
	b[123] = byte(h.units)
	short(254, int64(h.sform))
	for i := range 3 {
		for k := range 4 {
			float(280+16*i+4*k, h.srow[i][k])
		}
	}
}

// putSecond writes the fields of NIfTI-2 at their offsets.
func (h *header) putSecond(b []byte) {
	le := binary.LittleEndian
	float := func(at int, v float64) { le.PutUint64(b[at:], math.Float64bits(v)) }
	le.PutUint32(b, size2)
	copy(b[4:], "n+2\x00\r\n\x1a\n")
	le.PutUint16(b[12:], uint16(h.datatype))
	le.PutUint16(b[14:], uint16(h.bits()))
	for i := range 8 {
		le.PutUint64(b[16+8*i:], uint64(h.dim[i]))
		float(104+8*i, h.pixdim[i])
	}
	le.PutUint64(b[168:], uint64(h.offset))
	float(176, h.slope)
	le.PutUint32(b[348:], uint32(h.sform))
	for i := range 3 {
		for k := range 4 {
			float(400+32*i+8*k, h.srow[i][k])
		}
	}
	le.PutUint32(b[500:], uint32(h.units))
}

// bits of one voxel.
func (h *header) bits() int {
	if h.datatype == rgb {
		return 24
	}
	return 8 * datatypes[h.datatype].Size()
}
