package volume

import (
	"context"
	"unsafe"
)

// Make returns a volume of zeros on g: on the disk of the job's [Scratch] where ctx carries one, and in
// memory as [New] otherwise. Parts of a job that hold an array for all of a volume make it so; then
// they need no thought of how large it is.
func Make[T Voxel](ctx context.Context, g Grid) (*Volume[T], error) {
	s := scratchOf(ctx)
	if s == nil {
		return New[T](g), nil
	}
	data, err := array[T](s, g.Len())
	if err != nil {
		return nil, err
	}
	return &Volume[T]{Grid: g, Data: data}, nil
}

// MakeUnset is Make for those who write each voxel: in memory as [Unset].
func MakeUnset[T Voxel](ctx context.Context, g Grid) (*Volume[T], error) {
	if scratchOf(ctx) == nil {
		return Unset[T](g), nil
	}
	return Make[T](ctx, g)
}

// Array is n zeros where Make puts its volumes. T must hold no pointers: the collector does not look there.
func Array[T any](ctx context.Context, n int) ([]T, error) {
	if s := scratchOf(ctx); s != nil {
		return array[T](s, n)
	}
	return make([]T, n), nil
}

// Drop gives back the disk of an array of Make or Array before its job ends; nobody may use it any more.
// What lies in memory is left to the collector.
func Drop[T any](ctx context.Context, data []T) {
	if s := scratchOf(ctx); s != nil && len(data) > 0 {
		s.drop(uintptr(unsafe.Pointer(unsafe.SliceData(data))))
	}
}

// Streams reports whether the arrays of a job lie on a disk, where to go to and fro takes long.
func Streams(ctx context.Context) bool { return scratchOf(ctx) != nil }

// array is n zeros of s, in memory where they are few.
func array[T any](s *Scratch, n int) ([]T, error) {
	size := int64(n) * int64(unsafe.Sizeof(*new(T)))
	if size < smallest {
		return make([]T, n), nil
	}
	at, err := s.allocate(size)
	if err != nil {
		return nil, err
	}
	return unsafe.Slice((*T)(at), n), nil
}
