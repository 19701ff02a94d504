package meshfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"explant/volume/mesh"
)

// tetrahedron has a right angle at the origin and three edges of 1 mm.
var tetrahedron = &mesh.Surface{
	Vertices:  [][3]float32{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	Triangles: [][3]uint32{{0, 2, 1}, {0, 1, 3}, {0, 3, 2}, {1, 2, 3}},
}

func floats(b []byte, n int) (out []float32) {
	for i := range n {
		out = append(out, math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return out
}

func TestSTL(t *testing.T) {
	var b bytes.Buffer
	if err := WriteSTL(&b, tetrahedron); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	if len(data) != 84+4*50 || binary.LittleEndian.Uint32(data[80:]) != 4 || bytes.HasPrefix(data, []byte("solid")) {
		t.Fatalf("%d bytes for %d triangles", len(data), binary.LittleEndian.Uint32(data[80:]))
	}
	for k, f := range tetrahedron.Triangles {
		at := floats(data[84+50*k:], 12)
		for i, v := range f {
			if [3]float32(at[3+3*i:6+3*i]) != tetrahedron.Vertices[v] {
				t.Errorf("triangle %d, vertex %d: %v", k, i, at[3+3*i:6+3*i])
			}
		}
	}
	if n := floats(data[84:], 3); n[0] != 0 || n[1] != 0 || n[2] != -1 {
		t.Errorf("the floor's normal is %v", n)
	}
}

func TestPLY(t *testing.T) {
	var b bytes.Buffer
	if err := WritePLY(&b, tetrahedron); err != nil {
		t.Fatal(err)
	}
	head, body, ok := strings.Cut(b.String(), "end_header\n")
	if !ok || !strings.HasPrefix(head, "ply\nformat binary_little_endian 1.0\n") || !strings.Contains(head, "element vertex 4\n") || !strings.Contains(head, "element face 4\n") {
		t.Fatalf("header %q", head)
	}
	if len(body) != 4*12+4*13 {
		t.Fatalf("%d bytes", len(body))
	}
	if v := floats([]byte(body)[12*3:], 3); [3]float32(v) != tetrahedron.Vertices[3] {
		t.Errorf("vertex 3 is %v", v)
	}
	last := []byte(body)[48+3*13:]
	if last[0] != 3 || binary.LittleEndian.Uint32(last[1:]) != 1 || binary.LittleEndian.Uint32(last[9:]) != 3 {
		t.Errorf("face 3 is %v", last)
	}
}

func TestNothing(t *testing.T) {
	var stl, ply bytes.Buffer
	if err := errors.Join(WriteSTL(&stl, &mesh.Surface{}), WritePLY(&ply, &mesh.Surface{})); err != nil || stl.Len() != 84 || !strings.Contains(ply.String(), "element face 0\n") {
		t.Errorf("%v, %d bytes, %q", err, stl.Len(), ply.String())
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestFullDisk(t *testing.T) {
	if WriteSTL(full{}, tetrahedron) == nil || WritePLY(full{}, tetrahedron) == nil {
		t.Error("a full disk is no error")
	}
}
