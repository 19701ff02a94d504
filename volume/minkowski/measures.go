package minkowski

import (
	"fmt"

	"explant/volume/area"
	"explant/volume/label"
)

// Euler returns the Euler number of the class with 6 or 26 neighbours. Where the faces are Open it is
// the part of the patterns inside, which need not be whole.
func (p *Patterns) Euler(c label.Connectivity) (float64, error) {
	table := &euler8[0]
	switch c {
	case 6:
	case 26:
		table = &euler8[1]
	default:
		return 0, fmt.Errorf("connectivity %d: Euler numbers are known for 6 and 26", c)
	}
	var sum int64
	for i, n := range p.Counts {
		sum += n * table[i]
	}
	return float64(sum) / 8, nil
}

// Breadth returns the mean breadth of the class in mm, by Crofton's formula on 13 families of lattice
// planes. It is a sum over objects; what is hollow or saddle-shaped makes it smaller, also negative.
// Neighbours are those of c: with 26, pixels of a rectangular section that touch at corners are joined.
// Balls from 5 voxels radius are within 3 %. An unknown spacing gives volume.ErrSpacing.
func (p *Patterns) Breadth(c label.Connectivity) (float64, error) {
	if c != 6 && c != 26 {
		return 0, fmt.Errorf("connectivity %d: mean breadth is known for 6 and 26", c)
	}
	if _, err := p.grid.VoxelVolume(); err != nil {
		return 0, err
	}
	var reciprocal [3]float64 // the normal of planes (i, j, k) is (i/sx, j/sy, k/sz)
	for a, s := range p.grid.Spacing {
		reciprocal[a] = 1 / s
	}
	sum := 0.0
	for _, d := range area.Directions(reciprocal) {
		sum += d.Weight / d.Length * p.sections(d.Step, c == 26) // planes lie 1/Length apart
	}
	return sum, nil
}

// sections is the Euler numbers of the sections by the planes of one normal.
func (p *Patterns) sections(normal [3]int, all bool) float64 {
	sum := 0.0
	for _, s := range sections {
		if s.normal != normal {
			continue
		}
		for i, n := range p.Counts {
			if n != 0 {
				sum += float64(n) * s.share * s.euler(i, all)
			}
		}
	}
	return sum
}

// Area returns the surface area of the class in mm² by Crofton's formula on 13 directions. Objects that
// touch each other have no surface between them. An unknown spacing gives volume.ErrSpacing.
func (p *Patterns) Area() (float64, error) {
	dv, err := p.grid.VoxelVolume()
	if err != nil {
		return 0, err
	}
	dirs := area.Directions(p.grid.Spacing)
	table := crossings(dirs)
	sum := 0.0
	for k, d := range dirs {
		pairs := 0.0
		for i, n := range p.Counts {
			pairs += float64(n) * table[i][k]
		}
		sum += 2 * d.Weight * pairs * dv / d.Length
	}
	return sum, nil
}

// Window is the volume in mm³ that densities refer to: the box through the centres of the outermost
// voxels where the faces are Open, the whole grid where they are Closed.
func (p *Patterns) Window() (float64, error) {
	dv, err := p.grid.VoxelVolume()
	if err != nil || p.faces == Closed {
		return dv * float64(p.grid.Len()), err
	}
	return dv * float64((p.grid.N[0]-1)*(p.grid.N[1]-1)*(p.grid.N[2]-1)), nil
}
