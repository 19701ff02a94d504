package oxygenator

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"explant/volume"
	"explant/volume/parallel"
)

const (
	wallPitch   = 2    // voxels between the columns that look for a wall
	wallShare   = 0.35 // of the columns that must end in the plane of the wall
	wallClose   = 1.0  // voxels about the plane
	wallClear   = 4.0  // voxels inside the wall that its blur does not reach
	wallThicker = 2.0  // voxels by which a housing is thicker than the thickest fibre wall
)

// housing is the flat walls around a bundle, each seen from one face of the image, or a round one.
type housing struct {
	walls []wall
	round *roundWall
}

// count is the number of walls.
func (h *housing) count() int {
	if h.round != nil {
		return len(h.walls) + 1
	}
	return len(h.walls)
}

func (h *housing) found() bool { return len(h.walls) > 0 || h.round != nil }

// wall is the plane depth = c0 + c1*u + c2*v, depth counted in voxels from the face's first plane
// of voxel centres and u, v the other two indices in the order x, y, z. What lies before the plane is
// housing, or outside it.
type wall struct {
	axis int
	high bool // seen from the far end of the axis
	c    [3]float64
	grey float64
}

// depth of voxel i inside the plane of the wall, positive on the bundle's side.
func (w *wall) depth(n, i [3]int) float64 {
	d := i[w.axis]
	if w.high {
		d = n[w.axis] - 1 - d
	}
	u, v := others(w.axis)
	return float64(d) - (w.c[0] + w.c[1]*float64(i[u]) + w.c[2]*float64(i[v]))
}

func others(axis int) (u, v int) { return [3]int{1, 0, 0}[axis], [3]int{2, 2, 1}[axis] }

// depth is the distance from the nearest wall, positive inside.
func (h *housing) depth(n, i [3]int) float64 {
	least := math.Inf(1)
	for k := range h.walls {
		least = min(least, h.walls[k].depth(n, i))
	}
	if h.round != nil {
		least = min(least, h.round.depth(i))
	}
	return least
}

// holds reports a voxel inside that the walls' blur does not reach.
func (h *housing) holds(g volume.Grid, at int) bool {
	plane := g.N[0] * g.N[1]
	return !h.found() || h.depth(g.N, [3]int{at % g.N[0], at % plane / g.N[0], at / plane}) > wallClear
}

// housingRow is the distance from each wall along a row of voxels: a + b x for flat walls.
type housingRow struct {
	*housing
	flat [][2]float64
	y, z int
}

func (h *housing) row(n [3]int, y, z int) housingRow {
	r := housingRow{housing: h, y: y, z: z}
	for k := range h.walls {
		a, b := h.walls[k].depth(n, [3]int{0, y, z}), h.walls[k].depth(n, [3]int{1, y, z})
		r.flat = append(r.flat, [2]float64{a, b - a})
	}
	return r
}

// least is a lower bound of the depth along the row of n voxels.
func (r *housingRow) least(n int) float64 {
	if r.round != nil {
		return math.Inf(-1)
	}
	return min(r.depth(0), r.depth(n-1))
}

// depth is the distance of voxel x from the nearest wall, positive inside.
func (r *housingRow) depth(x int) float64 {
	least := math.Inf(1)
	for _, w := range r.flat {
		least = min(least, w[0]+w[1]*float64(x))
	}
	if r.round != nil {
		least = min(least, r.round.depth([3]int{x, r.y, r.z}))
	}
	return least
}

func (r *housingRow) depths(x int, visit func(d float64)) {
	for _, w := range r.flat {
		visit(w[0] + w[1]*float64(x))
	}
	if r.round != nil {
		visit(r.round.depth([3]int{x, r.y, r.z}))
	}
}

// holdsBox reports a box of voxels [lo, hi) inside that the walls' blur does not reach anywhere.
func (h *housing) holdsBox(n, lo, hi [3]int) bool {
	for k := range 8 {
		i := lo
		for a := range 3 {
			if k>>a&1 == 1 {
				i[a] = max(hi[a]-1, lo[a])
			}
		}
		if h.found() && h.depth(n, i) <= wallClear {
			return false
		}
	}
	return true
}

// column is what a line of sight from a face meets: the bundle begins at depth t.
type column struct{ u, v, t, thick float64 }

// findHousing looks for a flat thick wall on each of the six faces, and for a round one about z when
// there is at most one flat.
func (f *finder) findHousing(ctx context.Context, o parallel.Options, p parallel.Progress) (*housing, error) {
	var found [6]*wall
	err := parallel.Each(ctx, 6, o, p, func(_ context.Context, k int) error {
		found[k] = f.findWall(wall{axis: k / 2, high: k%2 == 1})
		return nil
	})
	h := &housing{}
	for _, w := range found {
		if w != nil {
			h.walls = append(h.walls, *w)
		}
	}
	if err != nil || len(h.walls) > 1 {
		return h, err
	}
	round, err := f.findRound(ctx, o, nil)
	if round != nil {
		h.walls, h.round = nil, round
	}
	return h, err
}

// findWall sights all columns twice: first by the air-polymer cut, then half-way between air and
// what the wall is made of.
func (f *finder) findWall(w wall) *wall {
	cut := f.cut
	for range 2 {
		cols, greys := f.sight(w, cut)
		if len(cols) == 0 || !w.fit(cols) || len(greys) == 0 {
			return nil
		}
		if w.thickness(cols) < f.outer-f.innerLo+wallThicker {
			return nil
		}
		slices.Sort(greys)
		w.grey = greys[len(greys)/2]
		cut = (f.air + w.grey) / 2
	}
	return &w
}

// sight follows columns from the face through air, then solid, to the bundle; greys are from the
// middle of the solid.
func (f *finder) sight(w wall, cut float64) (cols []column, greys []float64) {
	n := f.smooth.N
	a, b := others(w.axis)
	var i [3]int
	for i[b] = 0; i[b] < n[b]; i[b] += wallPitch {
		for i[a] = 0; i[a] < n[a]; i[a] += wallPitch {
			c, grey := f.column(w, i, cut)
			if c.thick > 0 {
				c.u, c.v = float64(i[a]), float64(i[b])
				cols, greys = append(cols, c), append(greys, grey)
			}
		}
	}
	return cols, greys
}

func (f *finder) column(w wall, i [3]int, cut float64) (column, float64) {
	n := f.smooth.N[w.axis]
	read := func(d int) float64 {
		j := i
		if j[w.axis] = d; w.high {
			j[w.axis] = n - 1 - d
		}
		return float64(f.smooth.At(j[0], j[1], j[2]))
	}
	start := 0
	for start < n/2 && read(start) < cut {
		start++
	}
	end := start
	for end < n/2 && read(end) >= cut {
		end++
	}
	if start == n/2 || end == n/2 || end == start {
		return column{}, 0
	}
	before, after := read(end-1), read(end)
	t := float64(end-1) + (before-cut)/(before-after)
	return column{t: t, thick: t - float64(start)}, read((start + end) / 2)
}

// fit puts the plane through the columns that end near the commonest depth; too few do: false.
func (w *wall) fit(cols []column) bool {
	count := map[int]int{}
	best := math.MinInt
	for _, c := range cols {
		k := int(c.t)
		count[k]++
		if best == math.MinInt || count[k] > count[best] || count[k] == count[best] && k < best {
			best = k
		}
	}
	w.c = [3]float64{float64(best) + 0.5, 0, 0}
	for _, near := range []float64{3, 2, wallClose, wallClose} {
		if !w.refit(cols, near) {
			return false
		}
	}
	close := 0
	for _, c := range cols {
		if abs(w.off(c)) < wallClose {
			close++
		}
	}
	return float64(close) > wallShare*float64(len(cols))
}

func (w *wall) off(c column) float64 { return c.t - (w.c[0] + w.c[1]*c.u + w.c[2]*c.v) }

func (w *wall) refit(cols []column, near float64) bool {
	a := mat.NewSymDense(3, nil)
	var b [3]float64
	for _, c := range cols {
		if abs(w.off(c)) > near {
			continue
		}
		j := [3]float64{1, c.u, c.v}
		for k := range j {
			b[k] += j[k] * c.t
			for l := range k + 1 {
				a.SetSym(k, l, a.At(k, l)+j[k]*j[l])
			}
		}
	}
	var chol mat.Cholesky
	var x mat.VecDense
	if !chol.Factorize(a) || chol.SolveVecTo(&x, mat.NewVecDense(3, b[:])) != nil {
		return false
	}
	w.c = [3]float64{x.AtVec(0), x.AtVec(1), x.AtVec(2)}
	return true
}

// thickness is the median run of solid before the columns that end in the plane.
func (w *wall) thickness(cols []column) float64 {
	var thick []float64
	for _, c := range cols {
		if abs(w.off(c)) < wallClose {
			thick = append(thick, c.thick)
		}
	}
	if len(thick) == 0 {
		return 0
	}
	slices.Sort(thick)
	return thick[len(thick)/2]
}
