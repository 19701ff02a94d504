package label

// Faces are the faces of the volume that a region touches, as bits.
type Faces uint8

// The six faces of the volume.
const (
	LowX Faces = 1 << iota
	HighX
	LowY
	HighY
	LowZ
	HighZ
)

// Region is one connected component.
type Region struct {
	Count    int64      // voxels
	Min, Max [3]int     // bounding box [Min, Max), voxels
	Centroid [3]float64 // mean voxel index along x, y, z
	Touches  Faces      // faces of the volume that hold a voxel of it
}

// sums of voxel indices of one component; whole numbers, so that no rounding depends on an order.
type sums [3]int64

// tabulate makes the regions from the runs in slices [z0, z1) and the numbers of their components.
func tabulate(bands []*band, numbers []uint32, count int, n [3]int, z0, z1 int) []Region {
	regions := make([]Region, count)
	moments := make([]sums, count)
	for i := range regions {
		regions[i].Min = n
	}
	for _, b := range bands {
		for r := range len(b.rows) - 1 {
			y, z := r%n[1], b.z0+r/n[1]
			if z < z0 || z >= z1 {
				continue
			}
			for i := b.rows[r]; i < b.rows[r+1]; i++ {
				k := numbers[b.base+uint32(i)] - 1
				regions[k].add(&moments[k], b.runs[i], y, z)
			}
		}
	}
	for i := range regions {
		regions[i].finish(moments[i], n)
	}
	return regions
}

func (r *Region) add(m *sums, s Run, y, z int) {
	x0, x1 := int64(s.X0), int64(s.X1)
	k := x1 - x0
	r.Count += k
	m[0] += k * (x0 + x1 - 1) / 2
	m[1] += k * int64(y)
	m[2] += k * int64(z)
	for a, c := range [3][2]int{{int(x0), int(x1)}, {y, y + 1}, {z, z + 1}} {
		r.Min[a], r.Max[a] = min(r.Min[a], c[0]), max(r.Max[a], c[1])
	}
}

func (r *Region) finish(m sums, n [3]int) {
	for a := range 3 {
		r.Centroid[a] = float64(m[a]) / float64(r.Count)
		if r.Min[a] == 0 {
			r.Touches |= LowX << (2 * a)
		}
		if r.Max[a] == n[a] {
			r.Touches |= HighX << (2 * a)
		}
	}
}
