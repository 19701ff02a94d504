// Package places finds where in the image a result lies: the piece of a class that is largest, the bin of a
// profile, a hot spot. It knows no window.
package places

import (
	"context"
	"fmt"
	"strings"

	"explant/analysis/result"
	"explant/io/imagefile"
	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// mostVoxels bounds the copy of the labels in which places are looked for.
const mostVoxels = 1 << 24

// Map is the label image of a run, reduced where it is large: of each block its middle is kept, so that
// pieces thinner than a block may be missed.
type Map struct {
	labels  *volume.Labels
	step    [3]int // pixels of the image a pixel of the copy
	classes []result.Class
	pieces  map[uint8][]Piece // that were looked for
}

// Piece is a connected piece of one class, or a part of one, as it lies in the image.
type Piece struct {
	Class    string
	At       [3]float64 // a place within it, pixels
	Min, Max [3]int     // box [Min, Max), pixels
	Pixels   float64    // about: of the whole image
	Reduced  bool       // the size was counted on a reduced copy
}

// Read reads the labels of a run.
func Read(ctx context.Context, r imagefile.Reader, classes []result.Class) (*Map, error) {
	info := r.Info()
	if info.Channels != 1 || info.Type != imagefile.Uint8 {
		return nil, fmt.Errorf("%d channels of %s: labels are one channel of uint8", info.Channels, info.Type)
	}
	m := &Map{step: [3]int{1, 1, 1}, classes: classes, pieces: map[uint8][]Piece{}}
	n := info.Grid.N
	for n[0]*n[1]*n[2] > mostVoxels {
		for a := range n {
			if info.Grid.N[a] > 1 {
				m.step[a]++
				n[a] = (info.Grid.N[a] + m.step[a] - 1) / m.step[a]
			}
		}
	}
	m.labels = volume.New[uint8](volume.Grid{N: n, Spacing: [3]float64{1, 1, 1}})
	err := imagefile.Bands(ctx, r, parallel.Discard{}, func(w imagefile.Window, samples []byte) error {
		m.take(w, samples)
		return nil
	})
	return m, err
}

// take keeps the middles of the blocks that lie in a band.
func (m *Map) take(w imagefile.Window, samples []byte) {
	n := w.N()
	for z := range n[2] {
		k, here := m.index(2, w.Min[2]+z)
		if !here {
			continue
		}
		for y := range n[1] {
			j, here := m.index(1, w.Min[1]+y)
			if !here {
				continue
			}
			row := samples[(z*n[1]+y)*n[0]:][:n[0]]
			out := m.labels.Data[m.labels.Offset(0, j, k):][:m.labels.N[0]]
			for i := range out {
				out[i] = row[min(i*m.step[0]+m.step[0]/2, n[0]-1)]
			}
		}
	}
}

// index is the place in the copy of the middle of a block; here is false for what is no middle.
func (m *Map) index(axis, at int) (i int, here bool) {
	i = at / m.step[axis]
	return i, at%m.step[axis] == m.step[axis]/2 || i == m.labels.N[axis]-1 && at%m.step[axis] == 0
}

// Value is the value of a class; ok is false for a name that the labels do not have.
func (m *Map) Value(class string) (v uint8, ok bool) {
	for _, c := range m.classes {
		if c.Name == class {
			return c.Value, true
		}
	}
	return 0, false
}

// Pieces are the connected pieces of a class, the largest first, at most count of them. Pieces that meet at
// a corner are one.
func (m *Map) Pieces(ctx context.Context, class string, count int) ([]Piece, error) {
	v, ok := m.Value(class)
	if !ok {
		return nil, nil
	}
	if _, known := m.pieces[v]; !known {
		found, err := label.Find(ctx, m.labels, label.Of(v), 26, parallel.Options{}, parallel.Discard{})
		if err != nil {
			return nil, err
		}
		m.pieces[v] = m.sorted(class, v, found.Regions)
	}
	all := m.pieces[v]
	return all[:min(count, len(all))], nil
}

// inside is a pixel of the class in a region, the one of its middle slice nearest to the centroid.
func (m *Map) inside(v uint8, r label.Region) [3]float64 {
	z := int(r.Centroid[2] + 0.5)
	best, at := -1.0, r.Centroid
	for y := r.Min[1]; y < r.Max[1]; y++ {
		for x := r.Min[0]; x < r.Max[0]; x++ {
			if m.labels.At(x, y, z) != v {
				continue
			}
			dx, dy := float64(x)-r.Centroid[0], float64(y)-r.Centroid[1]
			if d := dx*dx + dy*dy; best < 0 || d < best {
				best, at = d, [3]float64{float64(x), float64(y), float64(z)}
			}
		}
	}
	return at
}

// image turns a place of the copy into one of the image.
func (m *Map) image(p [3]float64) [3]float64 {
	for a := range p {
		p[a] = p[a]*float64(m.step[a]) + float64(m.step[a]-1)/2
	}
	return p
}

// device is the box, in the copy, of all that is no housing and is not left out.
func (m *Map) device() (lo, hi [3]int) {
	var out [256]bool
	for _, c := range m.classes {
		out[c.Value] = c.Name == "housing" || strings.HasPrefix(c.Name, "excluded:")
	}
	lo = m.labels.N
	i := 0
	for z := range m.labels.N[2] {
		for y := range m.labels.N[1] {
			for x := range m.labels.N[0] {
				if !out[m.labels.Data[i]] {
					for a, c := range [3]int{x, y, z} {
						lo[a], hi[a] = min(lo[a], c), max(hi[a], c+1)
					}
				}
				i++
			}
		}
	}
	return lo, hi
}
