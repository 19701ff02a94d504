package source

import (
	"context"
	"fmt"
	"image"
	"image/color"

	"explant/analysis/result"
	"explant/app/desktop/tiles"
	"explant/io/imagefile"
	"explant/io/report"
)

// ClassColor is the colour of a class, that of its name where it states none.
func ClassColor(c result.Class) color.NRGBA {
	text := c.Color
	if text == "" {
		text = report.ClassColor(c.Name)
	}
	var r, g, b uint8
	if n, err := fmt.Sscanf(text, "#%02x%02x%02x", &r, &g, &b); n != 3 || err != nil {
		return color.NRGBA{0x99, 0x99, 0x99, 255}
	}
	return color.NRGBA{r, g, b, 255}
}

// ClassMap makes tiles of a label image: class 0 and classes that are not listed are clear.
type ClassMap struct {
	*Pyramid
	colors [256]color.RGBA
}

// NewClassMap prepares the tiles of a label image with one 8-bit channel.
func NewClassMap(m *Image, classes []result.Class) (*ClassMap, error) {
	if m.Info.Channels != 1 || m.Info.Type != imagefile.Uint8 || m.Volume() {
		return nil, fmt.Errorf("%s is no map of classes: one channel of uint8 is wanted", m.Name)
	}
	c := &ClassMap{Pyramid: NewPyramid(m, Look{})}
	for _, class := range classes {
		if class.Value != 0 {
			c.colors[class.Value] = color.RGBA(ClassColor(class)) // opaque: the same in both
		}
	}
	c.paint = func(out *image.RGBA, b imagefile.Block) {
		for i, v := range b.Data {
			k := c.colors[v]
			copy(out.Pix[4*i:4*i+4], []uint8{k.R, k.G, k.B, k.A})
		}
	}
	return c, nil
}

// Opaque is false: what has no class is clear.
func (c *ClassMap) Opaque() bool { return false }

// Tile reads one tile; one without any class is nil.
func (c *ClassMap) Tile(ctx context.Context, k tiles.Key) (*image.RGBA, error) {
	img, err := c.Pyramid.Tile(ctx, k)
	if err != nil {
		return nil, err
	}
	for i := 3; i < len(img.Pix); i += 4 {
		if img.Pix[i] != 0 {
			return img, nil
		}
	}
	return nil, nil
}
