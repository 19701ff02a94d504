package mesh

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// slabCells is the number of layers of cells that are meshed at once; fixed, since it orders the mesh.
const slabCells = 16

// Isosurface is the surface between the voxels of v at or above level and those below it or outside the
// volume. A grid whose spacing is unknown gives volume.ErrSpacing. The mesh does not depend on the
// number of workers.
func Isosurface[T volume.Voxel](ctx context.Context, v *volume.Volume[T], level float64, o parallel.Options, p parallel.Progress) (*Surface, error) {
	if err := v.Check(); err != nil {
		return nil, err
	}
	if _, err := v.VoxelVolume(); err != nil {
		return nil, err
	}
	layers := v.N[2] + 1
	o.Depth, o.Halo = slabCells, 0
	if p != nil {
		p.Stage("mesh", layers)
	}
	pieces := make([]*piece[T], o.Count(layers))
	err := parallel.Slabs(ctx, layers, o, p, func(ctx context.Context, s parallel.Slab) error {
		w := newPiece(v, level)
		pieces[s.Index(o)] = w
		return w.mesh(ctx, s.Z0, s.Z1)
	})
	if err != nil {
		return nil, err
	}
	return join(v.Grid, pieces)
}

// join puts the pieces into one surface. Vertices on the plane between two pieces belong to the upper one,
// whose first they are.
func join[T volume.Voxel](g volume.Grid, pieces []*piece[T]) (*Surface, error) {
	var vertices, faces int
	for _, w := range pieces {
		vertices += len(w.vertices)
		faces += len(w.triangles)
	}
	if vertices > math.MaxUint32 {
		return nil, fmt.Errorf("the surface has %d vertices, more than a mesh can number", vertices)
	}
	s := &Surface{Vertices: make([][3]float32, 0, vertices), Triangles: make([][3]uint32, 0, faces)}
	for _, w := range pieces {
		base, above := len(s.Vertices), len(s.Vertices)+len(w.vertices)
		for _, t := range w.triangles {
			var n [3]uint32
			for k, i := range t {
				if n[k] = uint32(base + int(i)); i < 0 {
					n[k] = uint32(above + int(-i-1))
				}
			}
			s.Triangles = append(s.Triangles, n)
		}
		for _, at := range w.vertices {
			s.Vertices = append(s.Vertices, place(g, at))
		}
	}
	return s, nil
}

// place turns a position in voxels into mm in the scanner frame.
func place(g volume.Grid, at [3]float32) (mm [3]float32) {
	axes := g.Axes
	if axes == [3][3]float64{} {
		axes = [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	}
	for k := range 3 {
		sum := g.Origin[k]
		for a := range 3 {
			sum += axes[a][k] * g.Spacing[a] * float64(at[a])
		}
		mm[k] = float32(sum)
	}
	return mm
}
