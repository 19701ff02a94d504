package ometiff

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"explant/io/array"
	"explant/io/imagefile"
	"explant/volume/parallel"
)

// WriteImage writes level 0 of any image: slices as pages, colours as red, green and blue of one page,
// channels of measurements as pages of their own with their names. It goes band by band: what is held in
// memory is a slice and the places of the tiles. Sizes stand in the OME-XML in µm where they are known.
// lost says what the file could not take.
func WriteImage(ctx context.Context, w io.WriteSeeker, r imagefile.Reader, p parallel.Progress) (lost []string, err error) {
	i := r.Info()
	if array.Placed(i.Grid) {
		lost = append(lost, "OME-TIFF has no place for origin and axes: they are left out")
	}
	f, err := newFile(w)
	if err != nil {
		return nil, err
	}
	o := newPages(f, i)
	if err := imagefile.Bands(ctx, r, p, o.add); err != nil {
		return nil, err
	}
	return lost, f.finish(o.directories(), o.small)
}

// pages are the pages of an image, channel fastest.
type pages struct {
	*file
	info    imagefile.Info
	samples int    // a pixel of a page
	apart   int    // pages a slice
	side    [2]int // of a tile
	written []tiles
	small   []*pyramid
	tile    []byte
	plane   []byte
}

func newPages(f *file, i imagefile.Info) *pages {
	o := &pages{file: f, info: i, samples: 1, apart: i.Channels}
	if i.Channels == 3 && len(i.ChannelNames) == 0 {
		o.samples, o.apart = 3, 1
	}
	for a := range o.side {
		o.side[a] = min(Side, (i.Grid.N[a]+15)/16*16)
	}
	o.tile = make([]byte, o.side[0]*o.side[1]*o.pixel())
	o.written = make([]tiles, i.Grid.N[2]*o.apart)
	o.small = make([]*pyramid, len(o.written))
	for p := range o.small {
		o.small[p] = newPyramid(f, i.Grid.N[0], i.Grid.N[1], o.side, o.pixel(), averaging(i.Type, o.samples), o.tile)
	}
	return o
}

// pixel is the number of bytes of a pixel of a page.
func (o *pages) pixel() int { return o.samples * o.info.Type.Size() }

// add writes the tiles of a band, whose height is a multiple of that of a tile or ends the slice.
func (o *pages) add(w imagefile.Window, samples []byte) error {
	for c := range o.apart {
		at := w.Min[2]*o.apart + c
		page, small := &o.written[at], o.small[at]
		plane := o.channel(samples, c)
		for y := 0; y < w.N()[1]; y += o.side[1] {
			for x := 0; x < w.N()[0]; x += o.side[0] {
				o.cut(plane, w.N(), x, y)
				o.pack(page, o.tile)
			}
			rows, stride := min(o.side[1], w.N()[1]-y), w.N()[0]*o.pixel()
			small.block(0, plane[y*stride:], stride, 0, w.Min[1]+y, w.N()[0], rows)
			small.advance(0, rows)
		}
	}
	return o.err
}

// channel takes one channel out of pixels that hold several.
func (o *pages) channel(samples []byte, c int) []byte {
	if o.apart == 1 {
		return samples
	}
	size := o.info.Type.Size()
	o.plane = o.plane[:0]
	for at := c * size; at < len(samples); at += o.apart * size {
		o.plane = append(o.plane, samples[at:at+size]...)
	}
	return o.plane
}

// cut copies the tile at (x, y) of a band; beyond the edge it is black.
func (o *pages) cut(plane []byte, n [3]int, x, y int) {
	clear(o.tile)
	px := o.pixel()
	width := min(o.side[0], n[0]-x) * px
	for row := range min(o.side[1], n[1]-y) {
		at := ((y+row)*n[0] + x) * px
		copy(o.tile[row*o.side[0]*px:], plane[at:at+width])
	}
}

// formats are the values of the tag SampleFormat; 1 where there is none.
var formats = map[imagefile.Type]int{imagefile.Int8: 2, imagefile.Int16: 2, imagefile.Int32: 2, imagefile.Float32: 3, imagefile.Float64: 3}

// directories are the pages; the first one holds the OME-XML.
func (o *pages) directories() []page {
	g := o.info.Grid
	out := make([]page, len(o.written))
	for i, t := range o.written {
		out[i] = page{w: g.N[0], h: g.N[1], side: o.side, samples: o.samples, bits: 8 * o.info.Type.Size(), format: max(formats[o.info.Type], 1),
			tiles: t, spacing: [2]float64{g.Spacing[0], g.Spacing[1]}}
	}
	out[0].text = describeImage(o.info, o.samples)
	return out
}

// omeTypes are the names of the types that OME calls otherwise.
var omeTypes = map[imagefile.Type]string{imagefile.Float32: "float", imagefile.Float64: "double"}

// describeImage is the OME-XML of an image. Physical sizes stand there only where they are known.
func describeImage(i imagefile.Info, samples int) string {
	var s strings.Builder
	typ := string(i.Type)
	if t := omeTypes[i.Type]; t != "" {
		typ = t
	}
	g := i.Grid
	s.WriteString(opening)
	fmt.Fprintf(&s, `<Image ID="Image:0" Name="image"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="%s" BigEndian="false"`, typ)
	fmt.Fprintf(&s, ` SizeX="%d" SizeY="%d" SizeZ="%d" SizeC="%d" SizeT="1"`, g.N[0], g.N[1], g.N[2], i.Channels)
	for a, mm := range g.Spacing {
		if mm > 0 {
			fmt.Fprintf(&s, ` PhysicalSize%c="%s" PhysicalSize%cUnit="µm"`, "XYZ"[a], micrometres(mm), "XYZ"[a])
		}
	}
	s.WriteString(`>`)
	for c := range i.Channels / samples {
		fmt.Fprintf(&s, `<Channel ID="Channel:0:%d" SamplesPerPixel="%d"`, c, samples)
		if c < len(i.ChannelNames) {
			s.WriteString(` Name="`)
			_ = xml.EscapeText(&s, []byte(i.ChannelNames[c])) // a Builder takes everything
			s.WriteString(`"`)
		}
		s.WriteString(`/>`)
	}
	s.WriteString(`<TiffData/></Pixels></Image></OME>`)
	return s.String()
}
