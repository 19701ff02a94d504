package register

import "explant/volume"

// Place takes the voxels of a grid to the scanner's frame and back.
type Place struct {
	origin    vec
	way, back matrix // voxels to mm, and mm to voxels
}

// PlaceOf is the place of a calibrated grid.
func PlaceOf(g volume.Grid) Place {
	axes := identity
	if a := matrix(g.Axes); a != (matrix{}) {
		axes = a.transposed()
	}
	p := Place{origin: g.Origin, way: axes, back: axes.transposed()}
	for i := range 3 {
		for j := range 3 {
			p.way[i][j] *= g.Spacing[j]
			p.back[i][j] /= g.Spacing[i]
		}
	}
	return p
}

// MM is the place of a voxel, whole or in between, mm.
func (p *Place) MM(voxel [3]float64) [3]float64 { return p.way.apply(voxel).plus(p.origin) }

// Voxel is the inverse of MM.
func (p *Place) Voxel(mm [3]float64) [3]float64 { return p.back.apply(vec(mm).minus(p.origin)) }
