package volumeview

import (
	"fmt"
	"math"

	"explant/app/desktop/screen"
	"explant/app/desktop/slices"
	"explant/volume"
	"explant/volume/render"
)

// Slab is how thick a part the planes show, around the slice at the cross-hair; the zero value is one slice.
type Slab struct {
	Mode   slices.Projection
	Slices int     // as many along every axis, or else
	MM     float64 // as thick in mm, on a calibrated volume
}

// slices is the number of slices across an axis, 1 or more.
func (s Slab) slices(g volume.Grid, a render.Axis) int {
	n := s.Slices
	if s.MM > 0 && g.Calibrated() {
		n = int(math.Round(s.MM / g.Spacing[a]))
	}
	return min(max(n, 1), g.N[a])
}

// text tells the thickness beside the number of a slice; "" for a single one.
func (s Slab) text(g volume.Grid, a render.Axis) string {
	n := s.slices(g, a)
	if n < 2 {
		return ""
	}
	text := fmt.Sprintf("   %s of %d slices", s.Mode, n)
	if g.Calibrated() {
		text += " (" + screen.Length(float64(n)*g.Spacing[a]) + ")"
	}
	return text
}

// SetSlab sets how thick a part the planes show.
func (v *Volume) SetSlab(s Slab) { v.change(func() { v.slab = s }) }

// Slab is how thick a part the planes show.
func (v *Volume) Slab() Slab {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.slab
}
