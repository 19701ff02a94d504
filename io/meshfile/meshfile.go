// Package meshfile writes triangle meshes as STL and PLY, binary and little-endian, in mm.
//
// STL is what printers and flow solvers take; it repeats every vertex and knows no unit. PLY keeps vertices
// shared; a comment in its header says that they are in mm.
//
// Sources: StereoLithography Interface Specification, 3D Systems 1989; G. Turk, The PLY Polygon File
// Format, Stanford 1994.
package meshfile

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"explant/volume/mesh"
)

// mostSTL is the largest number of triangles that the header of an STL file can count.
const mostSTL = math.MaxUint32

// WriteSTL writes s as binary STL.
func WriteSTL(w io.Writer, s *mesh.Surface) error {
	if len(s.Triangles) > mostSTL {
		return fmt.Errorf("the surface has %d triangles, more than STL can count", len(s.Triangles))
	}
	out := bufio.NewWriterSize(w, 1<<20)
	b := make([]byte, 80, 84)
	copy(b, "explant: lengths in mm") // it must not begin with "solid", as texts do
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s.Triangles)))
	for _, t := range s.Triangles {
		if _, err := out.Write(b); err != nil {
			return err
		}
		b = b[:0]
		for _, c := range s.Normal(t) {
			b = appendFloat(b, float32(c))
		}
		for _, i := range t {
			b = appendVertex(b, s.Vertices[i])
		}
		b = append(b, 0, 0)
	}
	if _, err := out.Write(b); err != nil {
		return err
	}
	return out.Flush()
}

// WritePLY writes s as binary little-endian PLY 1.0.
func WritePLY(w io.Writer, s *mesh.Surface) error {
	out := bufio.NewWriterSize(w, 1<<20)
	b := fmt.Appendf(nil, "ply\nformat binary_little_endian 1.0\ncomment explant: lengths in mm\nelement vertex %d\n"+
		"property float x\nproperty float y\nproperty float z\nelement face %d\nproperty list uchar uint vertex_indices\nend_header\n",
		len(s.Vertices), len(s.Triangles))
	for _, v := range s.Vertices {
		if _, err := out.Write(b); err != nil {
			return err
		}
		b = appendVertex(b[:0], v)
	}
	for _, t := range s.Triangles {
		if _, err := out.Write(b); err != nil {
			return err
		}
		b = append(b[:0], 3)
		for _, i := range t {
			b = binary.LittleEndian.AppendUint32(b, i)
		}
	}
	if _, err := out.Write(b); err != nil {
		return err
	}
	return out.Flush()
}

func appendVertex(b []byte, v [3]float32) []byte {
	return appendFloat(appendFloat(appendFloat(b, v[0]), v[1]), v[2])
}

func appendFloat(b []byte, f float32) []byte {
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
}
