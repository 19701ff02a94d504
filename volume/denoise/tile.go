package denoise

import (
	"unsafe"

	"explant/volume"
)

// rows is the rows along y of a tile.
const rows = 16

// lanes is how many voxels a row kernel takes at once; rows are made that much longer.
const lanes = 8

// tile holds the greys of some rows and slices and of all that they are compared with.
type tile struct {
	halo, search int
	width        int // voxels of a row, without the halo
	stride       int // of a row of greys, with it
	size         [2]int
	greys        []float32
	bias, scale  float32 // of the squared differences of a patch: what noise makes, and one over 8h²

	sums               []float32 // squared differences of columns of nine voxels, one more on both sides
	mid, weights, most []float32 // sums of weighted greys and of weights, and the largest weight
}

func newTile(n [3]int, p Params, depth int) *tile {
	t := &tile{halo: p.Search + 1, search: p.Search, width: n[0]}
	long := (n[0] + lanes - 1) / lanes * lanes
	t.stride = long + 2*t.halo + lanes
	t.size = [2]int{rows + 2*t.halo, depth + 2*t.halo}
	t.greys = make([]float32, t.stride*t.size[0]*t.size[1])
	t.sums = make([]float32, long+2*lanes)
	t.mid, t.weights, t.most = make([]float32, long), make([]float32, long), make([]float32, long)
	bias, scale := p.cut()
	t.bias, t.scale = float32(bias), float32(scale)
	return t
}

// row is the first voxel of a row of greys, the halo left out; y and z are counted from the tile's own.
func (t *tile) row(y, z int) int { return t.stride*(y+t.halo+t.size[0]*(z+t.halo)) + t.halo }

// gather copies the greys of the tile whose first own row is (y0, z0).
func gather[T volume.Voxel](t *tile, v *volume.Volume[T], y0, z0 int) {
	for z := range t.size[1] {
		k := min(max(z0+z-t.halo, 0), v.N[2]-1)
		for y := range t.size[0] {
			j := min(max(y0+y-t.halo, 0), v.N[1]-1)
			from := v.Data[v.Offset(0, j, k):][:v.N[0]]
			to := t.greys[t.stride*(y+t.size[0]*z):][:t.stride]
			for x, g := range from {
				f := float32(g)
				if f-f != 0 {
					f = 0
				}
				to[t.halo+x] = f
			}
			for x := range t.halo {
				to[x] = to[t.halo]
			}
			for x := t.halo + t.width; x < t.stride; x++ {
				to[x] = to[t.halo+t.width-1]
			}
		}
	}
}

// mean writes the weighted means of a row of the tile into mid.
func (t *tile) mean(y, z int) {
	clear(t.mid)
	clear(t.weights)
	clear(t.most)
	here := t.row(y, z)
	var a, b [9]unsafe.Pointer
	for i := range a {
		a[i] = unsafe.Pointer(&t.greys[t.row(y+i%3-1, z+i/3-1)-1])
	}
	n := len(t.mid)
	r := t.search
	for dz := -r; dz <= r; dz++ {
		for dy := -r; dy <= r; dy++ {
			for dx := -r; dx <= r; dx++ {
				if dx == 0 && dy == 0 && dz == 0 {
					continue
				}
				shift := dx + t.stride*(dy+t.size[0]*dz)
				for i := range b {
					b[i] = unsafe.Add(a[i], 4*shift)
				}
				squares(&t.sums[0], &a, &b, n+lanes)
				weigh(&weighing{&t.mid[0], &t.weights[0], &t.most[0], &t.sums[0], &t.greys[here+shift], n, t.bias, t.scale})
			}
		}
	}
	own := t.greys[here:][:n]
	for x, w := range t.weights {
		m := t.most[x]
		if w == 0 { // nothing like it
			m = 1
		}
		t.mid[x] = (t.mid[x] + float32(m*own[x])) / (w + m)
	}
}

// weighing is what weigh works on: n voxels.
type weighing struct {
	mid, weights, most, sums, greys *float32
	n                               int
	bias, scale                     float32
}
