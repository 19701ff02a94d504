package source

import (
	"context"
	"image"
	"sync/atomic"

	"explant/app/desktop/tiles"
	"explant/io/imagefile"
)

// overviewSide is the longest side that the coarsest level may have: it is drawn at once, everywhere.
const overviewSide = 512

// Pyramid makes the tiles of a slide or field. Levels that the file does not have are averaged from the
// coarsest one that it has, down to a size that is drawn at once.
type Pyramid struct {
	img    *Image
	levels []tiles.Level
	real   int // levels of the file, the first ones
	look   atomic.Pointer[Look]
	paint  func(out *image.RGBA, b imagefile.Block)
}

// Look says how samples become colours; it is not changed once given to a Pyramid.
type Look struct {
	Channels []Channel // of images other than red, green and blue
	Stain    *Stain    // of red, green and blue: one stain alone; nil for the colours as they are
}

// NewPyramid prepares the tiles of m, which is no volume.
func NewPyramid(m *Image, look Look) *Pyramid {
	p := &Pyramid{img: m, real: len(m.Info.Levels)}
	for _, l := range m.Info.Levels {
		p.levels = append(p.levels, tiles.Level{W: l.N[0], H: l.N[1], Downsample: l.Downsample})
	}
	p.levels[0].Downsample = 1
	for l := p.levels[len(p.levels)-1]; max(l.W, l.H) > overviewSide; p.levels = append(p.levels, l) {
		l = tiles.Level{W: (l.W + 1) / 2, H: (l.H + 1) / 2, Downsample: l.Downsample * 2}
	}
	p.look.Store(&look)
	p.paint = p.paintLook
	return p
}

// Levels are those of the file and the averaged ones.
func (p *Pyramid) Levels() []tiles.Level { return p.levels }

// Opaque is true: a slide covers all of its place.
func (p *Pyramid) Opaque() bool { return true }

// SetLook changes how samples become colours, for tiles made from now on.
func (p *Pyramid) SetLook(l Look) { p.look.Store(&l) }

// Tile reads one tile.
func (p *Pyramid) Tile(ctx context.Context, k tiles.Key) (*image.RGBA, error) {
	l := p.levels[k.Level]
	at := image.Rect(k.X*tiles.Side, k.Y*tiles.Side, min((k.X+1)*tiles.Side, l.W), min((k.Y+1)*tiles.Side, l.H))
	if k.Level < p.real {
		return p.read(ctx, k.Level, at)
	}
	return p.average(ctx, at, 1<<(k.Level-p.real+1))
}

// read gives a part of a level of the file in colours.
func (p *Pyramid) read(ctx context.Context, level int, at image.Rectangle) (*image.RGBA, error) {
	w := imagefile.Window{Level: level, Min: [3]int{at.Min.X, at.Min.Y, 0}, Max: [3]int{at.Max.X, at.Max.Y, 1}}
	b, err := p.img.reader.Read(ctx, w)
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, at.Dx(), at.Dy()))
	p.paint(out, b)
	return out, nil
}

// paintLook turns samples into colours as the look says.
func (p *Pyramid) paintLook(out *image.RGBA, b imagefile.Block) {
	if p.img.Color() {
		paintColor(out, b, p.look.Load().Stain)
	} else {
		paintChannels(out, b, p.look.Load().Channels)
	}
}

// stripPixels bounds what is read at once for averaging.
const stripPixels = 1 << 22

// average makes a part of a level that is factor times coarser than the coarsest one of the file.
func (p *Pyramid) average(ctx context.Context, at image.Rectangle, factor int) (*image.RGBA, error) {
	base := p.levels[p.real-1]
	out := image.NewRGBA(image.Rect(0, 0, at.Dx(), at.Dy()))
	x0, x1 := at.Min.X*factor, min(at.Max.X*factor, base.W)
	rows := max(stripPixels/(x1-x0)/factor, 1)
	for y := at.Min.Y; y < at.Max.Y; y += rows {
		last := min(y+rows, at.Max.Y)
		strip, err := p.read(ctx, p.real-1, image.Rect(x0, y*factor, x1, min(last*factor, base.H)))
		if err != nil {
			return nil, err
		}
		for oy := y; oy < last; oy++ {
			averageRow(out.Pix[(oy-at.Min.Y)*out.Stride:][:4*at.Dx()], strip, (oy-y)*factor, factor)
		}
	}
	return out, nil
}

// averageRow makes one row of means of factor x factor pixels, from row y of src on.
func averageRow(out []uint8, src *image.RGBA, y, factor int) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	for x := range len(out) / 4 {
		var sum [4]int
		n := 0
		for sy := y; sy < min(y+factor, h); sy++ {
			row := src.Pix[sy*src.Stride:]
			for sx := x * factor; sx < min((x+1)*factor, w); sx++ {
				for c := range 4 {
					sum[c] += int(row[4*sx+c])
				}
				n++
			}
		}
		for c := range 4 {
			if n > 0 {
				out[4*x+c] = uint8((sum[c] + n/2) / n)
			}
		}
	}
}
