package volume

import "fmt"

// Voxel is a type that a volume can hold.
type Voxel interface {
	~uint8 | ~int8 | ~uint16 | ~int16 | ~uint32 | ~int32 | ~float32 | ~float64
}

// Volume is a scalar image sampled on a Grid; len(Data) == Grid.Len().
type Volume[T Voxel] struct {
	Grid
	Data []T
}

// Labels is a class map: one small number a voxel, 0 the background.
type Labels = Volume[uint8]

// Regions is a map of numbered objects, 0 the background.
type Regions = Volume[uint32]

// New returns a volume of zeros on g.
func New[T Voxel](g Grid) *Volume[T] {
	data := make([]T, g.Len())
	preferHugePages(data)
	return &Volume[T]{Grid: g, Data: data}
}

// From wraps data, which is kept and not copied, as a volume on g.
func From[T Voxel](g Grid, data []T) (*Volume[T], error) {
	if err := g.Check(); err != nil {
		return nil, err
	}
	if len(data) != g.Len() {
		return nil, fmt.Errorf("%d voxels for a grid of %d x %d x %d", len(data), g.N[0], g.N[1], g.N[2])
	}
	return &Volume[T]{Grid: g, Data: data}, nil
}

// At returns the voxel (x, y, z), which must lie in the grid.
func (v *Volume[T]) At(x, y, z int) T { return v.Data[v.Offset(x, y, z)] }

// Slice returns slice z as a view of N[0]*N[1] values, not a copy.
func (v *Volume[T]) Slice(z int) []T {
	n := v.N[0] * v.N[1]
	return v.Data[z*n : (z+1)*n]
}
