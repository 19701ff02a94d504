package mesh

import "math"

// Patch calls fn for each triangle of the surface in one cell: the area in mm², and its middle in mm from the
// first corner. Corner c of the cell lies at (c&1, c>>1&1, c>>2&1) steps of spacing; level parts values at or
// above it, inside, from those below. Cells of one side have no triangles. Isosurface is made of these.
func Patch(values *[8]float32, level float32, spacing [3]float64, fn func(area float64, middle [3]float64)) {
	set := 0
	for c, v := range values {
		if v >= level {
			set |= 1 << c
		}
	}
	if set == 0 || set == 255 {
		return
	}
	var at [12][3]float64
	for _, edge := range triangles[set] {
		at[edge] = onEdge(values, level, edge, spacing)
	}
	for t := triangles[set]; len(t) > 0; t = t[3:] {
		a, b, c := at[t[0]], at[t[1]], at[t[2]]
		u, v := minus(b, a), minus(c, a)
		n := [3]float64{u[1]*v[2] - u[2]*v[1], u[2]*v[0] - u[0]*v[2], u[0]*v[1] - u[1]*v[0]}
		var middle [3]float64
		for k := range middle {
			middle[k] = (a[k] + b[k] + c[k]) / 3
		}
		fn(math.Sqrt(n[0]*n[0]+n[1]*n[1]+n[2]*n[2])/2, middle)
	}
}

// onEdge is where the level is passed on an edge, half way where the values do not say.
func onEdge(values *[8]float32, level float32, edge uint8, spacing [3]float64) (p [3]float64) {
	s := sides[edge]
	g, h := float64(values[s.at]), float64(values[s.at|1<<s.axis])
	for k := range p {
		p[k] = float64(s.at>>k&1) * spacing[k]
	}
	f := (float64(level) - g) / (h - g)
	if !(f >= 0 && f <= 1) {
		f = 0.5
	}
	p[s.axis] += f * spacing[s.axis]
	return p
}

func minus(a, b [3]float64) [3]float64 { return [3]float64{a[0] - b[0], a[1] - b[1], a[2] - b[2]} }
