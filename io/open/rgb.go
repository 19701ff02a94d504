package open

import (
	"context"
	"fmt"
	"image"

	"explant/io/imagefile"
)

// Picture gives windows of one level of a 2D image as 8-bit red, green and blue. It is safe for
// concurrent use.
type Picture struct {
	r     imagefile.Reader
	info  imagefile.Info
	level int
}

// RGB makes a picture of level 0 of r. Grey values are repeated, 16-bit values lose their low byte. A
// volume, a fluorescence image with channels of its own and other sample types are errors.
func RGB(r imagefile.Reader) (*Picture, error) { return RGBLevel(r, 0) }

// RGBLevel is [RGB] for a smaller copy of the image.
func RGBLevel(r imagefile.Reader, level int) (*Picture, error) {
	i := r.Info()
	switch {
	case level < 0 || level >= len(i.Levels):
		return nil, fmt.Errorf("level %d of an image with %d levels", level, len(i.Levels))
	case i.Grid.N[2] != 1:
		return nil, fmt.Errorf("a volume of %d slices is not a picture", i.Grid.N[2])
	case i.Channels != 1 && (i.Channels != 3 || len(i.ChannelNames) > 0):
		return nil, fmt.Errorf("an image with %d measured channels is not an RGB picture", i.Channels)
	case i.Type != imagefile.Uint8 && i.Type != imagefile.Uint16:
		return nil, fmt.Errorf("a picture of %s samples cannot be shown in 8 bits without a range", i.Type)
	}
	return &Picture{r: r, info: i, level: level}, nil
}

// Size is the width and height in pixels.
func (p *Picture) Size() (w, h int) { return p.info.Levels[p.level].N[0], p.info.Levels[p.level].N[1] }

// Tile is the width and height that are decoded at once: windows along such tiles read fastest.
func (p *Picture) Tile() (w, h int) {
	return p.info.Levels[p.level].Tile[0], p.info.Levels[p.level].Tile[1]
}

// ReadRGB decodes the window r, which must lie inside the picture, into dst: 3 bytes a pixel, rows
// without padding.
func (p *Picture) ReadRGB(ctx context.Context, r image.Rectangle, dst []byte) error {
	if len(dst) != r.Dx()*r.Dy()*3 {
		return fmt.Errorf("a window of %d x %d pixels for %d bytes of memory", r.Dx(), r.Dy(), len(dst))
	}
	w := imagefile.Window{Level: p.level, Min: [3]int{r.Min.X, r.Min.Y, 0}, Max: [3]int{r.Max.X, r.Max.Y, 1}}
	if p.info.Channels == 3 && p.info.Type == imagefile.Uint8 {
		return imagefile.ReadInto(ctx, p.r, w, dst)
	}
	b, err := p.r.Read(ctx, w)
	if err != nil {
		return err
	}
	size := p.info.Type.Size()
	high := b.Data[size-1:] // the high byte of little-endian samples
	for px := range len(dst) / 3 {
		for c := range 3 {
			dst[3*px+c] = high[(px*b.Channels+min(c, b.Channels-1))*size]
		}
	}
	return nil
}
