package metaimage

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"explant/io/array"
	"explant/io/imagefile"
	"explant/volume"
	"explant/volume/parallel"
)

// WriteImage writes level 0 of any image as one .mha file, its samples as they are, band by band: no
// more than a slice is held in memory. A voxel size that is not known is left out: the format has no
// word for it. lost says what the file could not take.
func WriteImage(ctx context.Context, w io.Writer, r imagefile.Reader, p parallel.Progress) (lost []string, err error) {
	b := bufio.NewWriterSize(w, 1<<16)
	text, lost := describe(r.Info())
	if _, err := b.WriteString(text); err != nil {
		return nil, fmt.Errorf("write MetaImage: %w", err)
	}
	err = imagefile.Bands(ctx, r, p, func(_ imagefile.Window, samples []byte) error {
		if _, err := b.Write(samples); err != nil {
			return fmt.Errorf("write MetaImage: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := b.Flush(); err != nil {
		return nil, fmt.Errorf("write MetaImage: %w", err)
	}
	return lost, nil
}

// names are the sample types as they are written.
var names = map[imagefile.Type]string{
	imagefile.Int8: "MET_CHAR", imagefile.Uint8: "MET_UCHAR", imagefile.Int16: "MET_SHORT", imagefile.Uint16: "MET_USHORT",
	imagefile.Int32: "MET_INT", imagefile.Uint32: "MET_UINT", imagefile.Float32: "MET_FLOAT", imagefile.Float64: "MET_DOUBLE",
}

// describe is the header of an image.
func describe(i imagefile.Info) (text string, lost []string) {
	var s strings.Builder
	dims := 3
	if i.Grid.N[2] == 1 {
		dims = 2
	}
	fmt.Fprintf(&s, "ObjectType = Image\nNDims = %d\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False\n", dims)
	place, lost := placing(i.Grid, dims)
	s.WriteString(place)
	s.WriteString("DimSize =")
	for _, n := range i.Grid.N[:dims] {
		fmt.Fprintf(&s, " %d", n)
	}
	s.WriteString("\n")
	if i.Channels > 1 {
		fmt.Fprintf(&s, "ElementNumberOfChannels = %d\n", i.Channels)
	}
	switch {
	case len(i.ChannelNames) > 0:
		lost = append(lost, "MetaImage keeps the channels without their names")
	case i.Channels == 3 && i.Type != imagefile.Uint8:
		lost = append(lost, "MetaImage does not say that three channels of "+string(i.Type)+" are colours")
	}
	fmt.Fprintf(&s, "ElementType = %s\nElementDataFile = LOCAL\n", names[i.Type])
	return s.String(), lost
}

// placing states spacing, origin and axes, all or nothing.
func placing(g volume.Grid, dims int) (text string, lost []string) {
	if !g.Calibrated() {
		lost = []string{"MetaImage cannot say that a voxel size is unknown: ElementSpacing is left out, which other programs take for 1 mm"}
		if g.Spacing[0] > 0 {
			lost = append(lost, "MetaImage cannot state the size in the plane without the distance between slices")
		}
		if array.Placed(g) {
			lost = append(lost, "origin and axes are left out with the voxel size")
		}
		return "", lost
	}
	axes := array.Axes(g)
	if dims == 2 && (axes != array.Axes(volume.Grid{}) || g.Origin[2] != 0) {
		lost = append(lost, "MetaImage has no place for the position of a picture in space")
		g.Origin, axes = [3]float64{}, array.Axes(volume.Grid{})
	}
	var matrix []float64
	for _, axis := range axes[:dims] {
		matrix = append(matrix, axis[:dims]...)
	}
	return field("Offset", g.Origin[:dims]) + field("TransformMatrix", matrix) +
		field("ElementSpacing", g.Spacing[:dims]) + "DistanceUnits = mm\n", lost
}

// field writes numbers with the fewest digits that give them back exactly.
func field(name string, values []float64) string {
	s := name + " ="
	for _, v := range values {
		s += " " + strconv.FormatFloat(v, 'g', -1, 64)
	}
	return s + "\n"
}
