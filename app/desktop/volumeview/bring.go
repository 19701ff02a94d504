package volumeview

// Bring puts the cross-hair on a voxel and moves the panes in which it would not be seen; radius is about
// how many voxels around it should be.
func (v *Volume) Bring(at [3]int, radius float64) {
	v.change(func() {
		v.cross = v.inside(at)
		for i := range v.panes {
			p := &v.panes[i]
			x, y := v.onPlane(p.axis, v.cross)
			x0, y0, x1, y1 := p.view.Bounds()
			near := min(radius, (x1-x0)/4, (y1-y0)/4)
			if x-near < x0 || x+near > x1 || y-near < y0 || y+near > y1 {
				if !v.fitted {
					p.view = p.view.CenterOn(x, y)
				}
			}
		}
	})
}
