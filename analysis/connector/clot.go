package connector

import (
	"context"
	"math"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/label"
)

// bins is the number of sectors in which the extent of a clot is counted.
const bins = rays / 3

// clot is the deposit of one junction, or that away from all.
type clot struct {
	name       string
	junction   bool
	at         float64 // the junction
	voxels     float64
	upstream   float64     // voxels
	surface    float64     // area, in faces of cubes of a voxel
	planes     []int64     // voxels by plane
	covered    [][bins]int // voxels by plane and sector
	height     float64     // over the wall
	protrusion float64     // beyond the tube's wall line
}

// touching is how near, in voxels, a piece of deposit must come to a junction to belong to it.
const touching = 1.5

// group shares the deposit out: a connected piece belongs to the junction over which it lies, the most of several.
func (m *Model) group(ctx context.Context, l *volume.Labels) error {
	js := m.junctions()
	m.clots = make([]clot, len(js)+1)
	for i := range m.clots {
		c := &m.clots[i]
		c.name, c.planes, c.covered = "away from junctions", make([]int64, len(m.planes)), make([][bins]int, len(m.planes))
		if i < len(js) {
			c.name, c.junction, c.at = js[i].name, true, js[i].mid()
		}
	}
	numbered, all, err := label.Components(ctx, l, label.Of(segment.Deposit), 26, m.scan.o, nil)
	if err != nil {
		return err
	}
	owner := m.owners(l, numbered, len(all), js)
	for z := range l.N[2] {
		m.eachOf(z, func(i int) bool { return numbered.Data[i] > 0 }, func(i int, x, y, s float64) {
			c := &m.clots[owner[numbered.Data[i]-1]]
			c.add(m, x, y, s)
			c.surface += stairs * float64(bare(numbered, i, z))
		})
	}
	for i := range m.clots {
		m.clots[i].reach(m)
	}
	return ctx.Err()
}

// stairs is the area of a surface over that of the faces of its voxels, the mean over all directions.
const stairs = 2.0 / 3

// bare is the number of faces of voxel i, in slice z, that no deposit is behind; faces of the image are none.
func bare(numbered *volume.Regions, i, z int) (n int) {
	nx, ny := numbered.N[0], numbered.N[1]
	x, y := i%nx, i/nx%ny
	for _, f := range [6]struct {
		inside bool
		to     int
	}{{x > 0, i - 1}, {x < nx-1, i + 1}, {y > 0, i - nx}, {y < ny-1, i + nx}, {z > 0, i - nx*ny}, {z < numbered.N[2]-1, i + nx*ny}} {
		if f.inside && numbered.Data[f.to] == 0 {
			n++
		}
	}
	return n
}

// zone is the stretch of the axis over which deposit belongs to a junction.
type zone struct{ from, to float64 }

// zones are the junctions, a little to either side and the depth of their crevices.
func (m *Model) zones(js []junction) []zone {
	more := touching * m.scan.h
	out := make([]zone, len(js))
	for i, j := range js {
		out[i] = zone{j.from - more, j.to + more}
		for _, c := range m.gaps {
			if c.from <= j.to && c.to >= j.from {
				out[i] = zone{min(out[i].from, c.from-more), max(out[i].to, c.to+more)}
			}
		}
	}
	return out
}

// owners is the clot of each of n pieces of deposit.
func (m *Model) owners(l *volume.Labels, numbered *volume.Regions, n int, js []junction) []int {
	zones := m.zones(js)
	over := make([][]int64, n)
	for i := range over {
		over[i] = make([]int64, len(js))
	}
	for z := range l.N[2] {
		m.eachOf(z, func(i int) bool { return numbered.Data[i] > 0 }, func(i int, _, _, s float64) {
			for j, r := range zones {
				if s > r.from && s < r.to {
					over[numbered.Data[i]-1][j]++
				}
			}
		})
	}
	out := make([]int, n)
	for k, count := range over {
		out[k] = len(js)
		most := int64(0)
		for j, c := range count {
			if c > most {
				out[k], most = j, c
			}
		}
	}
	return out
}

func (c *clot) add(m *Model, x, y, s float64) {
	c.voxels++
	if s < c.at {
		c.upstream++
	}
	k := min(max(m.index(s), 0), len(m.planes)-1)
	c.planes[k]++
	ref := m.planes[k].ref
	turn := math.Atan2(y-ref.y, x-ref.x)/(2*math.Pi) + 1
	c.covered[k][int(turn*bins)%bins]++
}

// reach finds how far the clot stands out, by the ends of the open way over its sectors.
func (c *clot) reach(m *Model) {
	tube := m.tubeLine()
	for k := range m.planes {
		p := &m.planes[k]
		if c.planes[k] == 0 || m.mixed(k) {
			continue
		}
		wall := tube(p.s)
		for b, n := range c.covered[k] {
			if n == 0 {
				continue
			}
			i := b*rays/bins + 1
			dir := directions[i]
			free := mean(p.free[i-1 : i+2])
			high := p.ref.ray(p.ref.x, p.ref.y, dir[0], dir[1]) - free
			if high < m.scan.h {
				continue
			}
			c.height = max(c.height, high)
			c.protrusion = max(c.protrusion, -wall.off([2]float64{p.ref.x + free*dir[0], p.ref.y + free*dir[1]}))
		}
	}
}

// mixed reports a plane so near to a step that it holds both sides of it.
func (m *Model) mixed(k int) bool {
	for i := range m.pieces[1:] {
		if math.Abs(m.planes[k].s-m.pieces[i].to) < touching*m.scan.h {
			return true
		}
	}
	return false
}

// tubeLine is the wall of the widest bore that is no recess, drawn on along the axis as it is where it ends.
func (m *Model) tubeLine() func(s float64) circle {
	best := 0
	for i, p := range m.pieces {
		if !p.recess && p.r.of(p.from) > m.pieces[best].r.of(m.pieces[best].from) {
			best = i
		}
	}
	p := &m.pieces[best]
	return func(s float64) circle { return p.at(min(max(s, p.from), p.to)) }
}

// ends are the first and the last place of the clot along the axis; ok is false where there is none.
func (c *clot) ends(m *Model) (from, to float64, ok bool) {
	first, last := -1, -1
	for k, n := range c.planes {
		if n > 0 {
			if first < 0 {
				first = k
			}
			last = k
		}
	}
	if first < 0 {
		return 0, 0, false
	}
	return m.planes[first].s - m.scan.h/2, m.planes[last].s + m.scan.h/2, true
}

// extent is the largest share of the circumference, in degrees, that the clot covers on a plane.
func (c *clot) extent() float64 {
	most := 0
	for _, sectors := range c.covered {
		n := 0
		for _, v := range sectors {
			if v > 0 {
				n++
			}
		}
		most = max(most, n)
	}
	return 360 * float64(most) / bins
}
