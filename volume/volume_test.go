package volume

import (
	"runtime"
	"testing"
)

// TestUnsetIsOwnMemory writes volumes of every size while others come and go.
func TestUnsetIsOwnMemory(t *testing.T) {
	for _, n := range [][3]int{{0, 3, 3}, {1, 1, 1}, {7, 5, 3}, {1 << 10, 1 << 10, 3}} {
		v := Unset[float64](Grid{N: n})
		if len(v.Data) != n[0]*n[1]*n[2] {
			t.Fatalf("%v: %d voxels", n, len(v.Data))
		}
		for i := range v.Data {
			v.Data[i] = float64(i)
		}
		runtime.GC()
		other := Unset[float64](Grid{N: n})
		for i := range other.Data {
			other.Data[i] = -1
		}
		for i, x := range v.Data {
			if x != float64(i) {
				t.Fatalf("%v: voxel %d is %v", n, i, x)
			}
		}
	}
}

// TestNewIsZero covers sizes around the huge pages that large volumes ask for.
func TestNewIsZero(t *testing.T) {
	for _, n := range [][3]int{{1, 1, 1}, {0, 5, 5}, {1 << 10, 1 << 10, 1}, {1 << 10, 1 << 10, 2}, {1<<10 + 1, 1 << 10, 5}} {
		v := New[uint16](Grid{N: n})
		if len(v.Data) != n[0]*n[1]*n[2] {
			t.Fatalf("%v: %d voxels", n, len(v.Data))
		}
		for i, x := range v.Data {
			if x != 0 {
				t.Fatalf("%v: voxel %d is %d", n, i, x)
			}
			v.Data[i] = 0xffff // every page can be written
		}
	}
}
