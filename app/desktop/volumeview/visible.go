package volumeview

import (
	"math"

	"explant/volume/render"
)

// Visible is the box of voxels [lo, hi) that every pane which shows an axis has of it.
func (v *Volume) Visible() (lo, hi [3]int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := v.Stack.Size()
	hi = n
	for i := range v.panes {
		p := v.panes[i]
		if p.rect.Empty() {
			continue
		}
		x0, y0, x1, y1 := p.view.Bounds()
		column, row := 0, 1
		switch p.axis {
		case render.X:
			column, row = 1, 2
		case render.Y:
			row = 2
		}
		if row == 2 { // z runs upwards
			y0, y1 = float64(n[2])-y1, float64(n[2])-y0
		}
		lo[column], hi[column] = max(lo[column], int(math.Floor(x0))), min(hi[column], int(math.Ceil(x1)))
		lo[row], hi[row] = max(lo[row], int(math.Floor(y0))), min(hi[row], int(math.Ceil(y1)))
	}
	for a := range lo { // panes that were moved apart share little or nothing
		if hi[a]-lo[a] < 1 {
			lo[a], hi[a] = 0, n[a]
		}
	}
	return lo, hi
}
