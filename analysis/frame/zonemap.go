package frame

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"explant/volume"
)

// ZoneMap is a volume of labels on a grid of its own, 0 where there is no zone.
type ZoneMap struct {
	Labels *volume.Labels
	Names  [256]string // by value; "" where the value names no zone
}

// ErrZoneMap is returned for a map in which no zone can be looked up.
var ErrZoneMap = errors.New("no map of zones")

// NewZoneMap names the values of a map. Zones that nobody names are called by their value, "zone 3"; a
// name whose value the map does not hold is an error.
func NewZoneMap(labels *volume.Labels, zones []Zone) (*ZoneMap, error) {
	if !labels.Calibrated() || !(labels.Spacing[2] > 0) {
		return nil, fmt.Errorf("%w: the voxel size of the map is unknown, its zones have no place in the scan", ErrZoneMap)
	}
	m := &ZoneMap{Labels: labels}
	var held [256]bool
	for _, v := range labels.Data {
		held[v] = true
	}
	for v := 1; v < len(held); v++ {
		if held[v] {
			m.Names[v] = "zone " + strconv.Itoa(v)
		}
	}
	for _, z := range zones {
		switch {
		case z.Value == nil:
			return nil, fmt.Errorf("%w: zone %q is a stretch of u and no value of the map", ErrZoneMap, z.Name)
		case !held[*z.Value]:
			return nil, fmt.Errorf("%w: value %d of zone %q is not in it", ErrZoneMap, *z.Value, z.Name)
		}
		m.Names[*z.Value] = z.Name
	}
	if held[0] && onlyZero(held) {
		return nil, fmt.Errorf("%w: every voxel is 0", ErrZoneMap)
	}
	return m, nil
}

func onlyZero(held [256]bool) bool {
	for _, h := range held[1:] {
		if h {
			return false
		}
	}
	return true
}

// Lookup finds the zones of the voxels of another grid.
type Lookup struct {
	labels *volume.Labels
	start  [3]float64
	step   [3][3]float64
	same   bool // the grids are one
}

// On looks the voxels of g up in the map: the label of the map's voxel in which the middle of the voxel
// lies, 0 outside the map.
func (m *ZoneMap) On(g volume.Grid) Lookup {
	l := Lookup{labels: m.Labels}
	inverse := invert(steps(m.Labels.Grid))
	index := func(v [3]float64) (out [3]float64) {
		for k := range out {
			out[k] = dot(inverse[k], v)
		}
		return out
	}
	l.start = index(minus(g.Origin, m.Labels.Origin))
	for a, d := range steps(g) {
		l.step[a] = index(d)
	}
	l.same = g.N == m.Labels.N && near(l.start, [3]float64{}) &&
		near(l.step[0], [3]float64{1}) && near(l.step[1], [3]float64{0, 1}) && near(l.step[2], [3]float64{0, 0, 1})
	return l
}

// Row writes the zones of len(out) voxels of row (y, z) from voxel x on.
func (l *Lookup) Row(out []uint8, x, y, z int) {
	if l.same {
		copy(out, l.labels.Data[l.labels.Offset(x, y, z):])
		return
	}
	var at [3]float64
	for k := range at {
		at[k] = l.start[k] + float64(x)*l.step[0][k] + float64(y)*l.step[1][k] + float64(z)*l.step[2][k] + 0.5
	}
	n := l.labels.N
	for i := range out {
		f := float64(i)
		p, q, r := math.Floor(at[0]+f*l.step[0][0]), math.Floor(at[1]+f*l.step[0][1]), math.Floor(at[2]+f*l.step[0][2])
		out[i] = 0
		if p >= 0 && q >= 0 && r >= 0 && p < float64(n[0]) && q < float64(n[1]) && r < float64(n[2]) {
			out[i] = l.labels.At(int(p), int(q), int(r))
		}
	}
}

// steps are the ways from voxel to voxel of a grid in mm, one for each image axis.
func steps(g volume.Grid) (out [3][3]float64) {
	for a, d := range directions(g) {
		out[a] = times(g.Spacing[a], d)
	}
	return out
}

// invert gives the rows that turn a vector in mm into steps along the three ways; the axes of a grid are
// no two of them parallel.
func invert(way [3][3]float64) (rows [3][3]float64) {
	volume := dot(way[0], cross(way[1], way[2]))
	for k := range rows {
		rows[k] = times(1/volume, cross(way[(k+1)%3], way[(k+2)%3]))
	}
	return rows
}

func near(a, b [3]float64) bool { return norm(minus(a, b)) < 1e-6 }
