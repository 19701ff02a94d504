package nrrd

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"explant/io/array"
	"explant/io/imagefile"
	"explant/volume"
	"explant/volume/parallel"
)

// WriteImage writes level 0 of any image with gzip compression, band by band: no more than a slice is
// held in memory. Two spatial axes are written for a picture and three for a volume, before them one of
// the channels. Spacings that are not known are not stated, or are NaN where others are. lost says what
// the file could not take.
func WriteImage(ctx context.Context, w io.Writer, r imagefile.Reader, p parallel.Progress) (lost []string, err error) {
	b := bufio.NewWriterSize(w, 1<<16)
	text, lost := describeImage(r.Info())
	if _, err := b.WriteString(text); err != nil {
		return nil, fmt.Errorf("write NRRD: %w", err)
	}
	z, err := gzip.NewWriterLevel(b, gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("write NRRD: %w", err)
	}
	err = imagefile.Bands(ctx, r, p, func(_ imagefile.Window, samples []byte) error {
		if _, err := z.Write(samples); err != nil {
			return fmt.Errorf("write NRRD: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("write NRRD: %w", err)
	}
	if err := b.Flush(); err != nil {
		return nil, fmt.Errorf("write NRRD: %w", err)
	}
	return lost, nil
}

// written are the names of the sample types.
var written = map[imagefile.Type]string{imagefile.Float32: "float", imagefile.Float64: "double"}

// describeImage is the header of an image.
func describeImage(i imagefile.Info) (text string, lost []string) {
	var s strings.Builder
	name := string(i.Type)
	if n := written[i.Type]; n != "" {
		name = n
	}
	dims, sizes, kinds := 3, fmt.Sprintf("%d %d %d", i.Grid.N[0], i.Grid.N[1], i.Grid.N[2]), "domain domain domain"
	if i.Grid.N[2] == 1 {
		dims, sizes, kinds = 2, fmt.Sprintf("%d %d", i.Grid.N[0], i.Grid.N[1]), "domain domain"
	}
	geometry, lost := place(i.Grid, dims, i.Channels > 1)
	all := dims
	if i.Channels > 1 {
		all++
		kind := "RGB-color"
		if len(i.ChannelNames) > 0 || i.Channels != 3 {
			kind = "vector"
			lost = append(lost, "NRRD keeps the channels without their names")
		}
		sizes, kinds = fmt.Sprintf("%d %s", i.Channels, sizes), kind+" "+kinds
	}
	fmt.Fprintf(&s, "NRRD0005\n# http://teem.sourceforge.net/nrrd/format.html\ntype: %s\ndimension: %d\n", name, all)
	if geometry.space != "" {
		s.WriteString(geometry.space)
	}
	fmt.Fprintf(&s, "sizes: %s\n%skinds: %s\nendian: little\nencoding: gzip\n\n", sizes, geometry.lines, kinds)
	return s.String(), lost
}

// lines are the parts of a header that place the voxels; space stands before the sizes.
type lines struct{ space, lines string }

// place states what is known about the first dims axes of g.
func place(g volume.Grid, dims int, channels bool) (l lines, lost []string) {
	if !(g.Spacing[0] > 0 && g.Spacing[1] > 0) {
		return l, nil
	}
	placed := array.Placed(g)
	if dims == 3 && g.Spacing[2] > 0 || dims == 2 && placed {
		return directed(g, dims, channels), nil
	}
	if placed {
		lost = append(lost, "NRRD has no place for origin and axes while the distance between slices is unknown")
	}
	sizes, units := "spacings:", "units:"
	if channels {
		sizes, units = sizes+" nan", units+` ""`
	}
	for _, mm := range g.Spacing[:dims] {
		if mm > 0 {
			sizes, units = sizes+" "+strconv.FormatFloat(mm, 'g', -1, 64), units+` "mm"`
		} else {
			sizes, units = sizes+" nan", units+` ""`
		}
	}
	return lines{lines: sizes + "\n" + units + "\n"}, lost
}

// directed states spacing, origin and axes together.
func directed(g volume.Grid, dims int, channels bool) lines {
	s := "space directions:"
	if channels {
		s += " none"
	}
	for a, axis := range axes(g) {
		if a < dims {
			s += " " + vector(axis, g.Spacing[a])
		}
	}
	s += fmt.Sprintf("\nspace units: \"mm\" \"mm\" \"mm\"\nspace origin: %s\n", vector(g.Origin, 1))
	return lines{space: "space: left-posterior-superior\n", lines: s}
}
