package report

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"explant/volume"
)

// Overlay is planes of the used device with the unused one, registered, read at the same places.
type Overlay struct {
	Grid   volume.Grid // of the used device
	Planes []OverlayPlane
}

// OverlayPlane is one plane across an axis, row by row; greys are NaN where there is none.
type OverlayPlane struct {
	Axis, At      int
	Width, Height int
	Used, Unused  []float64
}

// Overlaid makes the pictures: the used device in orange, the unused one in blue; where both are alike they
// add up to grey.
func Overlaid(o *Overlay) ([]Picture, error) {
	var out []Picture
	for _, p := range o.Planes {
		img := image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height))
		used, unused := windowed(p.Used), windowed(p.Unused)
		for i := range p.Used {
			u, r := used(p.Used[i]), unused(p.Unused[i])
			img.SetNRGBA(i%p.Width, i/p.Width, color.NRGBA{u, uint8((int(u) + int(r)) / 2), r, 255})
		}
		base, err := encodeJPEG(img)
		if err != nil {
			return nil, err
		}
		pic := Picture{Base: base, Width: float64(p.Width), Height: float64(p.Height),
			Label: fmt.Sprintf("across %c, slice %d of %d", "xyz"[p.Axis], p.At+1, o.Grid.N[p.Axis]),
			Alt:   fmt.Sprintf("Used device in orange and registered unused device in blue, middle plane across %c", "xyz"[p.Axis])}
		if o.Grid.Calibrated() {
			a, b := (p.Axis+1)%3, (p.Axis+2)%3
			pic.Width, pic.Height, pic.Calibrated = float64(p.Width)*o.Grid.Spacing[min(a, b)], float64(p.Height)*o.Grid.Spacing[max(a, b)], true
		}
		out = append(out, pic)
	}
	return out, nil
}

// windowed takes greys to 0 to 255, black and white being at the usual percentiles of those in the plane.
func windowed(greys []float64) func(float64) uint8 {
	var known []float64
	for _, g := range greys {
		if !math.IsNaN(g) {
			known = append(known, g)
		}
	}
	if len(known) == 0 {
		return func(float64) uint8 { return 0 }
	}
	slices.Sort(known)
	at := func(percent float64) float64 { return known[int(percent/100*float64(len(known)-1))] }
	lo, hi := at(blackPercent), at(whitePercent)
	return func(g float64) uint8 {
		if !(hi > lo) || !(g > lo) {
			return 0
		}
		return uint8(255 * min((g-lo)/(hi-lo), 1))
	}
}
