package pipeline

import (
	"context"
	"image"

	"explant/io/imagefile"
	"explant/io/open"
	"explant/volume"
	"explant/volume/parallel"
)

// overviewSide is about the longest side of an overview in pixels.
const overviewSide = 2400

// overview is a reduced copy of a slide and its labels for the report. One pixel stands for
// step x step pixels: the mean of the colours, and the class of the middle one.
type overview struct {
	size   image.Point
	step   int
	rgb    *image.NRGBA
	labels *volume.Labels
}

func newOverview(g volume.Grid) *overview {
	step := (max(g.N[0], g.N[1]) + overviewSide - 1) / overviewSide
	small := g
	small.N = [3]int{(g.N[0] + step - 1) / step, (g.N[1] + step - 1) / step, 1}
	small.Spacing[0] *= float64(step)
	small.Spacing[1] *= float64(step)
	return &overview{
		size: image.Pt(g.N[0], g.N[1]), step: step,
		rgb: image.NewNRGBA(image.Rect(0, 0, small.N[0], small.N[1])), labels: volume.New[uint8](small),
	}
}

// addLabels takes the classes of the tile at, row by row.
func (v *overview) addLabels(at image.Rectangle, labels []uint8) {
	for y := range v.labels.N[1] {
		fromY := min(y*v.step+v.step/2, v.size.Y-1)
		if fromY < at.Min.Y || fromY >= at.Max.Y {
			continue
		}
		row := labels[(fromY-at.Min.Y)*at.Dx():]
		for x := (at.Min.X - v.step/2) / v.step; x < v.labels.N[0]; x++ {
			fromX := min(x*v.step+v.step/2, v.size.X-1)
			if fromX >= at.Max.X {
				break
			}
			if fromX >= at.Min.X {
				v.labels.Data[v.labels.Offset(x, y, 0)] = row[fromX-at.Min.X]
			}
		}
	}
}

// bandBytes is about what one goroutine reads at once for the overview.
const bandBytes = 16 << 20

// coarsest is the smallest level whose longest side has at least side pixels; 0 where none has.
func coarsest(i imagefile.Info, side int) (level int) {
	for k, l := range i.Levels {
		if max(l.N[0], l.N[1]) >= side {
			level = k
		}
	}
	return level
}

// addPixels averages a level of the slide down in bands of rows.
func (v *overview) addPixels(ctx context.Context, src *open.Picture, o parallel.Options, p parallel.Progress) error {
	w, h := src.Size()
	rows := max(1, bandBytes/(3*w*max(v.step*h/v.size.Y, 1))) // of the overview, in a band
	bands := (v.labels.N[1] + rows - 1) / rows
	p.Stage("overview", bands)
	return parallel.Each(ctx, bands, o, p, func(ctx context.Context, i int) error {
		lo, hi := i*rows, min((i+1)*rows, v.labels.N[1])
		band := image.Rect(0, v.from(lo, v.size.Y, h), w, v.until(hi-1, v.size.Y, h))
		px := make([]uint8, 3*band.Dx()*band.Dy())
		if err := src.ReadRGB(ctx, band, px); err != nil {
			return err
		}
		for y := lo; y < hi; y++ {
			v.averageRow(y, w, h, band, px)
		}
		return nil
	})
}

// from is the first of the n pixels of a level, for full ones of the slide, that overview pixel i covers.
func (v *overview) from(i, full, n int) int { return i * v.step * n / full }

// until is the pixel behind the last one that overview pixel i covers; one at least is covered.
func (v *overview) until(i, full, n int) int {
	return max(min((i+1)*v.step, full)*n/full, v.from(i, full, n)+1)
}

func (v *overview) averageRow(y, w, h int, band image.Rectangle, px []uint8) {
	for x := range v.labels.N[0] {
		box := image.Rect(v.from(x, v.size.X, w), v.from(y, v.size.Y, h), v.until(x, v.size.X, w), v.until(y, v.size.Y, h))
		var sum [3]int
		for by := box.Min.Y; by < box.Max.Y; by++ {
			for bx := box.Min.X; bx < box.Max.X; bx++ {
				at := 3 * ((by-band.Min.Y)*band.Dx() + bx)
				for c := range 3 {
					sum[c] += int(px[at+c])
				}
			}
		}
		n, out := box.Dx()*box.Dy(), v.rgb.PixOffset(x, y)
		for c := range 3 {
			v.rgb.Pix[out+c] = uint8((sum[c] + n/2) / n)
		}
		v.rgb.Pix[out+3] = 255
	}
}
