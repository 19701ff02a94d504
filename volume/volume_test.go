package volume

import "testing"

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
